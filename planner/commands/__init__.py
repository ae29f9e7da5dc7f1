"""Commands: one file each. A file here is the registration."""
