"""Assumptions: one file each, whose name is the assumption's id. A file here is the registration."""
