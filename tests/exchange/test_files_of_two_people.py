"""What takes two people on a page takes two people by a file: one uploads it, another sees the whole of it and decides."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.errors import NotAllowed
from common.models import AuditEvent
from enrollment.models import Student, StudentChange
from exchange.importing import (
    approve_import,
    ask_to_undo,
    check_file,
    commit_file,
    decline_import,
    digest_of_reviews,
    keep_import,
    result_of,
    undo_import,
)
from exchange.importing.asking import request_commit
from exchange.importing.overview import overview_of
from exchange.models import ImportBatch, Job
from learning_centers.models import RuleSetting
from people.models import Membership, Notice, PersonFacts
from people.services import correct_person
from tests.builders import a_center, a_student, a_user, an_identity_number, an_institution, day, the_system
from tests.enrollment.asking import refused
from tests.exchange.importing import brought

pytestmark = pytest.mark.django_db
State = ImportBatch.State
CHANGES = "student_no,change_type,effective_date,decision_no,decision_date,reason"
STUDENTS = (
    "candidate_no,student_no,name,sex,birth_date,id_no,ethnicity,major_code,major_name,level_path,length,study_form,"
    "entry_date,center_code,prior_certificate_no,phone"
)
NUMBER = an_identity_number()


@pytest.fixture
def home():
    return an_institution()


@pytest.fixture
def student(home):
    return a_student(a_center(home), "T0000001", id_no=NUMBER, entered="2025-09-01", candidate_no="24320100000001")


@pytest.fixture
def registrar(home):
    return a_user("registrar", "exchange.import_file", "exchange.undo_import", "enrollment.approve_change", at=home)


@pytest.fixture
def second(home):
    return a_user("second", "enrollment.approve_change", "exchange.view_imports", at=home)


def uploaded(kind, head, *rows, by, **options):
    return check_file(brought(kind, "f.csv", "\n".join([head, *rows]).encode(), by=by, **options))


def changes(*rows, by, **options):
    return uploaded("status_changes", CHANGES, *rows, by=by, **options)


def of_student(*, name="王伟", phone="13800138000", major="081502"):
    return (
        f"24320100000001,T0000001,{name},男,1990-01-01,{NUMBER},汉族,{major},专业{major},专升本,2.5,非脱产,2025-09-01,0101,"
        f"116971201206000001,{phone}"
    )


def students(*rows, by):
    return uploaded("new_students", STUDENTS, *rows, by=by)


def approved(batch, by):
    approve_import(batch, seen=digest_of_reviews(batch), by=by)
    return commit_file(batch)


def codes(batch):
    return {one for row in batch.reviews.all() for one in row.refusals}


EXPULSION = "T0000001,expel,2026-03-01,校1号,2026-02-01,"


def test_one_person_alone_does_not_expel_by_a_file(student, registrar):
    batch = changes(EXPULSION, by=registrar)
    assert (batch.status, batch.needs_second_person) == (State.CHECKED, True)
    for attempt in (lambda: commit_file(batch), lambda: request_commit(batch, by=registrar)):
        with refused("second_person"):
            attempt()
    assert not StudentChange.objects.exists()


def test_what_a_second_person_has_seen_is_stored_with_the_result_that_was_foretold(student, registrar, second):
    batch = changes(EXPULSION, "T9999999,expel,2026-03-01,校1号,2026-02-01,", by=registrar)
    foretold = result_of(batch)
    stored = approved(batch, second)
    assert (stored.status, result_of(stored)) == (State.COMMITTED, foretold)
    assert StudentChange.objects.in_force().get().kind == "expel"
    assert AuditEvent.objects.filter(verb="exchange.decide_import", actor=second).count() == 1
    assert Notice.objects.filter(user=registrar, kind="import_approved").exists()


def test_who_may_decide_is_told_but_not_who_uploaded(student, registrar, second):
    changes(EXPULSION, by=registrar)
    assert set(Notice.objects.filter(kind="import_waiting").values_list("user__username", flat=True)) == {"second"}


def test_the_uploader_is_no_second_person_by_another_membership(student, registrar, second, home):
    Membership.objects.create(
        user=registrar, role=second.memberships.get().role, institution=home, begin=day("2000-01-01")
    )
    batch = changes(EXPULSION, by=registrar)
    with refused("second_person"):
        approve_import(batch, seen=digest_of_reviews(batch), by=registrar)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(decided_by=registrar)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportBatch.objects.filter(pk=batch.pk).update(status=State.COMMITTING)


def test_another_account_of_the_uploader_is_no_second_person(student, registrar, home):
    twin = a_user("twin", "enrollment.approve_change", at=home, email="li@example.edu.cn")
    batch = changes(EXPULSION, by=registrar)
    registrar.email = "Li@example.edu.cn"
    registrar.save()
    with refused("second_person"):
        approve_import(batch, seen=digest_of_reviews(batch), by=twin)


def test_an_outsider_decides_nothing(student, registrar):
    batch = changes(EXPULSION, by=registrar)
    outsider = a_user("outsider", "enrollment.approve_change", at=an_institution("10003", "清华大学"))
    clerk = a_user("clerk", "exchange.import_file", at=an_institution())
    for one in (outsider, clerk):
        with pytest.raises(NotAllowed):
            approve_import(batch, seen=digest_of_reviews(batch), by=one)
        with pytest.raises(NotAllowed):
            decline_import(batch, reason="no", by=one)
    batch.refresh_from_db()
    assert (batch.status, batch.decided_by) == (State.CHECKED, None)


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_nobody_decides_without_having_seen_it(student, registrar, second, seen):
    with refused("stale"):
        approve_import(changes(EXPULSION, by=registrar), seen=seen, by=second)


def test_what_was_seen_and_altered_since_is_not_stored(student, registrar, second):
    batch = changes(EXPULSION, by=registrar)
    approve_import(batch, seen=digest_of_reviews(batch), by=second)
    batch.reviews.update(guarded=False)
    with refused("stale"):
        commit_file(batch)


def test_who_has_lost_the_right_since_has_decided_nothing(student, registrar, second):
    batch = changes(EXPULSION, by=registrar)
    approve_import(batch, seen=digest_of_reviews(batch), by=second)
    second.memberships.all().delete()
    with pytest.raises(NotAllowed):
        commit_file(batch)
    assert not StudentChange.objects.exists()


def test_a_row_that_would_do_something_else_than_was_seen_is_refused(student, registrar, second):
    batch = students(of_student(name="王薇"), by=registrar)
    approve_import(batch, seen=digest_of_reviews(batch), by=second)
    correct_person(student.person, {"name": "王炜"}, reason="in error", by=the_system())
    commit_file(batch)
    assert [one.code for one in batch.issues.all()] == ["changed_since_seen"]
    assert PersonFacts.objects.current().get().name == "王炜"


def test_a_row_that_comes_to_need_two_people_after_the_check_is_refused(home, registrar):
    """Somebody else enters the student while the file waits: the file would rename him."""
    a_center(home)
    plan = "批次,教学点代码,专业代码,层次,学习形式,计划数\n2025秋,0101,081502,专升本,非脱产,9\n"
    commit_file(check_file(brought("admission_plan", "p.csv", plan.encode())))
    batch = students(of_student(name="王薇"), by=registrar)
    assert not batch.needs_second_person
    commit_file(students(of_student(), by=the_system()))
    assert [one.code for one in commit_file(batch).issues.all()] == ["changed_since_seen"]
    assert PersonFacts.objects.current().get().name == "王伟"


def test_the_rules_that_a_page_would_have_refused_by_are_named(student, registrar):
    batch = changes("T0000001,graduate,2025-11-01,校1号,2025-10-01,", by=registrar)
    assert codes(batch) == {"too_early_to_finish"}
    assert codes(changes("T0000001,suspend,2026-03-01,,,", by=registrar)) == {"reason_needed", "evidence_needed"}
    (one,) = overview_of(batch).refused
    assert (one.rows, str(one.sentence)) == ([2], "The least length of study is not over on that day.")


def test_each_row_is_judged_after_those_before_it(student, registrar):
    rows = ("T0000001,suspend,2025-10-01,,,病", "T0000001,resume,2026-11-01,,,")
    batch = changes(*rows, by=registrar)
    assert result_of(batch)["created"] == 2
    assert [one.refusals for one in batch.reviews.order_by("row")][1] == []
    RuleSetting.objects.create(
        institution=an_institution(), name="late_resumption_allowed", value=False,
        recorded_in_id=student.recorded_in_id,
    )  # fmt: skip
    late = changes(*rows, by=registrar)
    assert "suspension_over" in [one.refusals for one in late.reviews.order_by("row")][1]


def test_a_kind_that_takes_one_person_on_a_page_takes_one_by_a_file(student, registrar):
    RuleSetting.objects.create(
        institution=an_institution(), name="change_without_second_person", value=["suspend"],
        recorded_in_id=student.recorded_in_id,
    )  # fmt: skip
    suspension = "T0000001,suspend,2026-03-01,,,病"
    assert not changes(suspension, by=registrar).needs_second_person
    assert changes(suspension, "T0000001,withdraw,2026-09-01,,,病", by=registrar).needs_second_person


@pytest.mark.parametrize(
    ("row", "guarded"),
    [
        ({"name": "王薇"}, True),
        ({"phone": "13900139000"}, False),
        ({"name": "王薇", "phone": "13900139000"}, True),
    ],
)
def test_every_change_is_listed_and_corrections_take_two(student, registrar, row, guarded):
    commit_file(students(of_student(), by=the_system()))
    batch = students(of_student(**row), by=registrar)
    assert batch.needs_second_person == guarded
    (line,) = overview_of(batch).rows
    told = {str(cell.label): (cell.before, cell.after) for cell in line.cells if cell.before != cell.after}
    wanted = {"Name": ("王伟", "王薇")} if "name" in row else {}
    assert {label: told[label] for label in wanted} == wanted
    assert ("Phone" in told) == ("phone" in row)
    assert "13900139000" not in str(told)
    if not guarded:
        assert commit_file(batch).status == State.COMMITTED


def test_a_new_number_for_a_known_person_renames_nobody_alone(student, registrar, home):
    """The row makes a student, so nothing is updated; but the person is known, under another name."""
    commit_file(changes("T0000001,withdraw,2025-10-01,校1号,2025-09-20,", by=the_system()))
    plan = "批次,教学点代码,专业代码,层次,学习形式,计划数\n2025秋,0101,081502,专升本,非脱产,9\n"
    commit_file(check_file(brought("admission_plan", "p.csv", plan.encode())))
    row = of_student(name="王薇").replace("T0000001", "T0000002").replace("24320100000001", "24320100000002")
    batch = students(row, by=registrar)
    assert (result_of(batch)["created"], batch.needs_second_person) == (1, True)


def test_new_students_alone_take_one_person(home, registrar):
    a_center(home)
    plan = "批次,教学点代码,专业代码,层次,学习形式,计划数\n2025秋,0101,081502,专升本,非脱产,9\n"
    commit_file(check_file(brought("admission_plan", "p.csv", plan.encode(), by=registrar)))
    assert result_of(commit_file(students(of_student(), by=registrar)))["created"] == 1


def test_a_file_can_be_declined_with_a_reason_or_given_up(student, registrar, second):
    batch = changes(EXPULSION, by=registrar)
    with refused("required"):
        decline_import(batch, reason=" ", by=second)
    declined = decline_import(batch, reason="no decision on file", by=second)
    assert (declined.status, declined.decided_by) == (State.DECLINED, second)
    assert commit_file(batch).status == State.DECLINED
    given_up = decline_import(changes(EXPULSION, by=registrar), reason="", by=registrar)
    assert (given_up.status, given_up.decided_by) == (State.DECLINED, None)
    with refused("nothing_to_decide"):
        approve_import(batch, seen=digest_of_reviews(batch), by=second)


def test_what_the_system_user_has_only_checked_no_person_stores(student, registrar):
    batch = changes(EXPULSION, by=the_system(), institution=an_institution())
    with refused("second_person"):
        request_commit(batch, by=registrar)
    assert not Job.objects.exists()


def test_a_file_of_two_institutions_names_one_first(student, registrar):
    abroad = an_institution("10003", "清华大学")
    a_student(a_center(abroad, "1101"), "T0000002")
    Membership.objects.create(
        user=registrar, role=registrar.memberships.get().role, institution=abroad, begin=day("2000-01-01")
    )
    rows = (EXPULSION, EXPULSION.replace("T0000001", "T0000002"))
    batch = changes(*rows, by=registrar)
    assert [one.code for one in batch.issues.all()] == ["institution_needed"]
    assert changes(EXPULSION, by=registrar).institution == an_institution()


def shell(*options, tmp_path, row=EXPULSION):
    path = tmp_path / "changes.csv"
    path.write_text(f"{CHANGES}\n{row}\n")
    try:
        call_command("import_file", "status_changes", str(path), *options)
    except SystemExit as end:
        return end.code
    except CommandError as error:
        return error.returncode
    return 0


def test_in_the_shell_a_user_needs_a_second_person_and_the_system_user_does_not(student, registrar, second, tmp_path):
    assert shell("--as", "registrar", tmp_path=tmp_path) == 3
    assert (ImportBatch.objects.get().status, Notice.objects.get().user) == (State.CHECKED, second)
    assert shell("--as", "registrar", "--dry-run", tmp_path=tmp_path) == 0
    assert not StudentChange.objects.exists()
    assert shell(tmp_path=tmp_path) == 0
    assert StudentChange.objects.in_force().get().kind == "expel"


def test_taking_such_a_file_back_takes_two_people_as_well(student, registrar, second):
    batch = approved(changes(EXPULSION, by=registrar), second)
    for one in (registrar, the_registrar_of_another_day()):
        with refused("second_person"):
            undo_import(batch, by=one)
    ask_to_undo(batch, by=registrar)
    assert Notice.objects.filter(user=second, kind="undo_waiting").exists()
    with refused("second_person"):
        undo_import(batch, by=registrar)
    batch.refresh_from_db()
    assert undo_import(batch, by=second).status == State.UNDONE
    assert not StudentChange.objects.in_force().exists()


def the_registrar_of_another_day():
    return a_user("third", "exchange.undo_import", "enrollment.approve_change", at=an_institution())


def test_one_person_does_not_take_back_what_the_system_user_has_stored(student, registrar, second):
    batch = commit_file(changes(EXPULSION, by=the_system(), institution=an_institution()))
    with refused("second_person"):
        undo_import(batch, by=registrar)
    ask_to_undo(batch, by=registrar)
    keep_import(batch, by=second)
    with refused("second_person"):
        undo_import(batch, by=second)
    assert undo_import(batch, by=the_system()).status == State.UNDONE


def test_who_uploaded_new_students_may_take_them_back_within_a_day(home, registrar):
    a_center(home)
    plan = "批次,教学点代码,专业代码,层次,学习形式,计划数\n2025秋,0101,081502,专升本,非脱产,9\n"
    commit_file(check_file(brought("admission_plan", "p.csv", plan.encode(), by=registrar)))
    batch = commit_file(students(of_student(), by=registrar))
    with refused("second_person"):
        undo_import(batch, by=the_registrar_of_another_day())
    ImportBatch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - dt.timedelta(days=2))
    with refused("second_person"):
        undo_import(ImportBatch.objects.get(pk=batch.pk), by=registrar)
    ImportBatch.objects.filter(pk=batch.pk).update(finished_at=timezone.now())
    assert undo_import(ImportBatch.objects.get(pk=batch.pk), by=registrar).status == State.UNDONE
    assert not Student.objects.current().exists()
