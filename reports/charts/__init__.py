"""Charts: one file each, whose name is the chart's id and the name of its pictures. A file here is the registration."""
