"""Tables of dBASE and FoxPro byte by byte."""

import struct
from collections.abc import Sequence

END = b"\x1a"


def field(name: str, kind: str, length: int, decimals: int = 0, *, flags: int = 0) -> bytes:
    return struct.pack("<11sc4xBBB13x", name.encode(), kind.encode(), length, decimals, flags)


def field_of_7(name: str, kind: str, length: int) -> bytes:
    return struct.pack("<32scB14x", name.encode(), kind.encode(), length)


def table(
    fields: Sequence[bytes], *records: bytes, version: int = 0x03, counted: int | None = None, end: bytes = END
) -> bytes:
    """`records` begin with the mark of deletion; `counted` is what the header says of their number."""
    before = 68 if version == 0x04 else 32
    described = b"".join(fields) + b"\r" + (bytes(263) if version in (0x30, 0x31, 0x32) else b"")
    width = len(records[0]) if records else 1
    header = struct.pack(
        "<B3xIHH", version, len(records) if counted is None else counted, before + len(described), width
    )
    return header.ljust(before, b"\0") + described + b"".join(records) + end
