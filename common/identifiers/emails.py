"""Addresses of electronic mail."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from common.identifiers.errors import IdentifierError

LONGEST = 254


def email_address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        raise IdentifierError("format_invalid") from None
    if len(text) > LONGEST:
        raise IdentifierError("too_long")
    return text
