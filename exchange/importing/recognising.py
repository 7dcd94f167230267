"""Which kind of file it is, told by its header; the worker's business, since it opens the file."""

from exchange.issues import FileRefused
from exchange.kinds import FileKind, all_kinds
from exchange.reading import open_sheets, sheet_of


def recognised_kind(name: str, content: bytes) -> FileKind:
    """The one kind whose header the file has, or at least half of it. Raises FileRefused, `kind_not_recognised` among others."""
    sheets = open_sheets(content, name, all_kinds())
    readable, similar = [], []
    for kind in all_kinds():
        try:
            sheet_of(sheets, kind)
        except FileRefused as refused:
            if refused.code != "header_not_found":
                similar.append(kind)
        else:
            readable.append(kind)
    fitting = readable or similar
    if len(fitting) != 1:
        raise FileRefused("kind_not_recognised")
    return fitting[0]
