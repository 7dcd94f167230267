"""Encryption at rest and keyed digests for personal numbers (domain.md §8, `FIELD_KEYS`).

`FIELD_KEYS` is a list of `name:base64` keys of 32 bytes: the first encrypts, all decrypt, so that keys rotate.
`FIELD_DIGEST_KEY` keys the digests by which an encrypted number can be found again; an identity number has so little
entropy that a leaked digest key equals the clear text, so it lives apart from the database.
"""

import base64
import hmac
import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE_BYTES = 12


@cache
def _ciphers(keys: tuple[str, ...]) -> dict[bytes, AESGCM]:
    named = (key.split(":", 1) for key in keys)
    return {name.encode(): AESGCM(base64.b64decode(secret)) for name, secret in named}


def encryptor(label: str) -> Callable[[bytes], bytes]:
    """A fast function that seals bytes for one column; `label` (`app.model.field`) is authenticated with them."""
    ciphers = _ciphers(tuple(settings.FIELD_KEYS))
    name, cipher = next(iter(ciphers.items()))
    head, bound = bytes([len(name)]) + name, label.encode()

    def encrypt(clear: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + cipher.encrypt(nonce, clear, bound)

    return encrypt


def decrypt(label: str, sealed: bytes) -> bytes:
    """Open what `encryptor(label)` sealed; raises KeyError for an unknown key, InvalidTag for a changed value."""
    width = sealed[0] + 1
    cipher = _ciphers(tuple(settings.FIELD_KEYS))[sealed[1:width]]
    return cipher.decrypt(sealed[width : width + NONCE_BYTES], sealed[width + NONCE_BYTES :], label.encode())


def digest(label: str, text: str) -> bytes:
    """Keyed digest (32 bytes) of a normalised value: equal values find each other without being readable."""
    return hmac.digest(_digest_key(settings.FIELD_DIGEST_KEY), f"{label}\0{text}".encode(), "sha256")


@cache
def _digest_key(secret: str) -> bytes:
    return base64.b64decode(secret)


if TYPE_CHECKING:  # to readers it is text, to the database bytes
    Sealed = models.TextField
else:
    Sealed = models.BinaryField


class EncryptedTextField(Sealed):
    """Text that the database only ever sees sealed. Empty text is stored as NULL and read back as an empty string."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["editable"] = kwargs.get("editable", False)
        super().__init__(*args, **kwargs)

    @property
    def label(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002 - the signature is Django’s
        sealed = encryptor(self.label)(value.encode()) if value else None
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return decrypt(self.label, bytes(value)).decode() if value else ""

    def to_python(self, value: Any) -> Any:
        return value
