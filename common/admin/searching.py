"""What is searched for is personal (names, numbers), so it travels sealed: never in a URL, a history or a log."""

import base64
import binascii

from cryptography.exceptions import InvalidTag

from common.crypto import decrypt, encryptor

LABEL = "common.admin.search"
MARK = "~"


def seal_query(text: str) -> str:
    return MARK + base64.urlsafe_b64encode(encryptor(LABEL)(text.encode())).decode().rstrip("=")


def open_query(query: str) -> str:
    """The clear text of a sealed query; other text stays as it is, a token that is not ours finds nothing."""
    if not query.startswith(MARK):
        return query
    token = query.removeprefix(MARK)
    try:
        return decrypt(LABEL, base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))).decode()
    except (binascii.Error, InvalidTag, KeyError, IndexError, ValueError):
        return query
