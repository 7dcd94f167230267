"""What a notice says: one sentence for each kind, filled with terms that hold no personal value, since notices are mailed.

Each app registers its kinds in `notices.py`. Notices are kept and mailed by `people`, which apps below it do not know: they ask
`tell_holders`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language

from common.registry import Registry


@dataclass(frozen=True)
class NoticeKind:
    """`terms` must be given with each notice. A kind that counts is gathered: what is unread grows instead of piling up.

    `page` is the name of the portal's page that shows the rows it is about; without one it leads to the page of its subject.
    """

    name: str
    sentence: Promise
    terms: tuple[str, ...] = ("center",)
    page: str = ""
    formerly: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        return "count" in self.terms


NOTICES: Registry[NoticeKind] = Registry("notice")


def counted(name: str, sentence: Promise, *terms: str, page: str = "") -> NoticeKind:
    return NoticeKind(name, sentence, ("count", *terms), page)


def sentence(kind: str, terms: dict[str, Any]) -> str:
    """The notice in the reader's language; a kind that is no longer known is shown as it is."""
    known = NOTICES.get(kind)
    return str(known.sentence % {name: _read(value) for name, value in terms.items()}) if known else kind


def _read(term: Any) -> Any:
    """A name that is kept in every language, in the reader's."""
    if not isinstance(term, dict):
        return term
    return term.get(get_language()) or term.get(settings.LANGUAGE_CODE, "")


class TellHolders(Protocol):
    """Tell all who hold one of the rights for the subject; `once` names the terms whose values were told once and for all.
    Returns how many were told. Raises KeyError for a kind or a term that is not known."""

    def __call__(
        self, verbs: Iterable[str], kind: str, *, institution: Any, subject: Any, once: tuple[str, ...], **terms: Any
    ) -> int: ...


_deliveries: list[TellHolders] = []


def deliver_by(tell: TellHolders) -> None:
    """The app that keeps notices says at start-up how holders of a right are told."""
    _deliveries[:] = [tell]


def tell_holders(
    verbs: Iterable[str], kind: str, *, institution: Any, subject: Any, once: tuple[str, ...] = (), **terms: Any
) -> int:
    """As `TellHolders` says, from any app."""
    return _deliveries[0](verbs, kind, institution=institution, subject=subject, once=once, **terms)
