"""Somebody comes from another institution: an application of its own kind, a second person, an entry on the day of the transfer
(docs/rules.md §2.4 [S7])."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from common.dates import as_on
from common.errors import DomainError, NotAllowed
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.attachments.services.attachments import attach, remove_attachment
from enrollment.models import AdmissionPlace, Application, StudentEntry, StudentPeriod
from enrollment.services import (
    accept_application,
    check_in,
    decide_many,
    edit_application,
    issue_notices,
    keep_place,
    register_student,
    return_application,
    set_window,
    start_application,
    submission_faults,
    submit_application,
)
from learning_centers.services import stop_intake
from reporting.reports.figures import ask, compute
from reporting.reports.laws import check
from tests.applicants import a_batch, a_draft, a_place, an_application, an_offering, checked
from tests.builders import a_center, a_student, a_user, an_institution, day, the_system
from tests.enrollment.papers import PDF
from tests.enrollment.rules import ruled

pytestmark = pytest.mark.django_db
ENTER = ("enrollment.enter_application", "enrollment.check_in", "enrollment.accept_application")


@pytest.fixture(autouse=True)
def _october():
    with as_on(day("2025-10-13")):
        yield


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def coordinator(center):
    return a_user("li", *ENTER, at=center)


def a_transfer(center, **values):
    known = {
        "entry_kind": "transfer_in", "former_institution": "长沙开放大学", "former_student_no": "202303110",
        "former_major_code": an_offering(center).programme_version.programme.major.code,
        "transferred_on": day("2025-10-10"), "release_no": "转字〔2025〕7号",
    }  # fmt: skip
    return a_draft(**known | values)


def begun(center, by, *, evidence=True, **values):
    one = start_application(
        an_offering(center), a_batch(center.institution, "2025-autumn"), a_transfer(center, **values), by=by
    )
    if evidence:
        attach(one, "evidence", "release.pdf", PDF, by=by)
    return one


def refused(act, *args, **terms):
    with pytest.raises(DomainError) as refusal:
        act(*args, **terms)
    return refusal.value.code


def faults(application):
    return [(one.field, one.code) for one in submission_faults(application)]


def arrived(center, by, **values):
    one = accept_application(checked(submit_application(begun(center, by, **values), by=by)), by=the_system())
    issue_notices([one], on=day("2025-10-12"), by=the_system())
    return check_in(one, on=day("2025-10-12"), by=by)


def test_whoever_comes_by_transfer_is_a_student_from_that_day_and_counted_as_such(center, coordinator):
    a_place(center, 1, "2025-autumn")
    student = register_student(arrived(center, coordinator), on=day("2025-10-13"), by=the_system())
    entry, period = StudentEntry.objects.get(student=student), StudentPeriod.objects.current().get(student=student)
    assert (entry.kind, entry.entry_date, entry.batch.code) == ("transfer_in", day("2025-10-10"), "2025-autumn")
    assert (period.begin, period.begun_by, entry.expected_graduation) == (day("2025-10-10"), "transfer_in", None)
    assert AdmissionPlace.objects.current().get().taken == 1
    table = compute(ask(center.institution, day("2025-11-01"), day("2025-09-01")), ())
    check(table)
    counted = {name: table.value(f"deg.{name}") for name in ("stock", "transferred_in", "entrants")}
    assert counted == {"stock": 1, "transferred_in": 1, "entrants": 0}


def test_where_from_and_the_release_are_asked_for(center, coordinator):
    draft = dict.fromkeys(("former_institution", "former_student_no", "former_major_code", "release_no"), "")
    one = begun(center, coordinator, evidence=False, transferred_on=None, **draft)
    assert faults(one) == [
        ("former_institution", "required"), ("former_student_no", "required"), ("former_major_code", "required"),
        ("transferred_on", "required"), ("release_no", "required"), ("", "transfer_evidence_missing"),
    ]  # fmt: skip
    assert refused(submit_application, one, by=coordinator) == "required"
    with pytest.raises(IntegrityError, match="says_where_from"), transaction.atomic():
        Application.objects.filter(pk=one.pk).update(status=Status.SUBMITTED)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"transferred_on": day("2025-11-03")}, ("transferred_on", "transfer_in_other_month")),
        ({"transferred_on": day("2025-03-10")}, ("transferred_on", "transfer_in_other_batch")),
        ({"former_major_code": "990101"}, ("former_major_code", "transfer_other_major")),
        ({"evidence": False}, ("", "transfer_evidence_missing")),
    ],
)
def test_each_limit_has_its_word(center, coordinator, said, fault):
    one = begun(center, coordinator, **said)
    assert faults(one) == [fault]
    assert refused(submit_application, one, by=coordinator) == fault[1]


def test_nobody_comes_to_a_centre_that_takes_no_one_in_on_the_day_of_the_transfer(center, coordinator):
    """It still did on the first day of the batch."""
    a_place(center, 2, "2025-autumn")
    early = begun(center, coordinator, transferred_on=day("2025-10-05"))
    late = arrived(center, coordinator)
    stop_intake(center, on=day("2025-10-08"), by=the_system())
    assert faults(early) == []
    assert faults(late) == [("", "center_stopped_intake")]
    assert refused(register_student, late, on=day("2025-10-13"), by=the_system()) == "center_stopped_intake"


def test_a_rule_opens_the_discipline_group_and_other_months(center, coordinator):
    code = an_offering(center).programme_version.programme.major.code
    near = begun(center, coordinator, former_major_code=f"{code[:2]}9999", transferred_on=day("2025-11-03"))
    far = begun(center, coordinator, former_major_code="990101")
    institution = center.institution
    with ruled(institution, "transfer_same_major", False), ruled(institution, "transfer_months", ["10", "11"]):
        assert faults(near) == []
        assert faults(far) == [("former_major_code", "transfer_other_discipline")]


def test_nobody_is_transferred_twice(center, coordinator):
    a_place(center, 2, "2025-autumn")
    gone = a_student(center, entered="2024-03-01", changes=[("transfer_out", "2025-03-20")])
    own = gone.person.documents.get()
    facts = gone.person.facts.get()
    said = {"id_no": own.number, "name": facts.name, "sex": facts.sex, "birth_date": facts.birth_date}
    assert faults(begun(center, coordinator, **said)) == [("", "transferred_before")]
    with ruled(center.institution, "transfers_at_most", 2):
        one = arrived(center, coordinator, **said)
    assert refused(register_student, one, on=day("2025-10-13"), by=the_system()) == "transferred_before"
    with ruled(center.institution, "transfers_at_most", 2):
        assert register_student(one, on=day("2025-10-13"), by=the_system()).person == gone.person


def test_a_second_person_accepts(center, coordinator):
    a_place(center, 2, "2025-autumn")
    one = checked(submit_application(begun(center, coordinator), by=coordinator))
    assert refused(accept_application, one, by=coordinator) == "second_person"
    ((_row, refusal),) = decide_many([one], "accept", by=coordinator)
    assert refusal.code == "second_person"
    with as_on(day("2025-09-01")):
        admitted = checked(an_application(center, batch="2025-autumn", by=coordinator))
    assert accept_application(admitted, by=coordinator).status == Status.ACCEPTED
    assert accept_application(one, by=the_system()).status == Status.ACCEPTED


def test_an_outsider_enters_and_accepts_nothing(center, coordinator):
    outsider = a_user("outsider", *ENTER, at=a_center(center.institution, "0202"))
    with pytest.raises(NotAllowed):
        begun(center, outsider)
    one = submit_application(begun(center, coordinator), by=coordinator)
    with pytest.raises(NotAllowed):
        accept_application(one, by=outsider)


def test_the_release_is_still_there_when_it_is_decided(center, coordinator):
    a_place(center, 1, "2025-autumn")
    one = checked(submit_application(begun(center, coordinator), by=coordinator))
    remove_attachment(one.attachments.get(), by=coordinator)
    assert refused(accept_application, one, by=the_system()) == "transfer_evidence_missing"


def test_windows_of_the_batch_bind_admissions_and_the_day_binds_transfers(center, coordinator):
    a_place(center, 1, "2025-autumn")
    for function in ("apply", "decide", "check_in", "register"):
        set_window(a_batch(center.institution, "2025-autumn"), function, None, day("2025-09-20"), by=the_system())
    one = arrived(center, coordinator)
    assert refused(keep_place, one, reason_code="illness", by=the_system()) == "move_not_possible"
    assert refused(register_student, one, on=day("2025-10-09"), by=the_system()) == "transfer_not_begun"
    assert register_student(one, on=day("2025-10-10"), by=the_system()).entry_batch.code == "2025-autumn"


def test_who_is_handed_in_as_a_transfer_is_not_made_an_admission_after_the_days_to_apply(center, coordinator):
    set_window(a_batch(center.institution, "2025-autumn"), "apply", None, day("2025-09-20"), by=the_system())
    one = submit_application(begun(center, coordinator), by=coordinator)
    return_application(one, reason_code="data_wrong", by=the_system())
    admission = a_transfer(center, entry_kind="admission")
    assert refused(edit_application, one, admission, by=coordinator) == "value_not_possible"
    assert edit_application(one, a_transfer(center), by=coordinator).is_transfer


def test_who_is_newly_admitted_says_nothing_of_another_institution(center, coordinator):
    one = begun(center, coordinator, entry_kind="admission", evidence=False)
    assert (one.former_institution, one.transferred_on) == ("", None)
    assert refused(edit_application, one, a_transfer(center, entry_kind="exchange"), by=coordinator) == (
        "value_not_possible"
    )
    again = edit_application(one, a_transfer(center), by=coordinator)
    assert (again.is_transfer, again.first_day) == (True, dt.date(2025, 10, 10))


def test_whoever_had_a_hand_in_a_transfer_is_no_second_person_for_it(center, coordinator):
    a_place(center, 2, "2025-autumn")
    writer, sender = (a_user(name, *ENTER, at=center) for name in ("writer", "sender"))
    one = edit_application(begun(center, coordinator), a_transfer(center), by=writer)
    one = checked(submit_application(one, by=sender))
    for by in (coordinator, writer, sender):
        assert refused(accept_application, one, by=by) == "second_person"
    another = a_user("another", *ENTER, at=center)
    assert accept_application(one, by=another).status == Status.ACCEPTED
