"""A PDF that does nothing but show pages is kept as it came; what cannot be vouched for is refused."""

import re
import subprocess
from pathlib import Path

from django.utils.translation import gettext as _

from common.errors import DomainError
from common.isolated import run_isolated
from enrollment.attachments.scans.kept import Scan, refusal

CHECKER = Path(__file__).with_name("pdf_checker.py")
MOST_SECONDS = 20
TAIL = re.compile(rb"%%EOF[\t\n\f\r -~]{0,1024}\Z")
"""After the end some programs write a few words more, and copiers fill a block with NUL bytes."""


def judge_pdf(content: bytes) -> Scan:
    filled = content.rstrip(b"\0")
    if b"%%EOF" not in filled or b"startxref" not in filled:
        raise refusal(_("The PDF is cut off or broken."), "file_broken")
    if not TAIL.search(filled, max(0, len(filled) - 4096)):
        raise refusal(_("Something else is hidden behind the PDF."), "file_not_harmless")
    _check(filled)
    return Scan("application/pdf", content)


def _check(content: bytes) -> None:
    try:
        done = run_isolated(CHECKER, content=content, seconds=MOST_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise _refusal("pdf_too_large") from error
    if done.returncode:
        raise _refusal(
            {3: "file_encrypted", 4: "file_not_harmless", 5: "pdf_too_large"}.get(done.returncode, "file_broken")
        )


def _refusal(code: str) -> DomainError:
    return refusal(
        {
            "file_encrypted": _("The PDF is protected by a password. Save it without one."),
            "file_not_harmless": _("The PDF holds scripts, forms, links or other files. Print it into a plain PDF."),
            "pdf_too_large": _("The PDF has too many pages or parts. Divide it."),
            "file_broken": _("The PDF is cut off or broken."),
        }[code],
        code,
    )
