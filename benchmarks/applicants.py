"""Applications that wait for a decision, many at once: the rows themselves, since entering them is not what is measured."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

import benchmarks.databases  # noqa: F401 -- sets Django up for what follows
from common.ledger import recording
from enrollment.admission.models.applications import ApplicationStatus
from enrollment.models import Application, ApplicationCheck
from people.services import identity_digest
from people.services.roles import shipped_roles
from tests.applicants import a_batch, a_place
from tests.builders import a_center, a_user, an_institution, day, the_system

CALLERS_A_SEAT = 2
ITEMS = ("identity", "photo", "exam", "prior_diploma")


@dataclass(frozen=True)
class Seat:
    """An admission place (its key) and the public ids of the applications that want it."""

    place: int
    applications: list[str]


def a_registrars_session() -> str:
    """The session key of a registrar who has signed in."""
    browser = Client()
    browser.force_login(a_user("registrar", *shipped_roles()["registrar"]["verbs"], at=an_institution()))
    return browser.cookies["sessionid"].value


def a_rush(seed: int, places: int, seats: int) -> list[Seat]:
    """As many places as centres, each wanted by twice as many applicants as it has seats, in a batch of its own."""
    institution, code = an_institution(), f"{2026 + seed}-spring"
    filed = ("2010-01-01", "2400-01-01")
    centers = [a_center(institution, f"{number:04}", filed=filed) for number in range(1, places + 1)]
    made = [a_place(center, seats, code=code) for center in centers]
    with recording(institution, by=the_system(), reason="tests.build") as entry:
        return [
            Seat(place.pk, [str(one.public_id) for one in _waiting(place, seats * CALLERS_A_SEAT, entry.id)])
            for place in made
        ]


def _waiting(place: Any, count: int, recording_id: int) -> list[Application]:
    institution = place.institution
    rows = Application.objects.bulk_create(
        Application(
            institution=institution,
            batch=a_batch(institution, place.batch.code),
            center_offering=place.center_offering,
            status=ApplicationStatus.SUBMITTED,
            name="李娜",
            sex="female",
            birth_date=day("1995-05-05"),
            id_type="passport",
            id_no=f"E{place.pk:04}{number:04}",
            id_digest=identity_digest(institution.pk, "passport", f"E{place.pk:04}{number:04}"),
            prior_state=Application.Prior.VERIFIED,
            created_by=the_system(),
            recorded_in_id=recording_id,
        )
        for number in range(count)
    )
    ApplicationCheck.objects.bulk_create(
        ApplicationCheck(
            institution=institution, application=row, item=item, result="good", recorded_in_id=recording_id
        )
        for row in rows
        for item in ITEMS
    )
    return rows
