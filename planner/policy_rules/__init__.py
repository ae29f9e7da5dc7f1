"""Rules that a policy can set: one file each, named by the id of the rule."""
