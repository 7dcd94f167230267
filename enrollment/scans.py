"""What a scan or photo really is, judged by its content alone; its name and what a browser says of it are only words.

Pictures are opened, turned upright and written anew, so that nothing but the picture is kept: no position, no camera, no
second file behind it. A PDF is kept as it came; one that does more than show pages is refused.
"""

import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from common.errors import DomainError

MOST_PIXELS = 50_000_000
"""A scan of A4 at 600 dpi has 35 million; a picture that unpacks to more is not opened at all."""
LONGEST_SIDE = 12_000
QUALITY = 90
MAGIC = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"%PDF-": "PDF"}
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "PDF": "application/pdf"}
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|XFA)(?![A-Za-z0-9])")
STREAM = re.compile(rb"(?P<head><<[^\x00]{0,2000}?>>)\s*stream\r?\n(?P<body>.*?)endstream", re.DOTALL)
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
    if any(ACTIVE.search(_plain_names(part)) for part in _structure(content)):
        raise _refuse(_("The PDF holds scripts, forms or other files. Print it into a plain PDF."), "file_not_harmless")
    return Scan(TYPES["PDF"], content)


def _structure(content: bytes) -> Iterator[bytes]:
    """What a PDF says about itself: all outside of its streams, where pages and pictures are, and the packed objects."""
    yield STREAM.sub(lambda found: found["head"] + b" ", content)
    for found in STREAM.finditer(content):
        if b"/ObjStm" in found["head"]:
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(found["body"], MOST_UNPACKED)


def _plain_names(content: bytes) -> bytes:
    """Names may be written in hex, `/J#61vaScript`: read them as a reader would."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)


def _judge_picture(content: bytes, kind: str) -> Scan:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=[kind]) as picture:
                _check_size(*picture.size)
                picture.load()
                upright = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
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
