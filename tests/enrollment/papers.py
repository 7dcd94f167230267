"""Files as people (and others) hand them in."""

import io
import struct
import zlib

import pikepdf
from PIL import Image


def _written(*objects: bytes) -> bytes:
    """A PDF of one empty page and these objects, with its table of objects."""
    body, places = b"%PDF-1.5\n", []
    page = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    page.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>")
    for number, one in enumerate([*page, *objects], start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + table + end


PDF = _written()


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
    return _written(*objects)


def a_packed_pdf(action: str = "") -> bytes:
    """What it does when it is opened stands in a stream of packed objects, where no search for words finds it."""
    pdf, target = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page(page_size=(595, 842))
    if action:
        pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name(action), F="cmd.exe"))
    pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target.getvalue()


def an_encrypted_pdf() -> bytes:
    pdf, target = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(target, encryption=pikepdf.Encryption(owner="owner", user=""))
    return target.getvalue()
