"""A printed list has a limit of its own, and what a second person let through is printed while it is no longer than then."""

import pytest

from common.errors import DomainError
from common.models import AuditEvent
from exchange.models import Export
from learning_centers.services.rules import Setting, set_rule
from people.services.exporting import ask_for_export, decide_export, download_export, make_export, print_list
from tests.builders import a_center, a_student, a_user, an_institution, many_students, the_system

pytestmark = pytest.mark.django_db
WHY = {"reason": "class lists for the exam"}


@pytest.fixture
def center():
    return a_center(an_institution())


@pytest.fixture
def asker(center):
    return a_user("asker", "people.ask_for_export", "enrollment.view_students", at=center)


def printed(center, by):
    """How many rows were printed, or why none was."""
    try:
        export, _rows = print_list("roster", {}, **WHY, center=center, by=by)
    except DomainError as refusal:
        return refusal.code
    return export.rows


def let_through(center, asker):
    """The list of the centre, asked for as a file and decided by another."""
    export = ask_for_export("roster", {}, **WHY, center=center, by=asker)
    decide_export(export, approves=True, by=a_user("second", "people.decide_export", at=center.institution))


def test_a_list_longer_than_the_limit_of_paper_is_not_printed(center, asker, monkeypatch):
    monkeypatch.setattr("people.services.exporting.MOST_PRINTED", 2)
    many_students(center, 2, entered="2025-09-01")
    assert printed(center, asker) == 2
    a_student(center)
    assert printed(center, asker) == "too_many_to_print"


def test_not_even_where_a_second_person_has_let_it_through(center, asker, monkeypatch):
    monkeypatch.setattr("people.services.exporting.MOST_PRINTED", 2)
    set_rule(center.institution, Setting("export_rows_alone", 1, "tests"), by=the_system())
    many_students(center, 3, entered="2025-09-01")
    let_through(center, asker)
    assert printed(center, asker) == "too_many_to_print"


def test_what_was_let_through_is_printed_until_it_grows(center, asker):
    set_rule(center.institution, Setting("export_rows_alone", 1, "tests"), by=the_system())
    many_students(center, 2, entered="2025-09-01")
    assert printed(center, asker) == "too_many_to_print"
    let_through(center, asker)
    assert printed(center, asker) == 2
    assert printed(center, a_user("another", "people.ask_for_export", "enrollment.view_students", at=center)) == (
        "too_many_to_print"
    )
    a_student(center)
    assert printed(center, asker) == "too_many_to_print"


def test_a_download_counts_for_its_own_list_alone(center, asker):
    a_student(center)
    lists = [ask_for_export("roster", {}, **WHY, center=center, by=asker) for _again in range(2)]
    for one in lists:
        make_export(one)
    download_export(lists[0], by=asker)
    assert [Export.objects.get(pk=one.pk).downloads for one in lists] == [1, 0]
    told = AuditEvent.objects.get(verb="people.download_export")
    assert (told.subject_id, told.detail["download"]) == (lists[0].public_id, 1)
