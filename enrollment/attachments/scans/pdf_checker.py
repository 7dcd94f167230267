"""Whether a PDF does more than show pages, in a process of its own: `python pdf_checker.py < file`.

Every object is looked at, also those that are packed into streams and those that nothing points to. This file is run as it
stands and imports nothing of ours; the exit code tells the outcome.
"""

import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

HARMLESS, ENCRYPTED, ACTIVE, TOO_LARGE, BROKEN = 0, 3, 4, 5, 6
MEMORY = 768 * 1024 * 1024
SECONDS = 10
MOST_PAGES = 300
MOST_OBJECTS = 50_000
DEEPEST = 60
KEYS = {
    "/JS", "/JavaScript", "/AA", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia", "/RichMediaContent",
    "/XFA", "/AcroForm", "/Collection", "/Rendition", "/SubmitForm", "/ImportData", "/URI", "/PS",
}  # fmt: skip
"""Keys with which something runs, leads out of the file or hides another one in it."""
ACTIONS = {"/GoTo", "/Named"}
"""Actions that stay inside the document."""
ANNOTATIONS = {"/FileAttachment", "/Movie", "/Screen", "/Sound", "/3D", "/RichMedia", "/Widget"}


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def judge(content: bytes) -> int:
    if b"/Encrypt" in content:
        return ENCRYPTED
    with opened(content) as pdf:
        if pdf.is_encrypted:
            return ENCRYPTED
        if len(pdf.objects) > MOST_OBJECTS or len(pdf.pages) > MOST_PAGES:
            return TOO_LARGE
        roots = [pdf.trailer, *(one for one in pdf.objects if one is not None)]
        return ACTIVE if any(is_active(one) for root in roots for one in dictionaries(root)) else HARMLESS


def opened(content: bytes) -> pikepdf.Pdf:
    """Nothing is recovered: what readers would each make of a damaged file is not known here. But some programs count the place
    of the table of objects a few bytes wrong, and every reader finds it all the same."""
    try:
        return pikepdf.Pdf.open(BytesIO(content), attempt_recovery=False)
    except pikepdf.PasswordError:
        raise
    except pikepdf.PdfError:
        place = content.rfind(b"\nxref") + 1
        head, mark, _number = content.rpartition(b"startxref")
        if not place or not mark:
            raise
        return pikepdf.Pdf.open(BytesIO(head + b"startxref\n%d\n%%%%EOF\n" % place), attempt_recovery=False)


def dictionaries(value: Any, depth: int = 0) -> Iterator[Any]:
    """The dictionaries inside an object; what an object only points to is looked at as an object of its own."""
    if depth > DEEPEST:
        raise pikepdf.PdfError("nested too deeply")
    if isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
        yield value
        inside = [value[key] for key in value.keys()]  # noqa: SIM118 - iterating a stream is another thing
    elif isinstance(value, pikepdf.Array):
        inside = list(value)
    else:
        return
    for one in inside:
        if isinstance(one, pikepdf.Object) and not one.is_indirect:
            yield from dictionaries(one, depth + 1)


def is_active(found: Any) -> bool:
    keys = set(found.keys())
    if keys & KEYS or (isinstance(found, pikepdf.Stream) and "/F" in keys):
        return True
    if found.get("/Subtype") in ANNOTATIONS or found.get("/Subtype") == "/PS":
        return True
    return is_action(found, keys) and found.get("/S") not in ACTIONS


def is_action(found: Any, keys: set[str]) -> bool:
    """An action says so, or is one of the kinds that only actions have."""
    return found.get("/Type") == "/Action" or str(found.get("/S", "")) in {
        "/URI", "/JavaScript", "/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/ResetForm", "/Movie", "/Sound",
        "/Rendition", "/Hide", "/SetOCGState", "/Trans", "/GoTo3DView", "/Thread", "/RichMediaExecute",
    }  # fmt: skip


def main() -> int:
    limit()
    try:
        return judge(sys.stdin.buffer.read())
    except pikepdf.PasswordError:
        return ENCRYPTED
    except MemoryError:
        return TOO_LARGE
    except Exception:  # a parser raises whatever a broken file leads it to
        return BROKEN


if __name__ == "__main__":
    sys.exit(main())
