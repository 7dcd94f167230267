"""The pages on which a file waits for a second person, and the student's page on which stands what it changed."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from common.decisions import decisions_for as decisions
from exchange.importing import approve_import, commit_file, digest_of_reviews, services
from exchange.models import ImportBatch, Job
from people.models import PersonFacts
from people.services.roles import shipped_roles
from tests.builders import a_center, a_student, a_user, an_institution, the_system
from tests.exchange.test_files_of_two_people import NUMBER, changes, of_student, students

pytestmark = pytest.mark.django_db
EXPULSION = "T0000001,expel,2026-03-01,校1号,2026-02-01,打架"


@pytest.fixture
def student():
    return a_student(a_center(an_institution()), "T0000001", id_no=NUMBER, entered="2025-09-01")


def one_of(role):
    return a_user(role, *shipped_roles()[role]["verbs"], at=an_institution())


@pytest.fixture
def registrar():
    return one_of("registrar")


@pytest.fixture
def second():
    return one_of("second_registrar")


def at(user):
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def url(batch, page="change"):
    return reverse(f"admin:exchange_importbatch_{page}", args=(batch.public_id,))


def test_the_second_person_sees_the_whole_and_has_it_stored(student, registrar, second):
    batch = changes(EXPULSION, by=registrar)
    page = at(second).get(url(batch))
    assert page.context["may_decide"]
    assert "王伟 · T0000001" in page.text
    assert "校1号" in page.text
    assert "打架" not in page.text
    at(second).post(url(batch, "approve"), {"seen": page.context["seen"]})
    batch.refresh_from_db()
    assert (batch.decided_by, Job.objects.get().task) == (second, "exchange.commit_import")


def test_who_uploaded_sees_what_it_changes_and_can_only_give_it_up(student, registrar):
    batch = changes(EXPULSION, by=registrar)
    page = at(registrar).get(url(batch))
    assert (page.context["waits"], page.context["may_decide"], page.context["seen"]) == (True, False, "")
    assert url(batch, "store") not in page.text
    for act in ("store", "approve"):
        at(registrar).post(url(batch, act), {"seen": digest_of_reviews(batch)})
    assert not Job.objects.exists()
    at(registrar).post(url(batch, "decline"))
    batch.refresh_from_db()
    assert batch.status == ImportBatch.State.DECLINED


def test_an_outsider_finds_no_such_page(student, registrar):
    batch = changes(EXPULSION, by=registrar)
    rights = ("admin.enter", "exchange.view_imports", "enrollment.approve_change", "exchange.undo_import")
    outsider = a_user("outsider", *rights, at=an_institution("10003", "清华大学"))
    for page in ("change", "approve", "decline", "keep", "undo"):
        assert at(outsider).post(url(batch, page)).status_code == 404


def test_the_first_page_asks_the_second_person_alone(student, registrar, second):
    batch = changes(EXPULSION, by=registrar)
    (asked,) = [one for one in decisions(second) if any(url(batch) == line.url for line in one.lines)]
    assert str(asked.title) == "Files wait for the second person"
    assert not [one for one in decisions(registrar) if any(url(batch) == line.url for line in one.lines)]


def test_a_long_list_is_stored_from_its_last_page(student, registrar, second, monkeypatch):
    monkeypatch.setattr("exchange.importing.overview.A_PAGE", 1)
    batch = changes("T0000001,suspend,2026-03-01,,,病", "T0000001,resume,2026-09-01,,,", by=registrar)
    assert url(batch, "approve") not in at(second).get(url(batch)).text
    assert url(batch, "approve") in at(second).get(url(batch), {"c": 2}).text


def test_the_students_page_tells_who_changed_what_and_who_decided(student, registrar, second):
    commit_file(students(of_student(), by=the_system()))
    batch = students(of_student(name="王薇"), by=registrar)
    approve_import(batch, seen=digest_of_reviews(batch), by=second)
    commit_file(batch)
    tables = at(registrar).get(reverse("admin:enrollment_student_change", args=(student.public_id,))).context["tables"]
    (row,) = next(table for table in tables if str(table.caption) == "What was known before").rows
    assert [str(cell) for cell in row[:3]] == ["name", "王伟", "王薇"]
    assert row[4:6] == [registrar, second]


class Killed(BaseException):
    """What a process that is gone would have done next does not happen."""


@pytest.mark.parametrize("step", ["_try_chunk", "_write", "_count"])
def test_storing_goes_on_after_a_kill_as_it_was_decided(student, registrar, second, monkeypatch, step):
    commit_file(students(of_student(), by=the_system()))
    batch = students(of_student(name="王薇"), by=registrar)
    approve_import(batch, seen=digest_of_reviews(batch), by=second)

    def killed(*_arguments, **_options):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(services, step, killed)
        with pytest.raises(Killed):
            commit_file(batch)
    assert PersonFacts.objects.current().get().name == "王伟"
    assert (commit_file(batch).status, batch.issues.count()) == (ImportBatch.State.COMMITTED, 0)
    assert PersonFacts.objects.current().get().name == "王薇"


def test_taking_back_is_asked_for_on_one_page_and_decided_on_it_by_another(student, registrar, second):
    batch = changes(EXPULSION, by=registrar)
    approve_import(batch, seen=digest_of_reviews(batch), by=second)
    commit_file(batch)
    for expected in (ImportBatch.State.COMMITTED, ImportBatch.State.COMMITTED):
        at(registrar).post(url(batch, "undo"))
        batch.refresh_from_db()
        assert (batch.status, batch.undo_asked_by) == (expected, registrar)
    at(second).post(url(batch, "undo"))
    batch.refresh_from_db()
    assert (batch.status, batch.undone_by) == (ImportBatch.State.UNDONE, second)
