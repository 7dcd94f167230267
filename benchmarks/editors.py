"""R15: two people save the same record at the same moment. Nothing is overwritten unseen, and the second is told.

`python benchmarks/editors.py [PAIRS]` (10,000 pairs unless said otherwise). Each pair has seen the same version and saves at
once: by the services (a request edited by both, an application edited by both, a request approved by one and rejected by the
other), through the registrar's page and through the portal's form. There is no REST interface yet. A saving that was called
stored and is not in the record is a lost update. At the end the check of versions is switched off: then losses must be seen.
"""

import datetime as dt
import re
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.databases import prepared  # isort: skip -- sets Django up

from django.db import connection
from django.test import Client
from django.urls import reverse

from common import versions
from common.errors import DomainError
from enrollment.models import Application, ChangeRequest, Student
from enrollment.services import (
    RequestDraft,
    approve_request,
    edit_application,
    edit_request,
    reject_request,
    request_change,
    start_application,
)
from people.models import User
from tests.applicants import a_batch, a_draft, an_offering
from tests.builders import a_center, a_student, a_user, an_institution, many_students

ON = dt.date(2026, 11, 1)
STORED, TOLD, UNCHECKED = "stored", "stale", "without the check"
SHARES = {
    "request, services": 0.45, "application, services": 0.45, "decision, services": 0.04, "registrar's page": 0.03,
    "portal's form": 0.03,
}  # fmt: skip
RIGHTS = (
    "admin.enter", "enrollment.view_requests", "enrollment.view_students", "enrollment.request_change",
    "enrollment.approve_change", "enrollment.reject_change", "enrollment.enter_application",
)  # fmt: skip
AT_CENTER = ("portal.enter", "enrollment.view_requests", "enrollment.view_students", "enrollment.request_change")


@dataclass
class Tally:
    pairs: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Cast:
    """One centre, two registrars, two coordinators."""

    center: Any
    registrars: list[User]
    coordinators: list[User]
    student: Student

    @classmethod
    def gathered(cls) -> "Cast":
        center = a_center(an_institution())
        return cls(
            center,
            [a_user(f"registrar-{name}", *RIGHTS, at=center.institution) for name in "ab"],
            [a_user(f"coordinator-{name}", *AT_CENTER, at=center) for name in "ab"],
            a_student(center, entered="2025-09-01"),
        )


Editor = Callable[[int], str]
"""Save, as editor 0 or 1; the answer."""


class Way(ABC):
    """A way to edit: `open()` brings both editors before the same version, `lost(answers)` counts what is not in the record."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.round = cast, 0

    @abstractmethod
    def open(self) -> Editor: ...

    def lost(self, answers: list[str]) -> int:
        """Savings that were called stored and of which the record knows nothing."""
        present = self.present()
        return sum(answer == STORED and self.text(who) != present for who, answer in enumerate(answers))

    def text(self, who: int) -> str:
        return f"editor {who}, round {self.round}"

    @abstractmethod
    def present(self) -> str:
        """What the record says now."""


def answer_of(act: Callable[[], Any]) -> str:
    try:
        act()
    except DomainError as refusal:
        return refusal.code
    return STORED


class RequestByServices(Way):
    users = "registrars"

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        draft = RequestDraft("repeat_year", ON, reason="first")
        self.request = request_change(cast.student, draft, save_only=True, by=getattr(cast, self.users)[0])

    def open(self) -> Editor:
        seen = ChangeRequest.objects.get(pk=self.request.pk).version
        return lambda who: answer_of(
            lambda: edit_request(
                self.request, RequestDraft("repeat_year", ON, reason=self.text(who)), seen=seen,
                by=self.cast.registrars[who],
            )
        )  # fmt: skip

    def present(self) -> str:
        return ChangeRequest.objects.get(pk=self.request.pk).reason or ""


class ApplicationByServices(Way):
    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        self.draft = vars(a_draft())
        batch = a_batch(cast.center.institution, "2027-spring")
        self.application = start_application(
            an_offering(cast.center), batch, a_draft(), by=cast.registrars[0]
        )  # fmt: skip

    def open(self) -> Editor:
        seen = Application.objects.get(pk=self.application.pk).version
        return lambda who: answer_of(
            lambda: edit_application(
                self.application, a_draft(**self.draft | {"remark": self.text(who)}), seen=seen,
                by=self.cast.registrars[who],
            )
        )  # fmt: skip

    def present(self) -> str:
        return Application.objects.get(pk=self.application.pk).remark


class DecisionByServices(Way):
    """One approves what the other rejects: one of them has not seen the other's decision."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        self.asker = cast.coordinators[0]
        self.students: list[Student] = []

    def open(self) -> Editor:
        if not self.students:
            self.students = many_students(self.cast.center, 50, entered="2025-09-01")
        self.request = request_change(
            self.students.pop(), RequestDraft("repeat_year", ON, reason="credits"), by=self.asker
        )
        seen, by = self.request.version, self.cast.registrars
        acts = [
            lambda: approve_request(self.request, seen=seen, by=by[0]),
            lambda: reject_request(self.request, comment="no", seen=seen, by=by[1]),
        ]
        return lambda who: answer_of(acts[who])

    def text(self, who: int) -> str:
        return ("approved", "rejected")[who]

    def present(self) -> str:
        return ChangeRequest.objects.get(pk=self.request.pk).status


class ByPage(RequestByServices):
    """The form as it was shown is filled in and sent; what comes back tells what has happened."""

    page = "admin:enrollment_changerequest_edit"
    stored_leads_on = 302

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        self.clients = [Client(), Client()]
        for client, user in zip(self.clients, getattr(cast, self.users), strict=True):
            client.force_login(user)

    def open(self) -> Editor:
        url = reverse(self.page, args=[self.request.public_id])
        forms = [filled(client.get(url).content.decode()) for client in self.clients]
        return lambda who: self._send(self.clients[who], url, forms[who] | {"reason": self.text(who)})

    def _send(self, client: Client, url: str, values: dict[str, str]) -> str:
        page = client.post(url, values | {"save": "1"})
        if page.status_code == self.stored_leads_on:
            return STORED
        return TOLD if "meanwhile" in page.content.decode() else f"answer {page.status_code}"


class ByPortal(ByPage):
    page = "portal:request_edit"
    users = "coordinators"


def filled(html: str) -> dict[str, str]:
    """The values of a form as a browser would send them back."""
    values: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", html):
        known = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if known.get("name") and known.get("type") not in ("submit", "checkbox", "file"):
            values[known["name"]] = known.get("value", "")
    for name, inside in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', html, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        values[name] = chosen[1] if chosen else ""
    return values


WAYS: dict[str, type[Way]] = {
    "request, services": RequestByServices,
    "application, services": ApplicationByServices,
    "decision, services": DecisionByServices,
    "registrar's page": ByPage,
    "portal's form": ByPortal,
}


def edited(way: Way, pairs: int, hands: ThreadPoolExecutor) -> Tally:
    tally, begun = Tally(pairs), time.perf_counter()
    for number in range(pairs):
        way.round = number
        save, start = way.open(), threading.Barrier(2)

        def at_once(who: int, save: Editor = save, start: threading.Barrier = start) -> str:
            start.wait()
            return save(who)

        answers = list(hands.map(at_once, (0, 1)))
        tally.answers.update(answers)
        tally.lost += way.lost(answers)
    tally.seconds = time.perf_counter() - begun
    return tally


@contextmanager
def two_hands() -> Iterator[ThreadPoolExecutor]:
    """Two threads, each with a connection of its own, closed at the end."""
    with ThreadPoolExecutor(2) as hands:
        try:
            yield hands
        finally:
            meet = threading.Barrier(2)

            def leave(_who: int) -> None:
                meet.wait()
                connection.close()

            list(hands.map(leave, (0, 1)))


@contextmanager
def without_the_check() -> Iterator[None]:
    known, versions.is_stale = versions.is_stale, lambda fresh, seen: False
    try:
        yield
    finally:
        versions.is_stale = known


def run(pairs: int) -> dict[str, Tally]:
    """Every way with its share of the pairs, at least five; then the first way without the check."""
    cast = Cast.gathered()

    def with_another_student() -> Cast:
        return replace(cast, student=a_student(cast.center, entered="2025-09-01"))

    with two_hands() as hands:
        found = {
            name: edited(way(with_another_student()), max(5, int(pairs * SHARES[name])), hands)
            for name, way in WAYS.items()
        }
        with without_the_check():
            way = RequestByServices(with_another_student())
            found[UNCHECKED] = edited(way, max(5, pairs // 100), hands)
    return found


def main() -> int:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with prepared():
        found = run(pairs)
    print(f"{'':26}{'pairs':>8}{'stored':>8}{'told':>8}{'other':>8}{'lost':>8}{'s':>8}")
    for name, one in found.items():
        other = one.answers.total() - one.answers[STORED] - one.answers[TOLD]
        print(
            f"{name:26}{one.pairs:8}{one.answers[STORED]:8}{one.answers[TOLD]:8}{other:8}{one.lost:8}{one.seconds:8.1f}"
        )
    kept = {name: one for name, one in found.items() if name != UNCHECKED}
    lost = sum(one.lost for one in kept.values())
    good = lost == 0 and found[UNCHECKED].lost > 0
    good = good and all(one.answers[STORED] == one.answers[TOLD] == one.pairs for one in kept.values())
    print(f"lost updates: {lost} of {sum(one.pairs for one in kept.values())} pairs; REST: none yet")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
