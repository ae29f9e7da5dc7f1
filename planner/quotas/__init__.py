"""Quotas: one file each, whose name is the quota's id. A file here is the registration."""
