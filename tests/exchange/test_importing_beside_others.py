"""Two imports at once: nothing is stored twice, nothing is oversold, and none is left half stored."""

import threading
from collections import Counter

import pytest
from django.db import IntegrityError, connection

from common.bulk import copy_rows
from enrollment.models import AdmissionPlace, Student
from enrollment.records.imports.students_store import StudentsStore
from exchange.importing import check_file, commit_file, result_of, services, undo_import
from exchange.models import ImportBatch
from learning_centers.models import School
from tests.builders import a_center, a_school, a_user, an_identity_number, an_institution, the_system
from tests.exchange.importing import brought, imported

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = (
    "考生号,学号,姓名,性别,出生日期,证件号码,政治面貌,民族,专业代码,专业名称,层次,学制,学习形式,入学日期,教学点代码,"
    "原毕业证书编号"
)
QUOTA = 30


@pytest.fixture(autouse=True)
def _plan(monkeypatch):
    monkeypatch.setattr(services, "ROWS_A_CHUNK", 5)
    a_center(an_institution(), "0101")
    plan = f"批次,教学点代码,专业代码,层次,学习形式,计划数\n2025秋,0101,081502,专升本,非脱产,{QUOTA}\n"
    assert result_of(imported("admission_plan", "plan.csv", plan.encode()))["created"] == 1


def students(first, count):
    lines = [
        f"243201{number:08d},T{number:07d},王伟,男,1990-01-01,{an_identity_number()},群众,汉,081502,专业081502,专升本,2.5,"
        f"非脱产,2025-09-01,0101,116971201206{number:06d}"
        for number in range(first, first + count)
    ]
    return "\n".join([HEAD, *lines]).encode()


def at_once(*contents):
    """Check the files one by one, then store them at the same time; returns what came of each."""
    batches = [check_file(brought("new_students", "students.csv", content)) for content in contents]
    start, failures = threading.Barrier(len(batches)), []

    def store(batch):
        try:
            start.wait()
            commit_file(batch)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=store, args=(batch,)) for batch in batches]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures
    return [result_of(ImportBatch.objects.get(pk=batch.pk)) for batch in batches]


def taken():
    return AdmissionPlace.objects.current().get().taken


def test_the_same_file_twice_at_once_is_stored_once():
    content = students(1, 20)
    first, second = at_once(content, content)
    assert first["created"] + second["created"] == 20
    assert first["unchanged"] + second["unchanged"] == 20
    assert first["rejected"] == second["rejected"] == 0
    assert Student.objects.current().count() == taken() == 20


def test_two_files_for_the_last_places_fill_them_and_no_more():
    results = at_once(students(1, 20), students(101, 20))
    assert sum(result["created"] for result in results) == QUOTA == taken() == Student.objects.current().count()
    codes = Counter(issue["code"] for result in results for issue in result["rows"])
    assert codes == {"quota_exceeded": 40 - QUOTA}
    for result in results:
        refused = [issue["row"] for issue in result["rows"]]
        assert refused == sorted(refused)


def test_two_processes_with_the_same_batch_store_it_once():
    batch = check_file(brought("new_students", "students.csv", students(1, 20)))
    workers = [threading.Thread(target=lambda: (commit_file(batch), connection.close())) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    batch.refresh_from_db()
    assert (batch.status, result_of(batch)["created"], taken()) == (batch.State.COMMITTED, 20, 20)


def test_who_leaves_a_full_centre_makes_room_in_the_same_file():
    a_center(an_institution(), "0102")
    plan = "批次,教学点代码,专业代码,层次,学习形式,计划数\n2025秋,0102,081502,专升本,非脱产,5\n"
    imported("admission_plan", "plan.csv", plan.encode())
    full = students(1, QUOTA)
    imported("new_students", "full.csv", full)
    head, moving, *_ = full.decode().splitlines()
    arriving = students(501, 1).decode().splitlines()[1]
    content = "\n".join([head, moving.replace(",0101,", ",0102,"), arriving]).encode()
    result = result_of(imported("new_students", "moved.csv", content))
    assert (result["created"], result["updated"], result["rejected"]) == (1, 1, 0), result["rows"]


def test_an_import_that_others_always_disturb_can_be_undone(monkeypatch):
    batch = check_file(brought("new_students", "students.csv", students(1, 20)))
    real, calls = services._write, []

    def write(*arguments):
        calls.append(True)
        if len(calls) > 2:
            raise IntegrityError("Key (digest)=(secret) already exists")
        return real(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(services, "_write", write)
        with pytest.raises(Exception, match="Others are writing") as refused:
            commit_file(batch)
    assert (refused.value.code, refused.value.__cause__) == ("busy", None)
    assert Student.objects.current().count() == taken() == 10
    undo_import(batch, by=the_system())
    assert Student.objects.current().count() == taken() == 0
    assert commit_file(batch).status == ImportBatch.State.UNDONE


def test_copying_a_key_twice_is_the_error_that_callers_know():
    school = a_school(an_institution())
    row = (school.pk, school.institution_id, "X", "X", school.recorded_in_id)
    with pytest.raises(IntegrityError):
        copy_rows(School, ("id", "institution_id", "code", "name", "recorded_in_id"), [row])


@pytest.fixture
def planned(monkeypatch):
    """How many rows each planning saw."""
    seen, real = [], StudentsStore.plan
    monkeypatch.setattr(StudentsStore, "plan", lambda store, rows: (seen.append(len(rows)), real(store, rows)))
    return seen


def test_what_the_check_has_planned_is_stored_as_it_is_while_nobody_writes(planned):
    content = students(1, 12)
    batch = check_file(brought("new_students", "students.csv", content))
    assert result_of(commit_file(batch))["created"] == taken() == 12
    again = check_file(brought("new_students", "students.csv", content))
    assert result_of(commit_file(again))["unchanged"] == taken() == 12
    assert planned == [5, 5, 2] * 2


def test_once_somebody_has_written_all_is_planned_anew(planned):
    batch = check_file(brought("new_students", "students.csv", students(1, 12)))
    imported("new_students", "others.csv", students(101, 20))
    planned.clear()
    result = result_of(commit_file(batch))
    assert (planned, result["created"], result["rejected"], taken()) == ([5, 5, 2], 10, 2, QUOTA)


def test_what_was_as_the_file_says_is_judged_anew_once_somebody_has_written(planned):
    content = students(1, 12)
    imported("new_students", "students.csv", content)
    again = check_file(brought("new_students", "students.csv", content))
    assert result_of(again)["unchanged"] == 12
    lines = content.decode().splitlines()
    imported("new_students", "other.csv", "\n".join([HEAD, lines[1].replace("群众", "共青团员")]).encode())
    planned.clear()
    result = result_of(commit_file(again))
    assert (planned, result["updated"], result["unchanged"]) == ([5, 5, 2], 1, 11)


def test_who_has_lost_the_right_after_the_check_stores_nothing():
    user = a_user("registrar", "exchange.import_file", at=an_institution())
    batch = check_file(brought("new_students", "students.csv", students(1, 12), by=user))
    user.memberships.all().delete()
    result = result_of(commit_file(batch))
    assert (result["created"], taken()) == (0, 0)
    assert Counter(issue["code"] for issue in result["rows"]) == {"center_unknown": 12}
