"""Checks: one file each, whose name is the check's id. A file here is the registration."""
