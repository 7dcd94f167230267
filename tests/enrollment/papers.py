"""Files as people (and others) hand them in."""

import io
import struct
import zlib

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (300, 400), **terms) -> bytes:
    target = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(target, kind, **terms)
    return target.getvalue()


def a_picture_with_a_past() -> bytes:
    """Taken with a phone, lying on its side, at a place that it tells."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "PhoneMaker"
    exif.get_ifd(0x8825)[1] = "N"
    return a_picture(exif=exif.tobytes(), comment=b"HOME ADDRESS")


def a_bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has 30,000 × 30,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9999)) + chunk(b"IEND", b"")
    )


def a_pdf(*objects: bytes) -> bytes:
    return PDF.replace(b"trailer", b"\n".join(objects) + b"\ntrailer")


def packed(inside: bytes) -> bytes:
    """An object stream: where a PDF may hide what it does."""
    return b"<</Type/ObjStm/Filter/FlateDecode>>\nstream\n" + zlib.compress(inside) + b"\nendstream"
