"""The admission places that applications stand on: one of their batch and centre offering (docs/rules.md §2.3)."""

from collections import Counter
from collections.abc import Iterable, Sequence

from enrollment.admission.models.applications import HOLDING, Application
from enrollment.admission.models.places import AdmissionPlace
from enrollment.records.services.entering import give_back_places

Seat = tuple[int, int]
"""Batch and centre offering."""


def seat_of(application: Application) -> Seat:
    return application.batch_id, application.center_offering_id


def places_for(applications: Iterable[Application]) -> dict[Seat, AdmissionPlace]:
    """Today's places by batch and centre offering, not locked: take them with `entering.take_places`."""
    return places_at({seat_of(one) for one in applications})


def places_at(seats: Iterable[Seat]) -> dict[Seat, AdmissionPlace]:
    wanted = set(seats)
    found = AdmissionPlace.objects.current().filter(
        batch__in={batch for batch, _offering in wanted}, center_offering__in={offering for _batch, offering in wanted}
    )
    return {seat: place for place in found if (seat := (place.batch_id, place.center_offering_id)) in wanted}


def admitted(institutions: Iterable[int], digests: Iterable[bytes]) -> set[tuple[int, bytes, str]]:
    """Institution, person (by the digest of the number) and batch of those whose application holds a place."""
    held = Application.objects.current().filter(
        institution__in=set(institutions), status__in=HOLDING, id_digest__any=digests
    )
    return {
        (one, bytes(digest or b""), batch)
        for one, digest, batch in held.values_list("institution", "id_digest", "batch__code")
    }


def free_places_of(applications: Sequence[Application]) -> None:
    """Give back what these locked applications hold."""
    places = places_for(applications)
    give_back_places(Counter(places[seat_of(one)].pk for one in applications))
