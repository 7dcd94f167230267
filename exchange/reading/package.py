"""The zip package of a workbook, opened with suspicion: nothing is handed on before every part was inflated once
through a counter, because a zip directory may lie (samples README §2.2)."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from exchange.issues import FileRefused

UNZIPPED_LIMIT = 100 * 1024 * 1024
_BLOCK = 256 * 1024
_OVERLAP = 64
_FORBIDDEN = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_SHEET_END = re.compile(rb"</(?:\w+:)?sheetData\s*>")
_ENCRYPTED_FLAG = 0x1
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Package:
    """The parts of a workbook that passed all tests. `tails` holds what follows the cells of each worksheet."""

    def __init__(self, content: bytes, *, macros_by_name: bool) -> None:
        if content.startswith(_OLE):
            raise FileRefused("file_encrypted" if _OLE_ENCRYPTED in content else "wrong_file_type")
        if not content.startswith(b"PK"):
            raise FileRefused("wrong_file_type")
        self.content = content
        self.parts = self._directory()
        if "[Content_Types].xml" not in self.parts or "xl/workbook.xml" not in self.parts:
            raise FileRefused("wrong_file_type")
        if sum(part.file_size for part in self.parts.values()) > UNZIPPED_LIMIT:
            raise FileRefused("zip_bomb")
        self.tails: dict[str, bytes] = {}
        unsafe = self._inflate_all()
        if macros_by_name or self._has_macros():
            raise FileRefused("file_has_macros")
        if unsafe:
            raise FileRefused("file_unsafe_xml")

    def _directory(self) -> dict[str, zipfile.ZipInfo]:
        try:
            entries = zipfile.ZipFile(BytesIO(self.content)).infolist()
        except (zipfile.BadZipFile, ValueError, struct.error, OverflowError) as error:
            raise FileRefused("file_unreadable") from error
        if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
            raise FileRefused("file_encrypted")
        parts = {entry.filename: entry for entry in entries}
        if len(parts) != len(entries):
            raise FileRefused("file_unreadable")
        return parts

    def _has_macros(self) -> bool:
        types = b"".join(self.blocks("[Content_Types].xml"))
        return any(name.lower().endswith("vbaproject.bin") for name in self.parts) or b"macroEnabled" in types

    def _inflate_all(self) -> bool:
        total, unsafe = 0, False
        for name in self.parts:
            is_xml = name.endswith((".xml", ".rels", ".vml"))
            is_sheet = name.startswith("xl/worksheets/")
            tail = b""
            before = b""
            for block in self.blocks(name):
                total += len(block)
                if total > UNZIPPED_LIMIT:
                    raise FileRefused("zip_bomb")
                window = before + block
                if is_xml and any(word in window for word in _FORBIDDEN):
                    unsafe = True
                if is_sheet:
                    end = _SHEET_END.search(window)
                    tail = window[end.end() :] if end else tail + block if tail else b""
                before = block[-_OVERLAP:]
            if tail:
                self.tails[name] = tail
        return unsafe

    def blocks(self, name: str) -> Iterator[bytes]:
        """The inflated part in blocks. Raises `file_unreadable` where data and directory disagree."""
        part = self.parts[name]
        header = self.content[part.header_offset : part.header_offset + 30]
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise FileRefused("file_unreadable")
        name_length, extra_length = struct.unpack_from("<HH", header, 26)
        start = part.header_offset + 30 + name_length + extra_length
        packed = memoryview(self.content)[start : start + part.compress_size]
        if part.compress_type == zipfile.ZIP_STORED:
            inflated = iter([bytes(packed)])
        elif part.compress_type == zipfile.ZIP_DEFLATED:
            inflated = _inflate(packed)
        else:
            raise FileRefused("file_unreadable")
        checksum = size = 0
        for block in inflated:
            checksum = zlib.crc32(block, checksum)
            size += len(block)
            yield block
        if checksum != part.CRC or size != part.file_size:
            raise FileRefused("file_unreadable")


def _inflate(packed: memoryview) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for position in range(0, len(packed), _BLOCK):
            waiting = bytes(packed[position : position + _BLOCK])
            while waiting:
                block = inflater.decompress(waiting, _BLOCK)
                waiting = inflater.unconsumed_tail
                if block:
                    yield block
        while block := inflater.decompress(b"", _BLOCK):
            yield block
    except zlib.error as error:
        raise FileRefused("file_unreadable") from error
    if not inflater.eof:
        raise FileRefused("file_unreadable")
