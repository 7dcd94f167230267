"""Undos in reverse order: a copy that an undo wrote stands for the row it restored."""

import pytest

from enrollment.models import Student, StudentChange, StudentPeriod
from enrollment.services import ChangeDraft, record_change
from exchange.importing import HasDependents, result_of, undo_import
from exchange.models import ImportBatch
from learning_centers.models import InstitutionCode, InstitutionName
from tests.builders import day, the_system
from tests.exchange.importing import import_base, imported, known_today
from tests.exchange.samples import SCENARIOS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIRST, CORRECTED = (f"files/new_students/correction_{name}" for name in ("1_first.xlsx", "2_corrected.csv"))


@pytest.fixture(scope="module", autouse=True)
def _base(base_is_imported):
    """The samples' starting state."""


def undone(batch):
    return undo_import(batch, by=the_system())


def changed(student, kind, on, new_value=""):
    head = "学号,姓名,异动类型,生效日期,异动后"
    line = f"{student.student_no},{student.person.name},{kind},{on},{new_value}"
    batch = imported("status_changes", "change.csv", f"{head}\n{line}\n".encode())
    assert result_of(batch)["accepted"] == 1, result_of(batch)["rows"]
    return batch


@pytest.fixture
def student():
    """Someone without changes."""
    changed = StudentChange.objects.current().values("student")
    return Student.objects.current().filter(current_state="active").exclude(pk__in=changed).order_by("pk")[0]


def life(student):
    student.refresh_from_db()
    periods = StudentPeriod.objects.current().filter(student=student).order_by("position")
    return student.current_state, list(periods.values_list("begin", "end", "state", "center_id", "ended_by"))


def test_a_file_can_go_once_its_correction_has_gone():
    before = known_today()
    first = imported("new_students", FIRST)
    corrected = imported("new_students", CORRECTED)
    undone(corrected)
    again = imported("new_students", CORRECTED)
    undone(again)
    undone(first)
    assert known_today() == before
    assert result_of(imported("new_students", FIRST))["created"] == 10


def test_what_replaced_a_restored_row_keeps_the_file():
    first = imported("new_students", FIRST)
    undone(imported("new_students", CORRECTED))
    imported("new_students", CORRECTED)
    with pytest.raises(HasDependents):
        undone(first)


def test_completion_stays_while_the_later_diploma_rests_on_it(student):
    before = life(student)
    completed = changed(student, "结业", "2026-01-10")
    between = life(student)
    graduated = changed(student, "毕业", "2026-06-10")
    with pytest.raises(HasDependents) as refused:
        undone(completed)
    diploma = StudentChange.objects.current().get(student=student, kind="graduate")
    assert ("enrollment.studentchange", diploma.pk) in {(one.table, one.key) for one in refused.value.dependents}
    undone(graduated)
    assert life(student) == between
    undone(completed)
    assert life(student) == before


def test_resumption_stays_while_staff_recorded_a_repeated_year_after_it(student):
    changed(student, "休学", "2026-02-01")
    resumed = changed(student, "复学", "2026-03-01")
    record_change(student, ChangeDraft(kind="repeat_year", effective_date=day("2026-04-01")), by=the_system())
    with pytest.raises(HasDependents) as refused:
        undone(resumed)
    repeated = StudentChange.objects.current().get(student=student, kind="repeat_year")
    assert [(one.table, one.key) for one in refused.value.dependents] == [("enrollment.studentchange", repeated.pk)]


def test_a_corrected_change_goes_back_step_by_step(student):
    before = life(student)
    first = changed(student, "退学", "2026-03-01")
    between = life(student)
    head = "学号,姓名,异动类型,生效日期,文号"
    line = f"{student.student_no},{student.person.name},退学,2026-03-01,校发〔2026〕9号"
    undone(imported("status_changes", "number.csv", f"{head}\n{line}\n".encode()))
    assert life(student) == between
    undone(first)
    assert life(student) == before


@pytest.mark.slow
def test_everything_goes_in_reverse_order_and_comes_again():
    """The base, corrections of several tables and one undo in between: nothing is left, and all can be created anew."""
    codes, names = InstitutionCode._meta.label, InstitutionName._meta.label
    before = known_today()
    stock = {(one.student_no, one.current_state) for one in Student.objects.current()}
    for kind, file in (
        ("new_students", FIRST),
        ("new_students", CORRECTED),
        ("learning_centers", "files/learning_centers/clean.csv"),
        ("admission_plan", "files/admission_plan/clean.xlsx"),
        ("status_changes", "files/status_changes/clean.csv"),
        ("schools_and_majors", "files/schools_and_majors/clean.xlsx"),
    ):
        undone(imported(kind, file))
        imported(kind, file)
    for batch in ImportBatch.objects.filter(status=ImportBatch.State.COMMITTED).order_by("-pk"):
        undone(batch)
    assert not any(known_today().values())
    results = import_base()
    assert [result["created"] for result in results] == [result["accepted"] for result in results]
    assert len(results) == len(SCENARIOS["base"])
    assert {(one.student_no, one.current_state) for one in Student.objects.current()} == stock
    after = known_today()
    assert (after[codes], after[names]) == (before[codes], before[names])
    assert {label: len(rows) for label, rows in after.items()} == {label: len(rows) for label, rows in before.items()}
