"""Reading of a file as people send it: refusals, header, rows (samples README §2). Nothing here knows a database."""

from exchange.reading.sheet import ReadSheet, read_file

__all__ = ["ReadSheet", "read_file"]
