"""The zip package of a workbook, opened with suspicion: nothing is handed on before every part was inflated once
through a counter, because a zip directory may lie (docs/files.md §2.2).

Parts are found by the package's relations, not by the names that most programs give them. Names are compared without case,
whichever slash the program has written.
"""

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import NamedTuple
from urllib.parse import unquote
from xml.parsers import expat

from exchange.issues import FileRefused

UNZIPPED_LIMIT = 100 * 1024 * 1024
_BLOCK = 256 * 1024
_OVERLAP = 64
_FORBIDDEN = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_CELLS = b"sheetData"
_SHEET_END = re.compile(rb"</(?:\w+:)?sheetData\s*>")
TYPES = "[content_types].xml"
_ENCRYPTED_FLAG = 0x1
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


Handler = Callable[[str, dict[str, str]], None]


class Relation(NamedTuple):
    """`type` is the last word of the relation's type; `target` the part that it leads to."""

    id: str
    type: str
    target: str


class Package:
    """The parts of a zip package that passed all tests, by their names in small letters. `tails` holds what follows the cells
    of each worksheet, `is_unsafe` tells of a document type or an entity in a part of XML."""

    def __init__(self, content: bytes) -> None:
        if content.startswith(_OLE):
            raise FileRefused("file_encrypted" if _OLE_ENCRYPTED in content else "wrong_file_type")
        if not content.startswith(b"PK"):
            raise FileRefused("wrong_file_type")
        self.content = content
        self.parts = self._directory()
        self.tails: dict[str, bytes] = {}

    def inflate_all(self) -> bool:
        """Put every part to the test. Returns whether XML declares a document type or entities; raises `zip_bomb`."""
        if sum(part.file_size for part in self.parts.values()) > UNZIPPED_LIMIT:
            raise FileRefused("zip_bomb")
        return self._inflate_all()

    def _directory(self) -> dict[str, zipfile.ZipInfo]:
        try:
            entries = zipfile.ZipFile(BytesIO(self.content)).infolist()
        except (zipfile.BadZipFile, ValueError, struct.error, OverflowError) as error:
            raise FileRefused("file_unreadable") from error
        if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
            raise FileRefused("file_encrypted")
        files = [entry for entry in entries if not entry.filename.endswith(("/", "\\"))]
        parts = {part_name(entry.filename): entry for entry in files}
        if len(parts) != len(files):
            raise FileRefused("file_unreadable")
        return parts

    def relations(self, part: str) -> list[Relation]:
        """The relations of a part, or of the package itself (`""`), within the package."""
        folder, name = posixpath.split(part)
        found: list[Relation] = []

        def relation(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = part_name(unquote(attributes.get("Target", "")), folder)
                found.append(Relation(attributes.get("Id", ""), posixpath.basename(attributes.get("Type", "")), target))

        described = posixpath.join(folder, "_rels", f"{name}.rels")
        if described in self.parts:
            self.walk(described, relation)
        return found

    def walk(self, name: str, handler: Handler) -> None:
        """Call `handler(tag, attributes)` for every element of a part, names without their prefix."""

        def start(tag: str, attributes: dict[str, str]) -> None:
            local = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            handler(tag.rpartition(":")[2], local)

        parser = xml_parser()
        parser.StartElementHandler = start
        self.feed(name, parser)

    def feed(self, name: str, parser: expat.XMLParserType) -> None:
        if name not in self.parts:
            raise FileRefused("file_unreadable")
        try:
            for block in self.blocks(name):
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise FileRefused("file_unreadable") from error

    def _inflate_all(self) -> bool:
        total, unsafe = 0, False
        for name in self.parts:
            is_xml = name.endswith((".xml", ".rels", ".vml"))
            tail = b""
            before = b""
            for block in self.blocks(name):
                total += len(block)
                if total > UNZIPPED_LIMIT:
                    raise FileRefused("zip_bomb")
                window = before + block
                if is_xml and any(word in window for word in _FORBIDDEN):
                    unsafe = True
                if tail or _CELLS in window:
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


def part_name(text: str, folder: str = "") -> str:
    """The one name of a part: from the root, without case, whichever slash was written."""
    return posixpath.normpath(posixpath.join("/", folder, text.replace("\\", "/"))).lstrip("/").lower()


def xml_parser() -> expat.XMLParserType:
    """A parser that refuses a document type, whatever the name of the part."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 64 * 1024
    parser.StartDoctypeDeclHandler = _refuse_document_type
    return parser


def _refuse_document_type(*_declared: object) -> None:
    raise FileRefused("file_unsafe_xml")


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
