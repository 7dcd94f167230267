"""Scans as scanners, copiers and telephones make them: what is kept of them can be read."""

import io
import struct
import subprocess
import sys

import pytest
from PIL import Image

from common.errors import DomainError
from enrollment.attachments.scans import judge
from tests.cases.reading import FILES
from tests.databases import PROJECT
from tests.enrollment.papers import PDF, a_packed_pdf, a_picture


def shown(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(judge(content).content))


def written(picture: Image.Image, kind: str = "PNG", **terms) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **terms)
    return target.getvalue()


def test_sixteen_bits_of_grey_keep_their_shades_and_the_upload():
    upload = (FILES / "p03_gray16.png").read_bytes()
    scan = judge(upload)
    assert scan.original == upload
    shades = Image.open(io.BytesIO(scan.content)).convert("L").histogram()
    assert sum(shades[40:216]) > 0.2 * sum(shades), "neither white nor black"


@pytest.mark.parametrize("bits", [10, 12, 16])
def test_a_scanner_of_few_bits_does_not_make_a_black_sheet(bits):
    row = struct.pack("<80H", *[2 ** (bits - 1)] * 40, *[2**bits - 1] * 40)
    sheet = Image.frombytes("I;16", (80, 80), row * 80)
    found = shown(written(sheet)).convert("L")
    assert found.getpixel((60, 40)) > 250
    assert 120 < found.getpixel((10, 40)) < 136


def test_ink_on_a_transparent_sheet_stands_on_white_paper():
    for mode in ("RGBA", "LA"):
        sheet = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
        sheet.paste((0, 0, 0, 255), (20, 20, 40, 40))
        found = shown(written(sheet.convert(mode))).convert("L")
        assert (found.getpixel((5, 5)), found.getpixel((30, 30))) == (255, 0)


def test_a_palette_keeps_its_colours_also_with_a_transparent_one():
    sheet = Image.new("RGB", (60, 60), (200, 30, 30)).quantize(8)
    assert shown(written(sheet)).convert("RGB").getpixel((30, 30)) == (200, 30, 30)
    assert shown(written(sheet, transparency=sheet.getpixel((30, 30)))).convert("RGB").getpixel((30, 30)) == (
        255,
        255,
        255,
    )


def test_only_what_may_show_something_else_is_kept_beside_its_copy():
    assert judge(a_picture("JPEG")).original == judge(a_picture("PNG")).original == b""
    for mode in ("1", "P", "LA", "RGBA"):
        upload = written(Image.new(mode, (60, 80)))
        assert judge(upload).original == upload
    cmyk = written(Image.new("CMYK", (60, 80)), "JPEG")
    assert judge(cmyk).original == cmyk


def test_a_large_photograph_is_kept_smaller_and_a_large_drawing_is_refused():
    scan = judge(written(Image.new("RGB", (8000, 6000), (200, 200, 200)), "JPEG"))
    assert (scan.width, scan.height) == (2000, 1500) or (scan.width, scan.height) == (4000, 3000)
    assert scan.original
    with pytest.raises(DomainError) as refusal:
        judge(written(Image.new("1", (8000, 6000))))
    assert refusal.value.code == "picture_too_large"


JUDGING = """
import resource, sys
sys.path.insert(0, {project!r})
from django.conf import settings
settings.configure()
from enrollment.attachments.scans.pictures import judge_picture
content = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
judge_picture(content, {kind!r})
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "kind", "size"), [("1", "PNG", (5000, 4000)), ("RGBA", "PNG", (5000, 4000)), ("RGB", "JPEG", (9000, 6500))]
)
def test_no_picture_takes_more_than_its_share_of_memory(mode, kind, size):
    """The small file of 190 kB that once took 370 MB was of the first kind."""
    script = JUDGING.format(project=str(PROJECT), kind=kind)
    done = subprocess.run(
        [sys.executable, "-c", script], input=written(Image.new(mode, size), kind), capture_output=True, check=True
    )
    assert int(done.stdout) < 200


def test_a_pdf_that_a_copier_has_filled_up_is_taken_as_it_came():
    upload = (FILES / "p09_zero_padded_to_4096.pdf").read_bytes()
    assert judge(upload).content == upload
    for sound in (PDF, a_packed_pdf()):
        filled = sound + bytes(4096 - len(sound) % 4096)
        assert judge(filled).content == filled
