"""Reports show what a plan holds: workbook, charts, text and JSON. They compute nothing that matters."""
