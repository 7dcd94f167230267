"""Killing the process at any point loses nothing and doubles nothing (docs/files.md §1.2)."""

import contextlib

import pytest
from django.core.management import call_command
from django.db import connection

from enrollment.models import AdmissionPlace, Student
from exchange.importing import check_file, commit_file, result_of, services, undo_import
from exchange.importing.store import Store
from exchange.importing.turns import BATCH
from exchange.models import ImportBatch
from learning_centers.models import Institution
from tests.builders import a_user, the_system
from tests.exchange.importing import brought, imported, known_today
from tests.exchange.samples import FOLDER

pytestmark = pytest.mark.django_db
CLEAN = "files/new_students/clean.xlsx"


class Killed(BaseException):
    """What a process that is gone would have done next does not happen."""


@pytest.fixture(scope="module", autouse=True)
def _base(base_is_imported):
    """The samples' starting state."""


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(services, "ROWS_A_CHUNK", 5)


def cut_off(monkeypatch, name, after):
    """Let the n-th call of a step of the engine be the last thing that happens."""
    real, calls = getattr(services, name), []

    def step(*arguments, **options):
        calls.append(name)
        if len(calls) == after:
            raise Killed
        return real(*arguments, **options)

    monkeypatch.setattr(services, name, step)


@pytest.mark.parametrize(("step", "after"), [("_stage", 1), ("_stage", 3), ("_write_issues", 4), ("move", 1)])
def test_a_check_that_was_cut_off_begins_again(small_chunks, monkeypatch, step, after):
    batch = brought("new_students", "files/new_students/messy_rules.csv")
    with monkeypatch.context() as patched:
        cut_off(patched, step, after)
        with pytest.raises(Killed):
            check_file(batch)
    assert ImportBatch.objects.get(pk=batch.pk).status == ImportBatch.State.RECEIVED
    undisturbed = check_file(brought("new_students", "files/new_students/messy_rules.csv"))
    assert result_of(check_file(batch)) == result_of(undisturbed)


@pytest.mark.parametrize("step", ["_try_chunk", "_write", "_count"])
@pytest.mark.parametrize("after", [1, 2, 4])
def test_storing_that_was_cut_off_goes_on(small_chunks, monkeypatch, step, after):
    batch = check_file(brought("new_students", "files/new_students/clean.xlsx"))
    foretold = result_of(batch)
    with monkeypatch.context() as patched:
        cut_off(patched, step, after)
        with pytest.raises(Killed):
            commit_file(batch)
    assert result_of(commit_file(batch)) == foretold
    assert Student.objects.current().count() == 40 + 25
    again = result_of(imported("new_students", "files/new_students/clean.xlsx"))
    assert (again["created"], again["unchanged"]) == (0, 30)


def test_someone_else_may_write_between_check_and_storing(small_chunks):
    """A second file takes the last places while the first one waits: the rows are judged anew when their turn comes."""
    first = check_file(brought("new_students", "files/new_students/messy_rules.csv"))
    imported("new_students", "files/new_students/messy_rules.csv")
    before = known_today()
    result = result_of(commit_file(first))
    assert (result["created"], result["unchanged"]) == (0, 11)
    assert known_today() == before


def test_who_writes_meanwhile_makes_the_chunk_be_planned_anew(small_chunks, monkeypatch):
    batch = check_file(brought("new_students", "files/new_students/correction_1_first.xlsx"))
    real, disturbed = Store.found, []

    def found(self, rows, source):
        if not disturbed:
            disturbed.append(True)
            imported("admission_plan", "files/admission_plan/clean.xlsx")
        real(self, rows, source)

    monkeypatch.setattr(Store, "found", found)
    assert result_of(commit_file(batch))["created"] == 10
    assert disturbed
    taken = AdmissionPlace.objects.current().values_list("taken", flat=True)
    assert sum(taken) == Student.objects.current().count()


@pytest.fixture
def half_stored(small_chunks, monkeypatch):
    batch = check_file(brought("new_students", CLEAN))
    with monkeypatch.context() as patched:
        cut_off(patched, "_try_chunk", 3)
        with pytest.raises(Killed):
            commit_file(batch)
    return batch


def test_the_shell_goes_on_with_the_same_file(half_stored):
    imports = ImportBatch.objects.count()
    call_command("import_file", "new_students", str(FOLDER / CLEAN))
    half_stored.refresh_from_db()
    assert (half_stored.status, ImportBatch.objects.count()) == (ImportBatch.State.COMMITTED, imports)
    assert result_of(half_stored)["created"] == 25


def test_someone_else_does_not_go_on_with_it(half_stored):
    a_user("registrar", "exchange.import_file", at=Institution.objects.get(code="19178"))
    with contextlib.suppress(SystemExit):
        call_command("import_file", "new_students", str(FOLDER / CLEAN), "--as", "registrar")
    half_stored.refresh_from_db()
    assert half_stored.status == ImportBatch.State.COMMITTING


def test_no_chunk_is_stored_into_an_import_that_was_undone_meanwhile(small_chunks, monkeypatch):
    batch, real = check_file(brought("new_students", CLEAN)), services.by_turns
    calls = []

    def by_turns(work):
        calls.append(work)
        if len(calls) == 3:
            undo_import(batch, by=the_system())
        real(work)

    monkeypatch.setattr(services, "by_turns", by_turns)
    assert commit_file(batch).status == ImportBatch.State.UNDONE
    assert (len(calls) > 3, Student.objects.current().count()) == (True, 40)


def test_an_import_that_another_process_stores_is_not_taken_up(half_stored):
    content, other = (FOLDER / CLEAN).read_bytes(), connection.copy()
    asked = {"by": the_system(), "institution": None}
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [BATCH, half_stored.pk])
        assert services.unfinished_import("new_students", content, **asked) is None
    finally:
        other.close()
    assert services.unfinished_import("new_students", content, **asked) == half_stored


def test_what_was_stored_of_it_can_be_undone(half_stored):
    assert Student.objects.current().count() > 40
    call_command("undo_import", str(half_stored.public_id))
    assert Student.objects.current().count() == 40
    assert commit_file(half_stored).status == ImportBatch.State.UNDONE
