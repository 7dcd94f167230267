"""A closing centre moves its students, a list gets the same change: one approval, a result for each."""

import pytest

from common.dates import as_on
from common.errors import NotAllowed
from enrollment.models import ChangeCase, ChangeRequest, StudentChange, StudentPeriod
from enrollment.records.services.future import withdraw_future_change
from enrollment.requests.admin.cases import why
from enrollment.requests.services import cases
from enrollment.requests.services.cases import (
    approve_case,
    carry_out_case,
    open_closing_case,
    open_same_change_case,
    reject_case,
    withdraw_case,
)
from enrollment.services import RequestDraft, approve_request, revoke_center, withdraw_request
from exchange.models import Job
from learning_centers.services import stop_intake
from people.models import Notice
from tests.builders import a_center, a_student, a_user, a_version, an_institution, day, many_students, the_system
from tests.enrollment.asking import asked, refused

pytestmark = pytest.mark.django_db
RIGHTS = (
    "enrollment.open_case", "enrollment.approve_case", "enrollment.reject_case", "enrollment.revoke_center",
    "enrollment.request_change", "enrollment.approve_change",
)  # fmt: skip
ON = day("2026-03-01")


@pytest.fixture
def registrar():
    return a_user("registrar", *RIGHTS, at=an_institution())


@pytest.fixture
def second():
    return a_user("second", *RIGHTS, at=an_institution())


@pytest.fixture
def closing():
    return a_center(an_institution(), "0104")


@pytest.fixture
def target():
    return a_center(an_institution(), "0102")


def results(case):
    return dict(case.requests.order_by("pk").values_list("student__student_no", "refusal"))


def closed(closing, targets, registrar, second):
    case = open_closing_case(closing, targets, on=ON, reason="filing not renewed", by=registrar)
    approve_case(case, decision_no="继字9号", by=second)
    carry_out_case(case.pk)
    case.refresh_from_db()
    return case


def test_everybody_moves_with_one_approval_and_then_the_centre_can_be_revoked(closing, target, registrar, second):
    students = many_students(closing, 5, entered="2025-09-01")
    suspended = a_student(closing, "900001", entered="2025-09-01", changes=(("suspend", "2025-12-01"),))
    gone = a_student(closing, "900002", entered="2025-09-01", changes=(("withdraw", "2025-12-01"),))
    stop_intake(closing, on=ON, by=the_system())
    with refused("center_has_students"):
        revoke_center(closing, on=ON, by=registrar)
    case = closed(closing, [target], registrar, second)
    assert case.status == "done"
    assert set(case.requests.values_list("status", flat=True)) == {"approved"}
    last = StudentPeriod.objects.current().filter(end__isnull=True, student__in=[*students, suspended])
    assert set(last.values_list("center", flat=True)) == {target.pk}
    assert last.get(student=suspended).state == "suspended"
    assert not case.requests.filter(student=gone).exists()
    documents = StudentChange.objects.in_force().filter(case=case.public_id)
    assert {(one.decision_no, one.approved_by) for one in documents} == {("继字9号", second)}
    revoke_center(closing, on=ON, by=registrar)
    notice = Notice.objects.get(user=registrar, kind="case_done")
    assert (notice.terms["done"], notice.terms["refused"]) == (6, 0)


def test_each_goes_to_the_first_centre_that_takes_them_in_and_the_rest_is_told_why(closing, target, registrar, second):
    law = a_version(an_institution(), "030101K")
    a_student(closing, "900001", entered="2025-09-01")
    a_student(closing, "900002", entered="2025-09-01", version=law)
    stopped = a_center(an_institution(), "0103", status="stop_intake")
    case = closed(closing, [stopped, target], registrar, second)
    assert results(case) == {"900001": "", "900002": "center_stopped_intake"}
    assert case.requests.get(student__student_no="900001").new_center == target
    with_law = a_center(an_institution(), "0105", majors=("030101K",))
    assert results(closed(closing, [with_law], registrar, second)) == {"900002": ""}


def test_whoever_comes_only_later_is_named_and_the_centre_is_free_once_that_transfer_is_withdrawn(
    closing, target, registrar, second
):
    a_student(closing, "900001")
    a_student(target, "900002", changes=(("change_center", "2026-04-01", {"new_center_id": closing.pk}),))
    stop_intake(closing, on=day("2026-05-01"), by=the_system())
    case = closed(closing, [target], registrar, second)
    assert results(case) == {"900001": "", "900002": "comes_later"}
    with refused("center_has_students"):
        revoke_center(closing, on=day("2026-05-01"), by=registrar)
    with as_on(day("2026-03-15")):
        withdraw_future_change(
            StudentChange.objects.get(student__student_no="900002", case=None),
            reason="the centre closes",
            by=the_system(),
        )
    revoke_center(closing, on=day("2026-05-01"), by=registrar)


def test_whoever_goes_there_later_anyway_is_told_so(closing, target, registrar, second):
    a_student(closing, "900001", changes=(("change_center", "2026-04-01", {"new_center_id": target.pk}),))
    case = closed(closing, [target], registrar, second)
    assert results(case) == {"900001": "later_change_leads_nowhere"}
    assert "withdraw that one first" in str(why("later_change_leads_nowhere"))


def test_a_guard_stops_one_student_and_not_the_others(closing, target, registrar, second):
    students = many_students(closing, 3, entered="2025-09-01")
    case = open_closing_case(closing, [target], on=ON, reason="filing not renewed", by=registrar)
    withdrawn = asked(students[1], "withdraw", "2025-12-01", by=registrar)
    approve_request(withdrawn, by=second)
    approve_case(case, by=second)
    carry_out_case(case.pk)
    assert list(results(case).values()) == ["", "change_after_terminal", ""]


@pytest.mark.parametrize("step", ["write_documents", "take_steps"])
@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_job_that_was_killed_goes_on_without_doubles(closing, target, registrar, second, monkeypatch, step, after):
    class Killed(BaseException):
        pass

    many_students(closing, 7, entered="2025-09-01")
    case = open_closing_case(closing, [target], on=ON, reason="filing not renewed", by=registrar)
    approve_case(case, by=second)
    real, chunks = getattr(cases, step), []

    def last_thing(*arguments, **terms):
        chunks.append(step)
        if len(chunks) == after:
            raise Killed
        return real(*arguments, **terms)

    monkeypatch.setattr(cases, "CHUNK", 3)
    with monkeypatch.context() as patched:
        patched.setattr(cases, step, last_thing)
        with pytest.raises(Killed):
            carry_out_case(case.pk)
    done = case.requests.filter(status="approved").count()
    assert (done % 3, StudentChange.objects.count()) == (0, done)
    carry_out_case(case.pk)
    carry_out_case(case.pk)
    assert StudentChange.objects.count() == 7
    assert case.requests.filter(status="approved", document__isnull=False).count() == 7
    assert Notice.objects.filter(kind="case_done", user=registrar).count() == 1


def test_nobody_decides_on_their_own_case(closing, target, registrar):
    many_students(closing, 1, entered="2025-09-01")
    case = open_closing_case(closing, [target], on=ON, reason="filing not renewed", by=registrar)
    with refused("second_person"):
        approve_case(case, by=registrar)
    with refused("second_person"):
        reject_case(case, comment="no", by=registrar)
    assert not Job.objects.exists()


def test_approval_asks_for_the_job(closing, target, registrar, second):
    many_students(closing, 1, entered="2025-09-01")
    case = open_closing_case(closing, [target], on=ON, reason="filing not renewed", by=registrar)
    approve_case(case, by=second)
    assert Job.objects.get().task == "enrollment.carry_out_case"
    with refused("move_not_possible"):
        approve_case(case, by=second)


def test_a_rejected_or_withdrawn_case_changes_nothing(closing, target, registrar, second):
    many_students(closing, 2, entered="2025-09-01")
    for close, status in ((reject_case, "rejected"), (withdraw_case, "withdrawn")):
        case = open_closing_case(closing, [target], on=ON, reason="filing not renewed", by=registrar)
        close(case, comment="not yet", by=second)
        carry_out_case(case.pk)
        assert set(case.requests.values_list("status", flat=True)) == {status}
    assert not StudentChange.objects.exists()


def test_requests_of_a_case_are_decided_with_it(closing, target, registrar, second):
    many_students(closing, 1, entered="2025-09-01")
    case = open_closing_case(closing, [target], on=ON, reason="filing not renewed", by=registrar)
    with refused("part_of_a_case"):
        approve_request(case.requests.get(), by=second)
    with refused("part_of_a_case"):
        withdraw_request(case.requests.get(), by=registrar)
    with refused("case_is_open"):
        open_closing_case(closing, [target], on=ON, reason="filing not renewed", by=registrar)


def test_a_list_of_students_gets_the_same_change(closing, registrar, second):
    students = many_students(closing, 4, entered="2025-09-01")
    asked(students[0], "repeat_year", "2026-03-01", by=registrar)
    case = open_same_change_case(students, RequestDraft("repeat_year", ON, reason="credits missing"), by=registrar)
    approve_case(case, by=second)
    carry_out_case(case.pk)
    assert list(results(case).values()) == ["already_asked", "", "", ""]
    assert StudentChange.objects.in_force().filter(kind="repeat_year").count() == 3


def test_an_outsider_opens_no_case(closing, target, registrar):
    students = many_students(closing, 1, entered="2025-09-01")
    outsider = a_user("outsider", *RIGHTS, at=an_institution("10534", "湖南科技大学"))
    with pytest.raises(NotAllowed):
        open_closing_case(closing, [target], on=ON, reason="mine", by=outsider)
    with pytest.raises(NotAllowed):
        open_same_change_case(students, RequestDraft("repeat_year", ON, reason="mine"), by=outsider)
    case = open_closing_case(closing, [target], on=ON, reason="filing not renewed", by=registrar)
    with pytest.raises(NotAllowed):
        approve_case(case, by=outsider)
    assert not ChangeCase.objects.visible_to(outsider).exists()
    assert not ChangeRequest.objects.visible_to(outsider).exists()
