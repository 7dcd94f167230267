"""Notices: who is told that something waits or came back, and reading them."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import override

from common.dates import today
from common.notices import NOTICES
from people.models import Membership, Notice, User

NOT_BELOW = Q(school__isnull=True, center__isnull=True, partner__isnull=True)


def users_holding(verb: str, subject: Model) -> QuerySet[User]:
    """The active users who hold the right for the row today: those of whom `can(user, verb, subject)` is true, without machines."""
    model = type(subject)
    rows = model._base_manager.filter(pk=subject.pk)
    reached = Q(pk__in=[])
    scope = model.SCOPE  # type: ignore[attr-defined]  # tests/architecture/test_scopes.py
    for level, paths in scope.levels().items():
        seen = rows.filter(scope.also_at(level))
        keys = [key for path in paths for key in seen.values_list(path, flat=True) if key is not None]
        at_level = Q(**{f"{level}__in": keys})
        reached |= at_level & NOT_BELOW if level == "institution" else at_level
    holding = Membership.objects.on(today()).filter(reached, role__verbs__contains=[verb])
    return User.objects.filter(is_active=True, is_system=False, pk__in=holding.values("user"))


@transaction.atomic
def notify(users: Iterable[User], kind: str, *, institution: Any, subject: Any = None, **terms: Any) -> int:
    """Tell each user once; returns how many are told. `terms` are plain values without anything personal, or rows that are
    named in each reader's language, whoever it is that causes the notice.

    Of a kind that counts, an unread notice about the same subject grows instead. Raises KeyError for a kind that has no
    sentence (`common.notices`) and for a term that its sentence needs.
    """
    known = NOTICES[kind]
    told = {user.pk for user in users}
    said = {**({"count": 1} if known.counts else {}), **{name: plain(value) for name, value in terms.items()}}
    if lacking := set(known.terms) - said.keys():
        raise KeyError(f"{kind} says nothing without {sorted(lacking)}")
    about = {
        "kind": kind,
        "subject_type": subject._meta.label_lower if subject is not None else "",
        "subject_id": getattr(subject, "public_id", None),
    }
    grown = _grow(told, said, about) if known.counts else set()
    Notice.objects.bulk_create(
        Notice(user_id=key, institution=institution, terms=said, **about) for key in sorted(told - grown)
    )
    return len(told)


def tell_holders(
    verbs: Iterable[str], kind: str, *, institution: Any, subject: Any, once: tuple[str, ...], **terms: Any
) -> int:
    """For apps below this one (`common.notices.TellHolders`)."""
    told = {name: plain(terms[name]) for name in once}
    earlier = Notice.objects.filter(kind=kind, subject_id=subject.public_id, terms__contains=told)
    if once and earlier.exists():
        return 0
    users = User.objects.none()
    for verb in verbs:
        users |= users_holding(verb, subject)
    return notify(users, kind, institution=institution, subject=subject, **terms)


def plain(value: Any) -> Any:
    """A row, or a text that is translated, in every language; anything else as it is."""
    if not isinstance(value, Model | Promise):
        return value
    names = {}
    for language, _label in settings.LANGUAGES:
        with override(language):
            names[language] = str(value)
    return names


def _grow(users: set[int], said: dict[str, Any], about: dict[str, Any]) -> set[int]:
    """Add the count to what lies unread and unmailed about the same; returns whose notices have grown.

    A notice that another transaction is writing is passed by, so that telling people never waits for anybody.
    """
    same = {name: said[name] for name in said if name != "count"}
    lying = Notice.objects.unread().filter(user__in=users, mailed_at__isnull=True, terms__contains=same, **about)
    grown: dict[int, Notice] = {one.user_id: one for one in lying.select_for_update(skip_locked=True).order_by("id")}
    for one in grown.values():
        one.terms["count"] += said["count"]
    Notice.objects.bulk_update(grown.values(), ["terms"])
    return set(grown)


def mark_read(*, by: Any, notices: Iterable[Notice] | None = None) -> int:
    """Mark these notices of the user, or all of them, as read; those of others are left alone. Returns how many were unread."""
    own = Notice.objects.filter(user=by).unread()
    if notices is not None:
        own = own.filter(pk__in=[one.pk for one in notices])
    return own.update(read_at=timezone.now())
