"""What a scan or photo really is, judged by its content alone; its name and what a browser says of it are only words.

Pictures are opened, turned upright and written anew, so that nothing but the picture is kept: no position, no camera, no
second file behind it. A PDF is kept as it came; one that does more than show pages is refused.
"""

from django.utils.translation import gettext as _

from enrollment.attachments.scans.kept import ENDINGS, Scan, refusal
from enrollment.attachments.scans.pdfs import judge_pdf
from enrollment.attachments.scans.pictures import judge_picture

__all__ = ["ENDINGS", "Scan", "judge"]

MAGIC = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"%PDF-": "PDF"}


def judge(content: bytes) -> Scan:
    """What is to be kept of an uploaded file.

    Raises DomainError `file_empty`, `file_type_not_allowed`, `file_broken`, `file_encrypted`, `file_not_harmless`,
    `pdf_too_large` or `picture_too_large`.
    """
    if not content:
        raise refusal(_("The file is empty."), "file_empty")
    found = next((name for magic, name in MAGIC.items() if content.startswith(magic)), None)
    if found is None:
        raise refusal(_("Only JPEG, PNG and PDF are taken; this is none of them."), "file_type_not_allowed")
    return judge_pdf(content) if found == "PDF" else judge_picture(content, found)
