"""What the user wrote, read: YAML and CSV files as plain values, with the place of each."""

from planner.core.table import TableSource, parse_table, read_table
from planner.core.text import Plain, Quoted, Source
from planner.core.yaml_source import YamlSource, parse_yaml, read_yaml

__all__ = [
    "Plain",
    "Quoted",
    "Source",
    "TableSource",
    "YamlSource",
    "parse_table",
    "parse_yaml",
    "read_table",
    "read_yaml",
]
