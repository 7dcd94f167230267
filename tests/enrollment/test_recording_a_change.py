import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from common.errors import DomainError, NotAllowed
from common.ledger import recording
from common.models import AuditEvent, Recording
from enrollment.models import Student, StudentChange, StudentPeriod
from enrollment.records.services.entering import write_changes
from enrollment.records.services.lives import replay
from enrollment.services import ChangeDraft, record_change, reverse_change
from tests.builders import a_center, a_student, a_user, a_version, an_institution, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return an_institution()


@pytest.fixture
def registrar(institution):
    return a_user("registrar", "enrollment.record_change", "enrollment.reverse_change", at=institution)


@pytest.fixture
def student(institution):
    return a_student(a_center(institution))


def periods(student: Student) -> list[tuple]:
    known = StudentPeriod.objects.current().filter(student=student).order_by("position")
    return [(one.state, one.begin.isoformat(), one.end and one.end.isoformat()) for one in known]


def test_a_suspension_splits_the_life_and_leaves_evidence(student, registrar):
    record_change(student, ChangeDraft("suspend", day("2025-03-01")), by=registrar)
    assert periods(student) == [("active", "2024-09-01", "2025-03-01"), ("suspended", "2025-03-01", None)]
    student.refresh_from_db()
    assert student.current_state == "suspended"
    event = AuditEvent.objects.get(verb="enrollment.record_change")
    assert (event.actor, event.subject_id, event.recording.number) == (
        registrar,
        student.public_id,
        Recording.objects.count(),
    )


def test_graduation_is_counted_on_its_own_day(student, registrar):
    record_change(student, ChangeDraft("graduate", day("2025-08-31")), by=registrar)
    assert periods(student) == [("active", "2024-09-01", "2025-09-01")]


def test_leaving_on_the_entry_day_leaves_an_empty_period(student, registrar):
    record_change(student, ChangeDraft("withdraw", day("2024-09-01")), by=registrar)
    assert periods(student) == [("active", "2024-09-01", "2024-09-01")]


def test_a_change_in_the_past_is_placed_before_later_ones(student, registrar):
    record_change(student, ChangeDraft("suspend", day("2025-06-01")), by=registrar)
    other = a_center(student.institution, "0102")
    record_change(student, ChangeDraft("change_center", day("2025-02-01"), new_center_id=other.pk), by=registrar)
    assert [one[1] for one in periods(student)] == ["2024-09-01", "2025-02-01", "2025-06-01"]
    assert StudentPeriod.objects.current().get(student=student, position=3).center == other


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (ChangeDraft("resume", day("2025-03-01")), "change_not_possible"),
        (ChangeDraft("suspend", day("2024-08-31")), "change_before_entry"),
        (ChangeDraft("expel", day("2025-03-01")), "decision_needed"),
        (ChangeDraft("change_center", day("2025-03-01")), "required"),
    ],
)
def test_an_impossible_change_is_refused_and_changes_nothing(student, registrar, draft, code):
    before = (periods(student), Recording.objects.count(), StudentChange.objects.count())
    with pytest.raises(DomainError) as refusal:
        record_change(student, draft, by=registrar)
    assert refusal.value.code == code
    assert (periods(student), Recording.objects.count(), StudentChange.objects.count()) == before


def test_a_day_has_one_change(student, registrar):
    record_change(student, ChangeDraft("suspend", day("2025-03-01")), by=registrar)
    with pytest.raises(DomainError) as refusal:
        record_change(student, ChangeDraft("withdraw", day("2025-03-01")), by=registrar)
    assert refusal.value.code == "change_overlaps"
    assert periods(student) == [("active", "2024-09-01", "2025-03-01"), ("suspended", "2025-03-01", None)]


def test_a_life_that_ended_otherwise_on_the_same_day_is_written_anew(student, registrar):
    record_change(student, ChangeDraft("withdraw", day("2025-03-01")), by=registrar)
    with recording(student.institution, by=registrar, reason="tests.other_kind") as entry:
        StudentChange.objects.filter(student=student).supersede(entry.id)
        draft = ChangeDraft("expel", day("2025-03-01"), decision_no="1", decision_date=day("2025-03-01"))
        write_changes(entry, [(student.pk, draft)])
        replay([student.pk], entry=entry)
    assert StudentPeriod.objects.current().get(student=student).ended_by == "expel"


def test_a_centre_that_takes_nobody_in_is_no_target(student, registrar):
    closed = a_center(student.institution, "0104", status="stop_intake")
    with pytest.raises(DomainError) as refusal:
        record_change(student, ChangeDraft("change_center", day("2025-03-01"), new_center_id=closed.pk), by=registrar)
    assert refusal.value.code == "center_stopped_intake"


def test_changing_to_what_is_studied_already_is_refused(student, registrar):
    same = ChangeDraft("change_major", day("2025-03-01"), new_programme_version_id=a_version(student.institution).pk)
    with pytest.raises(DomainError) as refusal:
        record_change(student, same, by=registrar)
    assert refusal.value.code == "change_not_possible"


@pytest.mark.parametrize(
    ("kind", "other", "code"),
    [
        ("change_major", {"major": "081501", "level_path": "sec_to_ba"}, "other_level_path"),
        ("change_major", {"major": "081501", "study_form": "correspondence"}, "other_study_form"),
        ("change_form", {"major": "081501", "study_form": "correspondence"}, "change_not_possible"),
        ("change_form", {"study_form": "online"}, "study_form_not_valid_for_batch"),
    ],
)
def test_a_change_of_major_keeps_path_and_form_and_a_change_of_form_keeps_the_programme(
    student, registrar, kind, other, code
):
    a_center(student.institution, "0105", majors=("081502", "081501"))
    wanted = a_version(student.institution, **other)
    with pytest.raises(DomainError) as refusal:
        record_change(student, ChangeDraft(kind, day("2025-03-01"), new_programme_version_id=wanted.pk), by=registrar)
    assert refusal.value.code == code


def test_a_change_of_form_stays_in_the_programme(student, registrar):
    wanted = a_version(student.institution, study_form="correspondence")
    record_change(
        student, ChangeDraft("change_form", day("2025-03-01"), new_programme_version_id=wanted.pk), by=registrar
    )
    student.refresh_from_db()
    assert student.current_programme_version == wanted


def test_an_outsider_may_not(student):
    outsider = a_user("outsider", "enrollment.record_change", at=an_institution("10534", "湖南科技大学"))
    with pytest.raises(NotAllowed):
        record_change(student, ChangeDraft("suspend", day("2025-03-01")), by=outsider)
    assert not StudentChange.objects.exists()


def test_a_reversal_brings_the_life_back_and_keeps_both_documents(student, registrar):
    record_change(student, ChangeDraft("suspend", day("2025-03-01")), by=registrar)
    reverse_change(StudentChange.objects.in_force().get(), decision_no="继字1号", reason="clerical error", by=registrar)
    assert periods(student) == [("active", "2024-09-01", None)]
    assert StudentChange.objects.current().count() == 2
    assert not StudentChange.objects.in_force().exists()
    record_change(student, ChangeDraft("withdraw", day("2025-03-01")), by=registrar)


def test_the_database_refuses_overlap_and_rewriting(student):
    known = StudentPeriod.objects.current().get(student=student)
    known.pk, known.position, known.begin = None, 2, dt.date(2025, 1, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        known.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        StudentPeriod.objects.filter(student=student).update(begin=dt.date(2024, 9, 2))
    with pytest.raises(IntegrityError), transaction.atomic():
        StudentPeriod.objects.filter(student=student).delete()


def test_the_database_refuses_a_row_across_institutions(student):
    foreign = a_center(an_institution("10534", "湖南科技大学"), "0901")
    with pytest.raises(IntegrityError), transaction.atomic():
        Student.objects.filter(pk=student.pk).update(current_center=foreign)
