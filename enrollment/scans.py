"""What a scan or photo really is, judged by its content alone; its name and what a browser says of it are only words.

Pictures are opened, turned upright and written anew, so that nothing but the picture is kept: no position, no camera, no
second file behind it. A PDF is kept as it came; one that does more than show pages is refused.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from common.errors import DomainError

MOST_PIXELS = 50_000_000
"""A scan of A4 at 600 dpi has 35 million; a picture that unpacks to more is not opened at all."""
LONGEST_SIDE = 12_000
QUALITY = 90
MAGIC = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"%PDF-": "PDF"}
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "PDF": "application/pdf"}
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
ACTIVE = re.compile(rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|XFA)(?![A-Za-z0-9])")
STREAM, END_OF_STREAM = b"stream", b"endstream"
LONGEST_HEAD = 500
"""Bytes before a stream in which it says what it is."""
MOST_UNPACKED = 8 * 1024 * 1024
TAIL = 1024
"""Bytes before the end in which a PDF says that it ends."""


@dataclass(frozen=True)
class Scan:
    """`width` and `height` are pixels, zero for a PDF."""

    content_type: str
    content: bytes
    width: int = 0
    height: int = 0


def _refuse(message: str, code: str) -> DomainError:
    return DomainError(message, code=code)


def judge(content: bytes) -> Scan:
    """What is to be kept of an uploaded file.

    Raises DomainError `file_empty`, `file_type_not_allowed`, `file_broken`, `file_not_harmless` or `picture_too_large`.
    """
    if not content:
        raise _refuse(_("The file is empty."), "file_empty")
    found = next((name for magic, name in MAGIC.items() if content.startswith(magic)), None)
    if found is None:
        raise _refuse(_("Only JPEG, PNG and PDF are taken; this is none of them."), "file_type_not_allowed")
    return _judge_pdf(content) if found == "PDF" else _judge_picture(content, found)


def _judge_pdf(content: bytes) -> Scan:
    end = content.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in content:
        raise _refuse(_("The PDF is cut off or broken."), "file_broken")
    if len(content) - end > TAIL:
        raise _refuse(_("Something else is hidden behind the PDF."), "file_not_harmless")
    if any(ACTIVE.search(_plain_names(part)) for part in (content, *_packed_objects(content))):
        raise _refuse(_("The PDF holds scripts, forms or other files. Print it into a plain PDF."), "file_not_harmless")
    return Scan(TYPES["PDF"], content)


def _packed_objects(content: bytes) -> Iterator[bytes]:
    """Objects of a PDF that are packed into streams; those that cannot be read are not let in, unless the file is encrypted."""
    start = content.find(STREAM)
    while start >= 0:
        head, body = content[max(0, start - LONGEST_HEAD) : start], start + len(STREAM)
        end = content.find(END_OF_STREAM, body)
        end = len(content) if end < 0 else end
        if b"/ObjStm" in head.rpartition(b" obj")[2]:
            yield _unpacked(content[body:end].lstrip(b"\r\n"), is_encrypted=b"/Encrypt" in content)
        start = content.find(STREAM, end + len(END_OF_STREAM))


def _unpacked(body: bytes, *, is_encrypted: bool) -> bytes:
    try:
        return zlib.decompressobj().decompress(body, MOST_UNPACKED)
    except zlib.error as error:
        if is_encrypted or body[:1].isdigit():
            return body
        raise _refuse(_("The PDF is cut off or broken."), "file_broken") from error


def _plain_names(content: bytes) -> bytes:
    """Names may be written in hex, `/J#61vaScript`: read them as a reader would."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)


def _judge_picture(content: bytes, kind: str) -> Scan:
    try:
        with Image.open(BytesIO(content), formats=[kind]) as picture:
            _check_size(*picture.size)  # known from the first bytes, before anything is unpacked
            picture.load()
            upright = ImageOps.exif_transpose(picture)
    except DomainError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:  # decoders raise whatever a broken file leads them to
        raise _refuse(_("The picture is cut off or broken."), "file_broken") from error
    return Scan(TYPES[kind], _written_anew(upright, kind), *upright.size)


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise _too_large()


def _too_large() -> DomainError:
    return _refuse(_("The picture has too many pixels. Scan it at 300 dpi."), "picture_too_large")


def _written_anew(picture: Image.Image, kind: str) -> bytes:
    """Pixels alone: colours that a page can show, no metadata, no frames after the first."""
    if kind == "JPEG":
        plain = picture.convert("L" if picture.mode == "L" else "RGB")
    else:
        plain = picture.convert("L" if picture.mode in ("1", "L", "I;16") else "RGBA" if "A" in picture.mode else "RGB")
    plain.info = {}
    target = BytesIO()
    plain.save(target, kind, **({"quality": QUALITY} if kind == "JPEG" else {}))
    return target.getvalue()
