"""How much of persons one user is shown within an hour: each kind has a limit, a rule of the institution. Who reaches it is
refused, and the auditors are told, once an hour (docs/rules.md §8).

`count_disclosures` is called in the transaction of what it counts, so that what fails is not counted. A refusal takes that
transaction back; the alarm is therefore written by `tell_auditors` when the request is over (`ceportal.limits`).
"""

import datetime as dt
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from common.audit import AuditNote, write_audit
from common.dates import today
from common.errors import DomainError
from learning_centers.rules import rule
from people.models import Disclosure, User
from people.rules import LISTED_AT_LEAST
from people.services.notices import notify, users_holding

Kind = Disclosure.Kind
LIMITS = {
    Kind.NUMBER_SEARCH: "number_searches_per_hour",
    Kind.NUMBER_CHECK: "number_checks_per_hour",
    Kind.REVEAL: "reveals_per_hour",
    Kind.LISTED: "listed_per_hour",
    Kind.PRINTED: "printed_per_hour",
    Kind.PAPER: "papers_per_hour",
}
AN_HOUR = dt.timedelta(hours=1)
KEPT = dt.timedelta(days=1)

refused: ContextVar[tuple[tuple[User, str], ...]] = ContextVar("refused", default=())
"""Who was refused what in the request under way."""


@transaction.atomic
def count_disclosures(kind: str, *, by: Any, amount: int = 1) -> None:
    """Count that the user is shown so many more; users are counted one at a time, machines of our own not at all.

    Raises DomainError `too_many_this_hour` where the limit of the kind would be passed; then nothing is counted.
    """
    if by.is_system or not amount:
        return
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    most = limit_of(kind, by)
    if shown_lately(kind, by) + amount > most:
        raise _too_many(kind, by, most)
    Disclosure.objects.create(user=by, kind=kind, amount=amount)


def _too_many(kind: str, by: Any, most: int) -> DomainError:
    refused.set((*refused.get(), (by, kind)))
    return DomainError(
        _("You have reached the limit of an hour (%(most)s): %(kind)s. Go on later, or ask the registrar.")
        % {"most": most, "kind": Kind(kind).label},
        code="too_many_this_hour",
    )


COUNT_PAGE = """
WITH lately AS (
    SELECT coalesce(sum(amount), 0) AS total, coalesce(bool_or(page = %(page)s AND page <> ''), false) AS again
    FROM people_disclosure WHERE user_id = %(user)s AND kind = %(kind)s AND NOT refused AND at > %(since)s
), counted AS (
    INSERT INTO people_disclosure (user_id, kind, at, amount, page, refused)
    SELECT %(user)s, %(kind)s, %(now)s, %(amount)s, %(page)s, false FROM lately WHERE NOT again RETURNING id, amount
)
SELECT total + coalesce(counted.amount, 0), counted.id FROM lately LEFT JOIN counted ON true
"""


def count_page(page: str, amount: int, *, by: Any) -> None:
    """Count the records on a page of persons; `page` is a digest of its address, and looking again within the hour is one look.

    One statement without a lock, since every list asks it: pages that are asked for at the same moment may pass the limit
    together. Raises DomainError `too_many_this_hour`; then the page is not counted.
    """
    if by.is_system or not amount:
        return
    now = timezone.now()
    asked = {"user": by.pk, "kind": Kind.LISTED, "since": now - AN_HOUR, "now": now, "amount": amount, "page": page}
    with connection.cursor() as cursor:
        cursor.execute(COUNT_PAGE, asked)
        total, counted = cursor.fetchone()
    if counted is None or total <= LISTED_AT_LEAST or total <= (most := limit_of(Kind.LISTED, by)):
        return
    Disclosure.objects.filter(pk=counted).delete()
    raise _too_many(Kind.LISTED, by, most)


def shown_lately(kind: str, by: Any) -> int:
    lately = Disclosure.objects.filter(user=by, kind=kind, refused=False).since(timezone.now() - AN_HOUR)
    return lately.aggregate(total=Sum("amount"))["total"] or 0


def limit_of(kind: str, by: Any) -> int:
    """The lowest of those that hold where the user works; a user who works nowhere is shown nothing."""
    home = by.institutions()
    return min((rule(LIMITS[Kind(kind)], one, on=today(one)) for one in home), default=0)


@transaction.atomic
def tell_auditors(by: Any, kind: str) -> None:
    """The alarm: on the trail and to whoever reads it, where the user works; once an hour and kind."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    known = Disclosure.objects.filter(user=by, kind=kind, refused=True).since(timezone.now() - AN_HOUR)
    if known.exists():
        return
    Disclosure.objects.create(user=by, kind=kind, amount=0, refused=True)
    for institution in by.institutions():
        write_audit([AuditNote("people.reach_limit", by, detail={"kind": kind})], by=by, institution_id=institution.pk)
        notify(users_holding("common.view_trail", institution), "limit_reached", institution=institution, subject=by)


def forget_disclosures() -> int:
    """Erase what no limit asks for any more; returns how many rows."""
    return Disclosure.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
