"""Who may see which rows, and who may do what: the two questions of access, answered in one place.

A model says only where its scope is (`SCOPE = ScopePath(center="current_center")`); a user carries memberships. A level
that the model does not name is seen by nobody of that level. `SCOPE = PUBLIC` marks tables without a tenant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed

NOBODY = Q(pk__in=[])
EVERYBODY = Q()


Paths = str | tuple[str, ...] | None


@dataclass(frozen=True)
class ScopePath:
    """Query paths from a model to the tenant levels, one or several to a level: each shows the row; None = nobody at that
    level sees it."""

    institution: str | None = "institution"
    school: Paths = None
    center: Paths = None
    partner: Paths = None
    many: bool = False
    """A path leads to many rows, so that a plain join would repeat the row."""

    center_while: Q | None = None
    """What else must hold for a centre to see the row: what concerned it once need not stay with it."""

    place_while: Q | None = None
    """The same for everybody below the institution."""

    def levels(self) -> dict[str, tuple[str, ...]]:
        paths = {"institution": self.institution, "school": self.school, "center": self.center, "partner": self.partner}
        return {level: (path,) if isinstance(path, str) else path for level, path in paths.items() if path}

    def also_at(self, level: str) -> Q:
        """What else must hold for somebody at this level to see the row."""
        return self._while_placed(level) & (self.center_while if level == "center" and self.center_while else EVERYBODY)

    def at(self, level: str, keys: Iterable[int]) -> Q:
        """The rows that belong to one of these places now; none where the model names no path to the level."""
        return self._led_to(level, keys) & self._while_placed(level)

    def seen_from(self, level: str, key: int) -> Q:
        """The rows that somebody at this place sees."""
        return self._led_to(level, [key]) & self.also_at(level)

    def _led_to(self, level: str, keys: Iterable[int]) -> Q:
        known = list(keys)
        return reduce(or_, (Q(**{f"{path}__in": known}) for path in self.levels().get(level, ())), NOBODY)

    def _while_placed(self, level: str) -> Q:
        return self.place_while if level != "institution" and self.place_while else EVERYBODY


@dataclass(frozen=True)
class Public:
    """A table without a tenant, and the reason why everybody who is signed in may read it."""

    reason: str


@dataclass(frozen=True)
class Own:
    """A row that belongs to one user, found by this path."""

    path: str


INSTITUTION_ONLY = ScopePath()


@dataclass(frozen=True)
class Reach:
    """What one membership gives: a level, the key of the row at that level, and the verbs of its role."""

    level: str
    key: int
    institution_id: int
    verbs: frozenset[str]


def scope_filter(model: type[Model], user: Any, verb: str | None = None) -> Q:
    """The condition that narrows `model` to the rows of this user, by one verb's memberships if a verb is given."""
    if user.is_system:
        return EVERYBODY
    scope = model.SCOPE  # type: ignore[attr-defined]  # tests/architecture/test_scopes.py
    if isinstance(scope, Public):
        return EVERYBODY
    if isinstance(scope, Own):
        return Q(**{scope.path: user.pk})
    reached = [scope.seen_from(reach.level, reach.key) for reach in user.reaches if verb is None or verb in reach.verbs]
    return reduce(or_, reached, NOBODY)


def can(user: Any, verb: str, subject: Model | None = None) -> bool:
    """Whether the user holds the right, for the subject if one is given (a row, also an unsaved tenant-owned one)."""
    if not getattr(user, "is_active", False):
        return False
    if user.is_system:
        return True
    if not any(verb in reach.verbs for reach in user.reaches):
        return False
    if subject is None:
        return True
    model = type(subject)
    return model._base_manager.filter(pk=subject.pk).filter(scope_filter(model, user, verb)).exists()


def require(user: Any, verb: str, subject: Model | None = None) -> None:
    """Refuse unless `can`; raises NotAllowed (`not_allowed`), the same for a missing right and for a foreign row."""
    if not can(user, verb, subject):
        raise NotAllowed(_("You may not do this here."), verb=verb)
