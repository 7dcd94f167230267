"""Pictures written anew, within bounds that are known before anything is unpacked."""

from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from common.errors import DomainError
from enrollment.attachments.scans.kept import Scan, refusal

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}
MOST_PIXELS = {"JPEG": 60_000_000, "PNG": 20_000_000}
"""A JPEG can be unpacked at a half or a quarter of its size, a PNG only as a whole: A4 at 400 dpi has 16 million pixels."""
UNPACKED_PIXELS = 10_000_000
"""A4 at 300 dpi has 9 million; a larger JPEG is unpacked at a half or less of its sides."""
LONGEST_SIDE = 12_000
QUALITY = 90
WHITE = (255, 255, 255)


def judge_picture(content: bytes, kind: str) -> Scan:
    try:
        with Image.open(BytesIO(content), formats=[kind]) as picture:
            size = picture.size  # known from the first bytes, before anything is unpacked
            _check_size(*size, most=MOST_PIXELS[kind])
            mode = picture.mode
            if kind == "JPEG" and size[0] * size[1] > UNPACKED_PIXELS:
                picture.draft(None, _within(*size))
            picture.load()
            copy = _plain(ImageOps.exif_transpose(picture))
            shows_the_same = mode in ("L", "RGB") and picture.size == size
    except DomainError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:  # decoders raise whatever a broken file leads them to
        raise refusal(_("The picture is cut off or broken."), "file_broken") from error
    return Scan(TYPES[kind], _written(copy, kind), *copy.size, original=b"" if shows_the_same else content)


def _check_size(width: int, height: int, *, most: int) -> None:
    if width * height > most or max(width, height) > LONGEST_SIDE:
        raise _too_large()


def _within(width: int, height: int) -> tuple[int, int]:
    share = 2
    while (width // share) * (height // share) > UNPACKED_PIXELS:
        share *= 2
    return width // share, height // share


def _too_large() -> DomainError:
    return refusal(_("The picture has too many pixels. Scan it at 300 dpi."), "picture_too_large")


def _plain(picture: Image.Image) -> Image.Image:
    """Grey or coloured pixels of eight bits on white paper."""
    if picture.mode.startswith("I"):
        return _eight_bits(picture)
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.mode in ("LA", "RGBA", "PA") or "transparency" in picture.info:
        shown = picture.convert("RGBA")
        paper = Image.new("RGB", shown.size, WHITE)
        paper.paste(shown, mask=shown.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Scanners that measure 10 or 12 bits write them as 16: the highest value in use tells how many are meant."""
    _lowest, highest = picture.convert("I").getextrema()
    if not isinstance(highest, int):
        raise TypeError("a picture of one channel has one highest value")
    share = 1 / 2 ** max(0, highest.bit_length() - 8)
    return picture.convert("I").point(lambda value: value * share).convert("L")


def _written(picture: Image.Image, kind: str) -> bytes:
    """Pixels alone: no metadata, no frames after the first."""
    picture.info = {}
    target = BytesIO()
    picture.save(target, kind, **({"quality": QUALITY} if kind == "JPEG" else {}))
    return target.getvalue()
