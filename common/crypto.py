"""Encryption at rest and keyed digests for personal values (docs/rules.md §8, `FIELD_KEYS`).

`FIELD_KEYS` is a list of `name:base64` keys of 32 bytes: the first encrypts, all decrypt, so that keys rotate.
`FIELD_DIGEST_KEY` keys the digests by which an encrypted number can be found again; an identity number has so little
entropy that a leaked digest key equals the clear text, so it lives apart from the database.

A sealed value is bound to its column, its owner (the institution) and the key of its row, which are authenticated with it:
copied to another row, or with the row moved to another institution, it does not open (docs/decisions/0070).
"""

import base64
import hmac
import os
import struct
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldError
from django.db import models

from common.bulk import next_ids

NONCE_BYTES = 12
PLACE = struct.Struct(">qq")
"""Owner and key of a row as the database's int8send gives them."""


class Encrypt(Protocol):
    def __call__(self, clear: bytes, *place: int) -> bytes: ...


@cache
def _ciphers(keys: tuple[str, ...]) -> dict[bytes, AESGCM]:
    named = (key.split(":", 1) for key in keys)
    return {name.encode(): AESGCM(base64.b64decode(secret)) for name, secret in named}


def encryptor(label: str) -> Encrypt:
    """A fast function that seals bytes for one column; `label` (`app.model.field`) is authenticated with them.

    `place` is the owner and the key of the row: `seal(clear, institution_id, id)`. Without one the value is bound to the label
    alone, and no field opens it.
    """
    ciphers = _ciphers(tuple(settings.FIELD_KEYS))
    name, cipher = next(iter(ciphers.items()))
    head, column = bytes([len(name)]) + name, label.encode()

    def encrypt(clear: bytes, *place: int) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        bound = column + PLACE.pack(*place) if place else column
        return head + nonce + cipher.encrypt(nonce, clear, bound)

    return encrypt


def decrypt(label: str, sealed: bytes, *place: int) -> bytes:
    """Open what `encryptor(label)` sealed for this place; raises KeyError for an unknown key, InvalidTag for a changed value and
    for one of another column or row."""
    width = sealed[0] + 1
    cipher = _ciphers(tuple(settings.FIELD_KEYS))[sealed[1:width]]
    bound = label.encode() + (PLACE.pack(*place) if place else b"")
    return cipher.decrypt(sealed[width : width + NONCE_BYTES], sealed[width + NONCE_BYTES :], bound)


def digest(label: str, text: str) -> bytes:
    """Keyed digest (32 bytes) of a normalised value: equal values find each other without being readable."""
    return hmac.digest(_digest_key(settings.FIELD_DIGEST_KEY), f"{label}\0{text}".encode(), "sha256")


@cache
def _digest_key(secret: str) -> bytes:
    return base64.b64decode(secret)


class ReservedKey(models.BigAutoField):
    """A key that is taken from its sequence before the row is written, so that sealed values can be bound to it."""

    def get_pk_value_on_save(self, instance: models.Model) -> int:
        return next_ids(type(instance), 1)[0]


def reserve_keys(rows: Sequence[models.Model]) -> None:
    """Give rows of one model that have no key yet theirs, all in one statement."""
    new = [row for row in rows if row.pk is None]
    if new and isinstance(new[0]._meta.pk, ReservedKey):
        for row, key in zip(new, next_ids(type(new[0]), len(new)), strict=True):
            row.pk = key


class Sealed(bytes):
    """A value that is bound to its row: nothing else is written to an encrypted column."""


class EncryptedBinaryField(models.BinaryField):
    """Bytes that the database only ever sees sealed, bound to their row; nothing is stored as NULL.

    `owner` names the foreign key of the row that owns the value; it must not change. Written by `save()` and `bulk_create()`, or
    erased by `update()`; the key of the model is a `ReservedKey`.
    """

    nothing: Any = None

    def __init__(self, *args: Any, owner: str = "institution", **kwargs: Any) -> None:
        self.owner = owner
        super().__init__(*args, **{"null": True, "blank": True} | kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | ({} if self.owner == "institution" else {"owner": self.owner})

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        if isinstance(self.model._meta.pk, ReservedKey):
            return super().check(**kwargs)
        return [
            *super().check(**kwargs),
            checks.Error("The model's key is no ReservedKey.", obj=self, id="common.E001"),
        ]

    @property
    def label(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001 - the signature is Django’s
        value = super().pre_save(model_instance, add)
        if not value:
            return None
        owner = getattr(model_instance, f"{self.owner}_id")
        return Sealed(encryptor(self.label)(self.to_bytes(value), owner, model_instance.pk))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002 - the same
        if value and not isinstance(value, Sealed):
            raise FieldError(f"{self.label} is bound to its row: write it by save() or bulk_create()")
        return super().get_db_prep_value(value or None, connection, prepared)

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """The sealed value is read with the owner and the key of the row in which it stands."""
        if compiler.query.subquery:
            return sql, params
        table, dot, column = sql.rpartition(".")
        if not dot or column != compiler.quote_name_unless_alias(self.column):
            raise FieldError(f"{self.label} is read from its own row only")
        return f'int8send({table}."{self.owner}_id") || int8send({table}."id") || {sql}', params

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if not value:
            return self.nothing
        place = PLACE.unpack_from(value)
        return self.from_bytes(decrypt(self.label, bytes(value[PLACE.size :]), *place))

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value)

    def from_bytes(self, clear: bytes) -> Any:
        return clear


if TYPE_CHECKING:  # to readers it is text, to the database bytes
    Text = models.TextField
else:
    Text = EncryptedBinaryField


class EncryptedTextField(Text):
    """Text that the database only ever sees sealed. Empty text is stored as NULL and read back as an empty string."""

    nothing = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"null": True, "blank": True, "editable": False} | kwargs)

    def to_bytes(self, value: str) -> bytes:
        return value.encode()

    def from_bytes(self, clear: bytes) -> str:
        return clear.decode()

    def to_python(self, value: Any) -> Any:
        return value
