"""What is searched for is personal (names, numbers), so it travels sealed: never in a URL, a history or a log.

An address with a search opens for whoever searched, and tells everybody else nothing.
"""

import base64
import binascii
from typing import Any

from cryptography.exceptions import InvalidTag

from common.crypto import decrypt, encryptor

LABEL = "common.admin.search"
MARK = "~"


def seal_query(text: str, user: Any) -> str:
    return MARK + base64.urlsafe_b64encode(encryptor(LABEL)(text.encode(), user.pk or 0, 0)).decode().rstrip("=")


def open_query(query: str, user: Any) -> str:
    """The clear text of what the user has sealed; other text stays as it is, a token of somebody else finds nothing."""
    if not query.startswith(MARK):
        return query
    token = query.removeprefix(MARK)
    try:
        return decrypt(LABEL, base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), user.pk or 0, 0).decode()
    except (binascii.Error, InvalidTag, KeyError, IndexError, ValueError):
        return query
