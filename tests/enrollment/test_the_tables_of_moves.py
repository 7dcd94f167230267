"""Requests, cases, applications and watched cases: all pairs of states against a table written a second time, and all acts in
all states."""

import datetime as dt

import pytest

from ceportal.moves import PAGE, page
from common.errors import DomainError
from common.transitions import move
from enrollment.admission.models.applications import ApplicationStatus
from enrollment.models import Application, ChangeCase, ChangeRequest, RequestStep, WatchItem
from enrollment.requests.models.requests import RequestStatus
from enrollment.services import (
    RequestDraft,
    approve_case,
    approve_request,
    ask_for_withdrawal,
    edit_request,
    give_consent,
    post_notice,
    reject_case,
    reject_request,
    return_request,
    set_aside,
    submit_request,
    withdraw_case,
    withdraw_request,
)
from tests.builders import a_center, a_request, a_student, a_written_application, an_institution, day, the_system
from tests.enrollment.asking import a_registrar, evidence_for

pytestmark = pytest.mark.django_db

TABLES = {
    ChangeRequest: "draft>submitted draft>withdrawn submitted>returned submitted>approved submitted>rejected"
    " submitted>withdrawn submitted>refused returned>submitted returned>withdrawn",
    ChangeCase: "submitted>approved submitted>rejected submitted>withdrawn approved>done",
    Application: "draft>submitted draft>withdrawn submitted>returned submitted>accepted submitted>rejected"
    " submitted>withdrawn returned>submitted returned>withdrawn accepted>checked_in accepted>place_kept accepted>lapsed"
    " accepted>withdrawn place_kept>checked_in place_kept>lapsed place_kept>withdrawn checked_in>registered"
    " checked_in>rejected checked_in>withdrawn",
    WatchItem: "open>noticed open>requested open>set_aside open>closed noticed>requested noticed>set_aside"
    " noticed>closed requested>open requested>closed set_aside>open set_aside>closed",
}
"""docs/rules.md §§2.3, 2.4 once more."""


@pytest.fixture
def student():
    return a_student(a_center(an_institution()), entered="2021-09-01")


def a_case(status="submitted", by=None):
    return ChangeCase.objects.create(
        institution=an_institution(), kind="same_change", status=status, effective_date=day("2026-12-01"), reason="x",
        requested_by=by or the_system(),
    )  # fmt: skip


def an_item(student, status="open", kind="over_max"):
    return WatchItem.objects.create(
        institution=student.institution, list=kind, center=student.current_center, student=student, status=status,
        since=day("2026-09-01"), found_on=day("2026-09-01"), notice_begin=day("2026-09-02"), notice_end=day("2026-10-01"),
    )  # fmt: skip


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_every_pair_of_states(student, model):
    """A registered application is a student's, so the database asks for more than a move: left to its own test."""
    allowed = {tuple(pair.split(">")) for pair in TABLES[model].split()}
    states = model._meta.get_field("status").choices
    build = {
        ChangeRequest: lambda state: a_request(student, status=state),
        ChangeCase: a_case,
        Application: lambda state: a_written_application(student.current_center, status=state),
        WatchItem: lambda state: an_item(student, state),
    }[model]
    for start in sorted({code for code, _label in states} - {"registered"}):
        row = build(start)
        for end, _label in states:
            if end == "registered":
                assert ((start, end) in allowed) == (end in model.MOVES.get(start, ()))
                continue
            fresh = model._base_manager.get(pk=row.pk)
            if (start, end) in allowed:
                assert move(fresh, end).status == end
                model._base_manager.filter(pk=row.pk).update(status=start)
            else:
                with pytest.raises(DomainError) as refusal:
                    move(fresh, end)
                assert refusal.value.code == "move_not_possible"
        if model is not Application:
            model._base_manager.filter(pk=row.pk).update(status=final(model))


def final(model):
    return {ChangeRequest: "withdrawn", ChangeCase: "withdrawn", WatchItem: "closed"}[model]


ON_REQUESTS = {
    "edit": ({"draft", "returned"}, lambda one, by: edit_request(one, DRAFT, seen=None, by=by)),
    "submit": ({"draft", "returned"}, lambda one, by: submit_request(one, by=by)),
    "withdraw": ({"draft", "returned", "submitted"}, lambda one, by: withdraw_request(one, by=by)),
    "approve": ({"submitted"}, lambda one, by: approve_request(one, by=by)),
    "return": ({"submitted"}, lambda one, by: return_request(one, comment="more", by=by)),
    "reject": ({"submitted"}, lambda one, by: reject_request(one, comment="no", by=by)),
    "consent": (set(), lambda one, by: give_consent(one.parties.get(), agrees=True, by=the_system())),
}
DRAFT = RequestDraft("suspend", dt.date(2026, 11, 1), reason="illness")


@pytest.mark.parametrize("act", ON_REQUESTS)
@pytest.mark.parametrize("status", RequestStatus.values)
def test_every_act_on_a_request_in_every_state(student, status, act):
    request = a_request(student, on="2026-11-01", status=status, reason="illness")
    evidence_for(request)
    possible, do = ON_REQUESTS[act]
    if status in possible:
        do(request, a_registrar())
    else:
        with pytest.raises(DomainError) as refusal:
            do(request, a_registrar())
        assert refusal.value.code in {"move_not_possible", "not_editable", "consent_not_asked"}
        request.refresh_from_db()
        assert (request.status, request.version, RequestStep.objects.count()) == (status, 1, 0)


ON_CASES = {
    "approve": ({"submitted"}, lambda one, by: approve_case(one, by=by)),
    "reject": ({"submitted"}, lambda one, by: reject_case(one, comment="no", by=by)),
    "withdraw": ({"submitted"}, lambda one, by: withdraw_case(one, by=by)),
}


@pytest.mark.parametrize("act", ON_CASES)
@pytest.mark.parametrize("status", ChangeCase.State.values)
def test_every_act_on_a_case_in_every_state(status, act):
    case = a_case(status, by=a_registrar())
    possible, do = ON_CASES[act]
    if status in possible:
        do(case, the_system())
    else:
        with pytest.raises(DomainError) as refusal:
            do(case, the_system())
        assert refusal.value.code == "move_not_possible"


ON_ITEMS = {
    "notice": ({"open"}, lambda one, by: post_notice([one], begin=dt.date(2026, 11, 1), by=by)),
    "set aside": ({"open", "noticed"}, lambda one, by: set_aside(one, until=None, reason="thesis is in", by=by)),
    "ask": ({"open", "noticed"}, lambda one, by: ask_for_withdrawal(one, effective_date=dt.date(2026, 11, 1), by=by)),
}


@pytest.mark.parametrize("act", ON_ITEMS)
@pytest.mark.parametrize("status", WatchItem.State.values)
def test_every_act_on_a_watched_case_in_every_state(student, status, act):
    item = an_item(student, status)
    possible, do = ON_ITEMS[act]
    if status in possible:
        do(item, the_system())
    else:
        with pytest.raises(DomainError) as refusal:
            do(item, the_system())
        assert refusal.value.code == "move_not_possible"
        item.refresh_from_db()
        assert item.status == status


def test_every_state_of_an_application_is_in_its_table():
    assert set(ApplicationStatus.values) == {state for pair in TABLES[Application].split() for state in pair.split(">")}


def test_the_page_of_states_is_what_the_tables_say():
    """`manage.py moves` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_a_changed_table_is_noticed(monkeypatch):
    monkeypatch.setitem(ChangeCase.MOVES, ChangeCase.State.DONE, {ChangeCase.State.SUBMITTED})
    assert PAGE.read_text(encoding="utf-8") != page()
