"""Importing: the rows of a CSV file become cases through the ordinary commands, as a mapping says."""
