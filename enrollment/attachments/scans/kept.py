from dataclasses import dataclass

from common.errors import DomainError

ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}


@dataclass(frozen=True)
class Scan:
    """`width` and `height` are pixels, zero for a PDF. `original` is the upload where the copy may show something else than it."""

    content_type: str
    content: bytes
    width: int = 0
    height: int = 0
    original: bytes = b""


def refusal(message: str, code: str) -> DomainError:
    return DomainError(message, code=code)
