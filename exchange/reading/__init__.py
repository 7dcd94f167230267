"""Reading of a file as people send it: refusals, header, rows (docs/files.md §2). Nothing here knows a database."""

from exchange.reading.sheet import ReadSheet, open_sheets, read_file, sheet_of

__all__ = ["ReadSheet", "open_sheets", "read_file", "sheet_of"]
