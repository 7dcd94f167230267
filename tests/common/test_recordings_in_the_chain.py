"""Recordings and the rows they wrote are sealed like events: altered, removed, put in afterwards, they are found."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from common.audit import AuditNote, write_audit
from common.ledger import recording
from common.models import AuditSeal, Recording
from common.sealing import chain_heads, rewriting_recordings, seal_audit_events
from common.verifying import verify_audit_chain
from learning_centers.models import School
from tests.builders import a_school, an_institution, the_system
from tests.owning import tamper

pytestmark = pytest.mark.django_db
ALTERED = "rows of the recording 2 differ from what was sealed"


@pytest.fixture
def institution():
    return an_institution()


@pytest.fixture
def school(institution):
    """Known by the second of three recordings, all of them sealed."""
    a_recording(institution)
    school = a_school(institution)
    a_recording(institution)
    seal_audit_events()
    return school


def a_recording(institution) -> None:
    with recording(institution, by=the_system(), reason="tests.record"):
        pass


def insert_recording(institution, number: int, instant: dt.datetime) -> None:
    Recording.objects.create(institution=institution, number=number, instant=instant, actor=the_system(), reason="x")


def problems(heads=()) -> set[str]:
    return {fault.problem for fault in verify_audit_chain(heads)}


def test_recordings_are_links_between_the_events(school):
    assert problems() == set()
    sealed = AuditSeal.objects.filter(recording__isnull=False).order_by("position")
    assert list(sealed.values_list("recording__number", flat=True)) == [1, 2, 3]
    assert seal_audit_events() == 0


@pytest.mark.parametrize("change", ["instant = instant + interval '1 ms'", "reason = 'y'", "actor_name = 'z'"])
def test_an_altered_recording_is_found(school, change):
    tamper(f"UPDATE common_recording SET {change} WHERE number = 2")
    assert "the recording differs from what was sealed" in problems()


def test_a_removed_recording_is_found(school):
    tamper("DELETE FROM common_recording WHERE number = 2")
    assert "the recording differs from what was sealed" in problems()
    tamper("DELETE FROM common_auditseal WHERE recording_id NOT IN (SELECT id FROM common_recording)")
    assert {"a link is missing", "the recording 3 follows upon 1"} <= problems()


@pytest.mark.parametrize("change", ["name = '别的学院'", "begin = '2001-01-01'"])
def test_an_altered_row_is_found_with_its_recording(school, change):
    tamper(f"UPDATE learning_centers_schoolname SET {change}")
    assert problems() == {ALTERED}


def test_a_removed_row_and_one_put_in_afterwards_are_found(school):
    tamper("DELETE FROM learning_centers_schoolname")
    assert problems() == {ALTERED}
    tamper("UPDATE learning_centers_school SET superseded_in_id = recorded_in_id")
    assert problems() == {ALTERED}


def test_a_projection_may_change(school):
    School.objects.filter(pk=school.pk).update(name="新名")
    assert problems() == set()


def test_the_ledger_takes_recordings_in_their_order_only(school, institution):
    now = timezone.now()
    for number, instant in ((2, now), (5, now), (4, now - dt.timedelta(days=1))):
        with pytest.raises(IntegrityError), transaction.atomic():
            insert_recording(institution, number, instant)


def test_one_that_was_put_in_afterwards_is_found(school, institution):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        insert_recording(institution, 7, timezone.now() - dt.timedelta(days=3))
    assert "no event tells of the recording 7" in problems()
    seal_audit_events()
    assert {
        "the recording 7 follows upon 3",
        "put in afterwards: it claims a time at which it was not there",
    } <= problems()


def test_a_back_dated_event_is_found(school, institution):
    tamper(
        "INSERT INTO common_auditevent (id, institution_id, at, verb, subject_type, reason, detail, reference, actor_name)"
        " VALUES (-1, %s, now() - interval '2 days', 'x', '', '', '{}', '', '')",
        institution.pk,
    )
    seal_audit_events()
    assert problems() == {"put in afterwards: it claims a time at which it was not there"}


def test_an_event_that_is_older_than_a_kept_head_is_found(institution):
    """While nothing happened the chain itself says nothing of the time; the head that was kept does."""
    write_audit([AuditNote("tests.act")], by=the_system(), institution_id=institution.pk)
    seal_audit_events()
    (head,) = chain_heads()
    tamper("UPDATE common_auditseal SET at = NULL")  # as a release that did not keep the time sealed
    kept = [f"{timezone.now().isoformat()} {head}"]
    tamper(
        "INSERT INTO common_auditevent (institution_id, at, verb, subject_type, reason, detail, reference, actor_name)"
        " VALUES (%s, now() - interval '2 days', 'x', '', '', '{}', '', '')",
        institution.pk,
    )
    seal_audit_events()
    late = "put in afterwards: it claims a time at which it was not there"
    assert late not in problems()
    assert late in problems(kept)


def test_what_a_migration_rewrites_is_sealed_anew_and_what_was_altered_before_is_not(school, institution):
    with rewriting_recordings():
        tamper("UPDATE learning_centers_schoolname SET name = name || '（新）'")
    assert problems() == set()
    tamper("UPDATE learning_centers_schoolname SET name = '别的学院'")
    with rewriting_recordings():
        tamper("UPDATE learning_centers_schoolname SET name = '又别的'")
    assert problems() == {ALTERED}


def test_resealing_all_of_it_is_found_by_the_head_that_was_kept(school):
    kept = list(chain_heads())
    tamper("UPDATE common_recording SET reason = 'y' WHERE number = 2")
    tamper("DELETE FROM common_auditseal")
    seal_audit_events()
    assert problems() == set()
    assert "the chain was rewritten: its head differs from the one kept" in problems(kept)
