"""Formats of a check: one file each, named as `-f` names it."""
