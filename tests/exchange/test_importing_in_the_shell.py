import json

import pytest
from django.core.management import CommandError, call_command

from enrollment.models import Student
from exchange.importing import check_file, import_file, result_of
from learning_centers.models import Institution
from tests.builders import a_user, an_institution
from tests.exchange.importing import brought, imported
from tests.exchange.samples import FOLDER, expected

pytestmark = pytest.mark.django_db
CLEAN, MESSY = "files/new_students/clean.xlsx", "files/new_students/messy_rules.csv"


@pytest.fixture(scope="module", autouse=True)
def _base(base_is_imported):
    """The samples' starting state."""


def run(kind, file, *options):
    """The exit code of the command."""
    try:
        call_command("import_file", kind, str(FOLDER / file), "--today", "2026-11-21", *options)
    except SystemExit as end:
        return end.code
    except CommandError as refused:
        return refused.returncode
    return 0


def test_the_exit_code_tells_what_came_of_it():
    assert run("new_students", CLEAN) == 0
    assert run("new_students", MESSY) == 1
    assert run("new_students", "files/broken/wrong_kind.xlsx") == 2
    assert run("new_students", "files/nowhere.csv") == 3
    assert run("new_students", CLEAN, "--institution", "00000") == 3
    assert run("new_students", CLEAN, "--as", "nobody") == 3


def test_the_result_is_written_as_the_contract_says(tmp_path, capsys):
    out = tmp_path / "result.json"
    run("new_students", MESSY, "--json", str(out))
    wanted = expected({"expected": f"expected/{MESSY}.json"})
    assert json.loads(out.read_text()) == wanted | {"file": str(FOLDER / MESSY)}
    shown = capsys.readouterr().out
    assert not [issue for issue in wanted["rows"] if issue["column"] == "id_no" and issue["value"] in shown]


def test_nothing_is_stored_where_the_result_cannot_be_written(tmp_path):
    before = Student.objects.count()
    assert run("new_students", CLEAN, "--json", str(tmp_path / "nowhere" / "result.json")) == 3
    assert Student.objects.count() == before


def test_a_dry_run_stores_nothing(tmp_path):
    out = tmp_path / "result.json"
    before = Student.objects.count()
    assert run("new_students", CLEAN, "--dry-run", "--json", str(out)) == 0
    assert json.loads(out.read_text())["created"] == 25
    assert Student.objects.count() == before


def at(code):
    return Institution.objects.get(code=code)


def reached(batch):
    """Institutions in which the batch has made students."""
    made = Student.objects.filter(recorded_in__source=batch.public_id)
    return set(made.values_list("institution__code", flat=True))


def test_a_file_for_one_institution_does_not_reach_another():
    batch = import_file(brought("new_students", CLEAN, institution=at("19178")))
    assert reached(batch) == {"19178"}
    assert {issue.code for issue in batch.issues.all()} >= {"center_unknown"}


def test_a_registrar_imports_for_the_own_institution_alone():
    registrar = a_user("registrar", "exchange.import_file", at=at("19178"))
    assert reached(import_file(brought("new_students", CLEAN, by=registrar))) == {"19178"}


def twin_of(code, file):
    """A base file of one institution, told of another one."""
    head, *lines = (FOLDER / file).read_text("utf-8-sig").splitlines()
    return "\n".join([head, *(line.replace(code, "10534") for line in lines if code in line)]).encode()


def test_a_code_of_two_institutions_refuses_the_file():
    an_institution("10534", "湖南科技大学")
    imported("schools_and_majors", "majors.csv", twin_of("19178", "base/01_schools_and_majors.csv"))
    centers = imported("learning_centers", "centers.csv", twin_of("19178", "base/02_learning_centers.csv"))
    assert result_of(centers)["created"] == 6
    batch = check_file(brought("new_students", CLEAN))
    assert [(issue.column, issue.code) for issue in batch.issues.all()] == [("center_code", "key_ambiguous")]
    named = check_file(brought("new_students", CLEAN, institution=at("19178")))
    assert named.status == named.State.CHECKED
