"""Students who come from another institution: an entry of its own kind, with a place and a number like any other."""

import datetime as dt

from common.batches import batch_of
from common.ledger import OpenRecording, recording
from demo.simulating.applicants import complete_draft
from demo.simulating.planning import batch_named
from demo.simulating.scene import Scene
from enrollment.models import AdmissionPlace, EntryBatch, StudentEntry
from enrollment.services import EntryDraft, enter_students
from enrollment.services.numbers import prefix_of, take_numbers
from learning_centers.models import CenterOffering
from learning_centers.rules import rule
from people.services import PersonDraft, register_persons

A_TERM = 0.3
SAID = ("name", "id_type", "id_no", "sex", "birth_date", "nationality", "ethnicity", "political_status", "phone")


def receive(scene: Scene) -> None:
    """In the months of transfers somebody comes to a programme of the present batch that has a place left."""
    batch = batch_named(scene, batch_of(scene.today))
    places = AdmissionPlace.objects.current().filter(batch=batch, center_offering__in=scene.offerings.values())
    joined = places.select_related("center_offering__center", "center_offering__programme_version__programme__major")
    free = [one for one in joined.order_by("center_offering") if one.taken < one.quota]
    if free and scene.whole("transfers in", A_TERM):
        place = scene.rng.choice(free)
        scene.tally.do(receive_transfer, scene, place.center_offering, batch, place.pk, on=scene.today)


def receive_transfer(scene: Scene, offering: CenterOffering, batch: EntryBatch, place_id: int, *, on: dt.date) -> None:
    with recording(scene.institution, by=scene.cast.registrar, reason="demo.receive_transfer") as entry:
        draft = _entry(scene, offering, batch, place_id, on, entry)
        scene.transferred += enter_students(scene.institution, [draft], entry=entry)


def _entry(
    scene: Scene, offering: CenterOffering, batch: EntryBatch, place_id: int, on: dt.date, entry: OpenRecording
) -> EntryDraft:
    version, center = offering.programme_version, offering.center
    said = complete_draft(scene.people, batch.code, center.province_code, version.programme.level_path)
    person = PersonDraft(**{name: getattr(said, name) for name in SAID})
    pattern = rule("student_no_pattern", scene.institution, on=batch.starts_on)
    (number,) = take_numbers(scene.institution, pattern, prefix_of(pattern, batch, offering), 1)
    return EntryDraft(
        student_no=number,
        person_id=register_persons(scene.institution, [person], entry=entry)[0],
        entry_date=on,
        center_id=center.pk,
        programme_version_id=version.pk,
        length=version.normal_years,
        kind=StudentEntry.Kind.TRANSFER_IN,
        candidate_no=said.candidate_no,
        prior_certificate_no=said.prior_certificate_no,
        place_id=place_id,
    )
