"""Meters: one file per billable item, whose name is the SKU. A file here is the registration."""
