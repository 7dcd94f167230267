"""A change or correction placed before others: the later documents keep their meaning, or it is refused."""

import pytest

from common.errors import DomainError
from enrollment.models import AdmissionPlace, EntryBatch, Student, StudentEntry, StudentPeriod
from enrollment.services import ChangeDraft, correct_entry_date, record_change
from learning_centers.models import CenterOffering
from tests.builders import a_center, a_student, a_user, a_version, an_institution, day

pytestmark = pytest.mark.django_db
OIL, LAW = "081502", "030101K"


@pytest.fixture
def center():
    return a_center(an_institution(), majors=(OIL, LAW))


@pytest.fixture
def registrar(center):
    return a_user("registrar", "enrollment.record_change", "enrollment.correct_entry", at=center.institution)


def studied(student: Student) -> list[tuple[str, str]]:
    known = StudentPeriod.objects.current().filter(student=student).order_by("position")
    columns = ("programme_version__programme__major__code", "programme_version__study_form")
    return list(known.values_list(*columns))


def to(kind: str, on: str, version) -> ChangeDraft:
    return ChangeDraft(kind, day(on), new_programme_version_id=version.pk)


def test_a_later_change_of_form_keeps_the_major_that_was_changed_before_it(center, registrar):
    institution = center.institution
    full_oil, full_law = (a_version(institution, major, study_form="full_time") for major in (OIL, LAW))
    student = a_student(center, changes=(("change_form", "2026-03-01", {"new_programme_version_id": full_oil.pk}),))
    record_change(student, to("change_major", "2025-12-01", a_version(institution, LAW)), by=registrar)
    assert studied(student) == [(OIL, "part_time"), (LAW, "part_time"), (LAW, "full_time")]
    student.refresh_from_db()
    assert student.current_programme_version == full_law


def test_without_such_a_form_of_the_major_the_earlier_change_is_refused(center, registrar):
    full_oil = a_version(center.institution, OIL, study_form="full_time")
    student = a_student(center, changes=(("change_form", "2026-03-01", {"new_programme_version_id": full_oil.pk}),))
    with pytest.raises(DomainError) as refusal:
        record_change(student, to("change_major", "2025-12-01", a_version(center.institution, LAW)), by=registrar)
    assert refusal.value.code == "later_change_in_the_way"
    assert len(studied(student)) == 2


def test_a_later_move_to_where_the_major_is_not_filed_refuses_the_earlier_change(center, registrar):
    oil_only = a_center(center.institution, "0106", majors=(OIL,))
    student = a_student(center, changes=(("change_center", "2026-03-01", {"new_center_id": oil_only.pk}),))
    with pytest.raises(DomainError) as refusal:
        record_change(student, to("change_major", "2025-12-01", a_version(center.institution, LAW)), by=registrar)
    assert refusal.value.code == "major_not_open_at_center"


def test_an_earlier_move_that_makes_a_later_one_idle_is_refused(center, registrar):
    other = a_center(center.institution, "0103")
    student = a_student(center, changes=(("change_center", "2026-03-01", {"new_center_id": other.pk}),))
    with pytest.raises(DomainError) as refusal:
        record_change(student, ChangeDraft("change_center", day("2025-12-01"), new_center_id=other.pk), by=registrar)
    assert refusal.value.code == "later_change_leads_nowhere"


def test_a_suspension_does_not_carry_a_move(center, registrar):
    other = a_center(center.institution, "0103")
    student = a_student(center)
    with pytest.raises(DomainError) as refusal:
        record_change(student, ChangeDraft("suspend", day("2025-12-01"), new_center_id=other.pk), by=registrar)
    assert refusal.value.code == "change_not_possible"


@pytest.fixture
def places(center):
    """Two places in autumn 2025, one in spring 2026."""
    known = {"institution": center.institution, "recorded_in_id": center.recorded_in_id}
    offering = CenterOffering.objects.create(
        center=center, programme_version=a_version(center.institution, OIL), **known
    )
    made = []
    for code, first, quota in (("2025-autumn", "2025-09-01", 2), ("2026-spring", "2026-03-01", 1)):
        batch = EntryBatch.objects.create(
            institution=center.institution, code=code, year=int(code[:4]), season=code[5:], starts_on=day(first)
        )
        made.append(AdmissionPlace.objects.create(batch=batch, center_offering=offering, quota=quota, **known))
    return made


def test_a_corrected_entry_date_takes_batch_and_place_along(center, registrar, places):
    student = a_student(center, entered="2025-09-01", place_id=places[0].pk)
    correct_entry_date(student, day("2026-03-01"), reason="typing error", by=registrar)
    for place in places:
        place.refresh_from_db()
    assert [place.taken for place in places] == [0, 1]
    assert StudentEntry.objects.current().get(student=student).batch.code == "2026-spring"
    student.refresh_from_db()
    assert student.entry_batch.code == "2026-spring"


def test_a_full_batch_refuses_the_correction(center, registrar, places):
    students = [a_student(center, entered="2025-09-01", place_id=places[0].pk) for _ in range(2)]
    correct_entry_date(students[0], day("2026-03-01"), reason="typing error", by=registrar)
    with pytest.raises(DomainError) as refusal:
        correct_entry_date(students[1], day("2026-03-01"), reason="typing error", by=registrar)
    assert refusal.value.code == "quota_exceeded"
    assert StudentEntry.objects.current().get(student=students[1]).batch.code == "2025-autumn"


def test_a_correction_from_a_batch_that_was_never_planned_takes_a_place(center, registrar, places):
    student = a_student(center, entered="2024-09-01")
    correct_entry_date(student, day("2026-03-01"), reason="typing error", by=registrar)
    for place in places:
        place.refresh_from_db()
    assert [place.taken for place in places] == [0, 1]


def test_a_form_that_the_other_batch_did_not_have_refuses_the_correction(center, registrar):
    student = a_student(center, entered="2025-09-01")
    with pytest.raises(DomainError) as refusal:
        correct_entry_date(student, day("2025-03-01"), reason="typing error", by=registrar)
    assert refusal.value.code == "study_form_not_valid_for_batch"
