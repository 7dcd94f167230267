import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse

from common.errors import NotAllowed
from common.ledger import recording
from common.models import Recording
from enrollment.models import AdmissionPlace, Student, StudentChange
from exchange.importing import HasDependents, dependents, result_of, undo_import
from exchange.models import ImportBatch, overwrite
from learning_centers.models import LearningCenter, Major
from tests.builders import a_user, an_institution, the_system
from tests.exchange.importing import brought, imported, known_today
from tests.exchange.samples import FOLDER

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def _base(base_is_imported):
    """The samples' starting state."""


def undone(batch):
    return undo_import(batch, by=the_system())


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("new_students", "files/new_students/clean.xlsx"),
        ("new_students", "files/new_students/messy_rules.csv"),
        ("status_changes", "files/status_changes/clean.csv"),
        ("admission_plan", "files/admission_plan/clean.xlsx"),
        ("learning_centers", "files/learning_centers/clean.csv"),
        ("schools_and_majors", "files/schools_and_majors/clean.xlsx"),
    ],
)
def test_everything_is_as_it_was_and_the_file_can_come_again(kind, file):
    before = known_today()
    batch = imported(kind, file)
    result = result_of(batch)
    assert known_today() != before
    undone(batch)
    assert known_today() == before
    assert result_of(imported(kind, file)) == result


def test_a_correction_is_taken_back_to_what_it_corrected():
    imported("new_students", "files/new_students/correction_1_first.xlsx")
    before = known_today()
    undone(imported("new_students", "files/new_students/correction_2_corrected.csv"))
    assert known_today() == before


def test_what_came_later_keeps_it():
    students = imported("new_students", "files/new_students/correction_1_first.xlsx")
    imported("new_students", "files/new_students/correction_2_corrected.csv")
    with pytest.raises(HasDependents) as refused:
        undone(students)
    assert {one.table for one in refused.value.dependents} >= {"enrollment.studententry", "people.personfacts"}
    students.refresh_from_db()
    assert students.status == ImportBatch.State.COMMITTED


def test_a_plan_with_students_on_it_stays():
    plan = ImportBatch.objects.get(kind="admission_plan")
    assert {one.table for one in dependents(plan)} == {"enrollment.admissionplace"}
    with pytest.raises(HasDependents):
        undone(plan)


def test_a_quota_that_was_raised_falls_back_and_keeps_what_is_taken():
    place = AdmissionPlace.objects.current().filter(taken__gt=0).order_by("pk").first()
    code, version = place.center_offering.center.code, place.center_offering.programme_version
    major = version.programme.major.code
    line = f"{place.batch.code},{code},{major},{version.programme.level_path},{version.study_form},{place.quota + 5}"
    content = f"批次,教学点代码,专业代码,层次,学习形式,计划数\n{line}\n".encode()
    undone(imported("admission_plan", "raised.csv", content))
    restored = AdmissionPlace.objects.current().get(batch=place.batch, center_offering=place.center_offering)
    assert (restored.quota, restored.taken) == (place.quota, place.taken)


def test_a_value_without_versions_comes_back():
    content = (FOLDER / "base/01_schools_and_majors.csv").read_text("utf-8-sig").replace("法学", "法律学").encode()
    batch = imported("schools_and_majors", "renamed.csv", content)
    assert Major.objects.filter(name="法律学").exists()
    undone(batch)
    assert not Major.objects.filter(name="法律学").exists()


def test_what_the_file_itself_has_overwritten_twice_comes_back(monkeypatch):
    """Each chunk is a recording; the last of them wrote what stands there, and no later import."""
    batch = imported("schools_and_majors", "base/01_schools_and_majors.csv")
    major = Major.objects.current().order_by("pk").first()
    name = major.name
    for again in ("甲", "乙"):
        with recording(major.institution, by=the_system(), reason="tests.chunk", source=batch.public_id) as entry:
            overwrite(entry.id, major, "name", again)
    assert dependents(batch) == []
    undone(batch)
    major.refresh_from_db()
    assert major.name == name


def test_what_somebody_else_has_overwritten_since_keeps_the_import():
    batch = imported("schools_and_majors", "base/01_schools_and_majors.csv")
    major = Major.objects.current().order_by("pk").first()
    for again, source in (("甲", batch.public_id), ("乙", None)):
        with recording(major.institution, by=the_system(), reason="tests.chunk", source=source) as entry:
            overwrite(entry.id, major, "name", again)
    assert [(one.table, one.key) for one in dependents(batch)] == [("learning_centers.major", major.pk)]


def test_the_ledger_names_what_was_undone():
    batch = imported("learning_centers", "files/learning_centers/clean.csv")
    undone(batch)
    undoing = Recording.objects.filter(reason="exchange.undo_import")
    assert {one.undoes.source for one in undoing} == {batch.public_id}
    assert not LearningCenter.objects.current().filter(code="0207").exists()


def test_it_can_be_undone_once_and_by_those_who_may():
    batch = imported("new_students", "files/new_students/clean.xlsx")
    outsider = a_user("outsider", "exchange.undo_import", at=an_institution("10534", "湖南科技大学"))
    with pytest.raises(NotAllowed):
        undo_import(batch, by=outsider)
    students = Student.objects.current().count()
    call_command("undo_import", str(batch.public_id))
    assert Student.objects.current().count() == students - 25
    with pytest.raises(CommandError) as refused:
        call_command("undo_import", str(batch.public_id))
    assert refused.value.returncode == 3


def test_a_file_that_is_only_checked_cannot_be_undone():
    with pytest.raises(Exception, match="state"):
        undone(brought("new_students", "files/new_students/clean.xlsx"))


def test_the_page_names_what_stands_in_the_way(client):
    students = ImportBatch.objects.get(kind="new_students")
    change = StudentChange.objects.current().select_related("student").first()
    rights = ("admin.enter", "exchange.view_imports", "exchange.import_file", "exchange.undo_import")
    registrar = a_user("registrar", *rights, "enrollment.view_students", at=change.student.institution)
    ImportBatch.objects.filter(pk=students.pk).update(institution=change.student.institution)
    client.force_login(registrar, backend=settings.AUTHENTICATION_BACKENDS[-1])
    page = client.get(reverse("admin:exchange_importbatch_undo", args=(students.public_id,))).text
    assert f"{change} · {change.student.student_no}" in page
    assert " object (" not in page


def test_the_page_names_no_students_to_who_may_not_see_them(client):
    students = ImportBatch.objects.get(kind="new_students")
    change = StudentChange.objects.current().select_related("student").first()
    rights = ("admin.enter", "exchange.view_imports", "exchange.import_file", "exchange.undo_import")
    ImportBatch.objects.filter(pk=students.pk).update(institution=change.student.institution)
    client.force_login(a_user("filer", *rights, at=change.student.institution), settings.AUTHENTICATION_BACKENDS[-1])
    page = client.get(reverse("admin:exchange_importbatch_undo", args=(students.public_id,)))
    assert (page.status_code, [one["rows"] for one in page.context["blocking"] if one["rows"]]) == (200, [])
    assert change.student.student_no not in page.text
