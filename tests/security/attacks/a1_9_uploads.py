"""Files that do more than show a page, or take more than their share, handed in as evidence by a coordinator."""

import io
import struct
import zlib

import pikepdf
from PIL import Image

from enrollment.models import Attachment, Student
from tests.security.site import AttackSucceeded, Site

NUMBER, NAME = "1.9", "uploads"


def run(site: Site) -> None:
    student = Student.objects.filter(current_center=site.centers[0]).order_by("pk").first()
    assert student is not None
    browser = site.browser("coordinator")
    form = f"/portal/students/{student.public_id}/request/suspend/"
    browser.get(form)
    said = {"effective_date": "2027-03-01", "reason_code": "illness", "save": "1"}
    for name, content in hostile().items():
        before = Attachment.objects.count()
        answer = browser.post(form, said, {"evidence": (name, content)})
        if answer.status >= 500:
            raise AttackSucceeded(f"{name} was an error of the site: {answer.status}")
        if Attachment.objects.count() != before:
            raise AttackSucceeded(f"{name} was kept")
    answer = browser.post(form, said, {"evidence": ("sheet.pdf", a_pdf())})
    if not Attachment.objects.filter(content_type="application/pdf").exists():
        raise RuntimeError(f"a sound sheet was not kept either: {answer.status} {answer.url}")


def hostile() -> dict[str, bytes]:
    actions = ("/JavaScript", "/Launch", "/URI", "/GoToR", "/SubmitForm", "/ImportData", "/Rendition")
    return {f"{action[1:]}.pdf": a_pdf(action) for action in actions} | {
        "encrypted.pdf": a_pdf(encryption=pikepdf.Encryption(owner="o", user="")),
        "bomb.png": a_bomb(),
        "white.png": _written(Image.new("1", (11_000, 11_000))),
        "page.jpg": b"\xff\xd8\xff<script>alert(1)</script>",
    }


def a_pdf(action: str = "", **saving) -> bytes:
    """With an action that stands in a stream of packed objects."""
    pdf, target = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    if action:
        pdf.Root.OpenAction = pdf.make_indirect(
            pikepdf.Dictionary(S=pikepdf.Name(action), JS="app.alert(1)", F="cmd.exe")
        )
    pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, **saving)
    return target.getvalue()


def _written(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def a_bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has 30,000 × 30,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 9999)) + chunk(b"IEND", b"")
