"""A return stays as handed in; a late correction makes a restatement that names whom it changed (worked example 3)."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from common.errors import DomainError, NotAllowed
from common.models import AuditEvent
from enrollment.services import ChangeDraft, record_change
from reporting.models import FrozenReturn, ReturnDifference, StatisticsRun
from reporting.reports.figures import ask, compute
from reporting.services import compute_run, freeze_return, restate_return, run_for
from tests.builders import a_center, a_student, a_user, an_institution, day, many_students
from tests.owning import tamper

pytestmark = pytest.mark.django_db
RIGHTS = (
    "reporting.compute_statistics",
    "reporting.freeze_return",
    "reporting.restate_return",
    "enrollment.record_change",
)


@pytest.fixture
def institution():
    return an_institution()


@pytest.fixture
def registrar(institution):
    return a_user("registrar", *RIGHTS, at=institution)


@pytest.fixture
def students(institution):
    center = a_center(institution)
    return [a_student(center) for _ in range(15)]


def a_frozen_return(institution, by, since=None, *breakdowns):
    run = run_for(institution, day("2025-09-01"), since, breakdowns=breakdowns, by=by)
    return freeze_return(compute_run(run.pk), title="2025", by=by)


def test_a_late_withdrawal_leaves_the_return_and_makes_a_restatement(institution, registrar, students):
    frozen = a_frozen_return(institution, registrar)
    record_change(students[3], ChangeDraft("withdraw", day("2025-08-20")), by=registrar)
    restated = restate_return(frozen, reason="late withdrawal", by=registrar)
    frozen.refresh_from_db()
    assert (frozen.value("deg.stock"), frozen.version) == (15, 1)
    assert (restated.value("deg.stock"), restated.version, restated.restates) == (14, 2, frozen)
    difference = restated.differences.get()
    assert (difference.subject_id, difference.before, difference.after) == (
        students[3].public_id,
        [["deg.stock", {}]],
        [],
    )
    assert difference.recording.reason == "enrollment.record_change"


def test_the_return_of_september_stays_what_it_was(institution, registrar):
    """Worked example 3: handed in on 10 September with 1,015; on the 15th a withdrawal of 20 August becomes known."""
    with time_machine.travel(dt.datetime(2025, 9, 1, 8, tzinfo=dt.UTC)) as clock:
        students = many_students(a_center(institution), 1015, entered="2024-09-01")
        clock.move_to(dt.datetime(2025, 9, 10, 8, tzinfo=dt.UTC))
        frozen = a_frozen_return(institution, registrar)
        clock.move_to(dt.datetime(2025, 9, 15, 8, tzinfo=dt.UTC))
        record_change(students[7], ChangeDraft("withdraw", day("2025-08-20")), by=registrar)
        restated = restate_return(frozen, reason="late withdrawal", by=registrar)
    frozen.refresh_from_db()
    assert (frozen.value("deg.stock"), restated.value("deg.stock"), restated.version) == (1015, 1014, 2)
    assert [one.subject_id for one in restated.differences.all()] == [students[7].public_id]
    before = dt.datetime(2025, 9, 12, tzinfo=dt.UTC)
    assert compute(ask(institution, day("2025-09-01"), known_at=before)).value("deg.stock") == 1015
    assert compute(ask(institution, day("2025-09-01"))).value("deg.stock") == 1014


def test_a_difference_says_from_which_slice_to_which(institution, registrar, students):
    frozen = a_frozen_return(institution, registrar, day("2024-09-01"), ("center",))
    other = a_center(institution, "0102")
    record_change(students[0], ChangeDraft("change_center", day("2025-03-01"), new_center_id=other.pk), by=registrar)
    restated = restate_return(frozen, reason="late move", by=registrar)
    assert (restated.value("deg.stock", "0102", breakdown="center"), restated.value("deg.stock")) == (1, 15)
    difference = restated.differences.get()
    here, there = {"center": "0101"}, {"center": "0102"}
    assert sorted(difference.before, key=str) == [["deg.closing", here], ["deg.stock", here]]
    assert sorted(difference.after, key=str) == [
        ["deg.closing", there], ["deg.moved_in", there], ["deg.moved_out", here], ["deg.stock", there],
    ]  # fmt: skip


def test_a_return_cannot_be_changed_or_deleted(institution, registrar, students):
    frozen = a_frozen_return(institution, registrar)
    record_change(students[0], ChangeDraft("withdraw", day("2025-08-20")), by=registrar)
    restate_return(frozen, reason="late withdrawal", by=registrar)
    for kept in (FrozenReturn, ReturnDifference):
        row = kept.objects.order_by("pk").first()
        with pytest.raises(IntegrityError), transaction.atomic():
            kept.objects.filter(pk=row.pk).update(id=row.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            kept.objects.filter(pk=row.pk)._raw_delete("default")


def test_only_the_last_version_is_restated_and_only_for_a_reason(institution, registrar, students):
    frozen = a_frozen_return(institution, registrar)
    with pytest.raises(DomainError) as nothing:
        restate_return(frozen, reason="to be sure", by=registrar)
    record_change(students[0], ChangeDraft("withdraw", day("2025-08-20")), by=registrar)
    with pytest.raises(DomainError) as silent:
        restate_return(frozen, reason="", by=registrar)
    restate_return(frozen, reason="late withdrawal", by=registrar)
    with pytest.raises(DomainError) as twice:
        restate_return(frozen, reason="again", by=registrar)
    assert [one.value.code for one in (nothing, silent, twice)] == [
        "nothing_to_restate",
        "required",
        "already_restated",
    ]


def test_a_return_is_restated_where_others_are_counted_though_as_many(institution, registrar, students):
    frozen = a_frozen_return(institution, registrar)
    record_change(students[0], ChangeDraft("withdraw", day("2025-08-20")), by=registrar)
    late = a_student(students[0].current_center)
    restated = restate_return(frozen, reason="one left, another had come", by=registrar)
    assert (frozen.value("deg.stock"), restated.value("deg.stock"), frozen.digest) == (15, 15, restated.digest)
    changed = {one.subject_id: (one.before, one.after) for one in restated.differences.all()}
    assert changed == {
        students[0].public_id: ([["deg.stock", {}]], []),
        late.public_id: ([], [["deg.stock", {}]]),
    }


def test_figures_that_were_altered_since_are_not_frozen(institution, registrar, students):
    run = compute_run(run_for(institution, day("2025-09-01"), by=registrar).pk)
    tamper("UPDATE reporting_slicefigures SET values = '{\"deg.stock\": 5000}' WHERE run_id = %s", run.pk)
    with pytest.raises(DomainError, match="not complete"):
        freeze_return(run, title="2025", by=registrar)
    assert not FrozenReturn.objects.exists()


def test_an_unfinished_run_cannot_be_frozen(institution, registrar, students):
    run = run_for(institution, day("2025-09-01"), by=registrar)
    with pytest.raises(DomainError, match="not complete"):
        freeze_return(run, title="2025", by=registrar)


def test_freezing_needs_the_right_and_leaves_a_trace(institution, registrar, students):
    onlooker = a_user("onlooker", "reporting.compute_statistics", at=institution)
    with pytest.raises(NotAllowed):
        a_frozen_return(institution, onlooker)
    frozen = a_frozen_return(institution, registrar)
    event = AuditEvent.objects.get(verb="reporting.freeze_return")
    assert (event.actor, event.subject_id) == (registrar, frozen.public_id)


def test_a_return_leads_to_the_records_behind_it_however_old_it_is(institution, registrar, students, client):
    frozen = a_frozen_return(institution, registrar)
    StatisticsRun.objects.all().delete()
    record_change(students[0], ChangeDraft("withdraw", day("2025-08-20")), by=registrar)
    reader = a_user("reader", "admin.enter", "reporting.view_figures", "reporting.compute_statistics", at=institution)
    client.force_login(reader, backend=settings.AUTHENTICATION_BACKENDS[-1])
    answer = client.post(reverse("admin:reporting_frozenreturn_follow", args=(frozen.public_id,)))
    run = compute_run(StatisticsRun.objects.get().pk)
    assert answer.url == reverse("admin:reporting_statisticsrun_change", args=(run.public_id,))
    assert run.digest == frozen.digest
