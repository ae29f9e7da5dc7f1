"""Sheets of the workbook: one file each. A file here is the registration."""
