"""Writing beside others: imports of an institution take turns, and what was planned on knowledge that moved is planned anew.

Staff are not kept waiting by the first tries, since those hold no ledger head; only the last ones keep everybody else out.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.laws import breaks_a_law, broken_constraint
from common.models import LedgerHead
from exchange.issues import CODES, LAWS
from exchange.models import ImportBatch

TRIES = 5
BESIDE_OTHERS = 2
TURN, BATCH = 74_102, 74_103
DEADLOCK, SERIALIZATION = "40P01", "40001"


class KnowledgeMoved(Exception):
    """Someone else has written while this was planned; it must be planned anew."""


class Turn:
    """One try. `concerned` are the institutions known to be written, from this try or an earlier one."""

    def __init__(self, concerned: set[int], *, alone: bool) -> None:
        self.concerned, self.alone = concerned, alone
        self.heads: dict[int, int] = {}
        self.settled: dict[int, int] = {}

    def begin(self) -> None:
        """Before planning: what is read from now on can be checked at the end."""
        self._lock(self.concerned)
        self.heads = ledger_heads()

    def take(self, institutions: Collection[int]) -> None:
        """Before writing: nobody else's import or undo writes here until this one is through. Raises KnowledgeMoved."""
        self.concerned |= set(institutions)
        self._lock(institutions)
        self._expect(institutions, 0)

    def settle(self, institutions: Collection[int]) -> None:
        """After writing one recording each: raises KnowledgeMoved if someone else has written as well."""
        self._expect(institutions, 1)
        self.settled = self.heads | {key: self.heads.get(key, 0) + 1 for key in institutions}

    def disturbed(self, error: Exception) -> bool:
        """Whether the error may come of what others have written meanwhile."""
        if isinstance(error, KnowledgeMoved) or breaks_a_law(error):
            return True
        if isinstance(error, OperationalError):
            return getattr(error.__cause__, "pgcode", None) in (DEADLOCK, SERIALIZATION)
        now = ledger_heads()
        return any(now.get(key) != self.heads.get(key) for key in self.concerned)

    def _lock(self, institutions: Collection[int]) -> None:
        with connection.cursor() as cursor:
            for key in sorted(institutions):
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TURN, key])
        if self.alone:
            list(LedgerHead.objects.select_for_update().filter(pk__in=institutions).order_by("pk"))

    def _expect(self, institutions: Collection[int], own: int) -> None:
        now = ledger_heads()
        if any(now[key] != self.heads[key] + own for key in institutions if key in self.heads):
            raise KnowledgeMoved


def ledger_heads() -> dict[int, int]:
    """The number of the last recording of each institution."""
    return dict(LedgerHead.objects.values_list("institution_id", "number"))


def by_turns(work: Callable[[Turn], Any]) -> Any:
    """Do the work in a transaction of its own, again if others disturbed it. Raises DomainError `busy` if they always do, and the
    code of a law (`exchange.issues.LAWS`) that the database found broken by it."""
    concerned: set[int] = set()
    for attempt in range(TRIES):
        turn = Turn(concerned, alone=attempt >= BESIDE_OTHERS)
        try:
            with transaction.atomic():
                return work(turn)
        except Exception as error:
            if code := LAWS.get(broken_constraint(error)):
                raise DomainError(CODES[code].sentence, code=code) from error
            if not turn.disturbed(error):
                raise
    raise DomainError(_("Others are writing the same records at this moment. Go on with it later."), code="busy")


def locked_batch(batch: Any, **terms: Any) -> ImportBatch:
    """The batch as it is now, without its file: that may be megabytes, and a chunk does not need it."""
    return ImportBatch.objects.select_for_update(of=("self",), **terms).defer("content").get(pk=batch.pk)


@contextmanager
def at_work(batch: Any) -> Iterator[None]:
    """Only one process stores a batch; another one waits until it is through or gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [BATCH, batch.pk])
    try:
        yield
    finally:
        if connection.connection and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [BATCH, batch.pk])


def is_at_work(batch: Any) -> bool:
    """Whether another process stores this batch now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [BATCH, batch.pk])
        if free := cursor.fetchone()[0]:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [BATCH, batch.pk])
    return not free
