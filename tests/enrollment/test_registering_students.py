"""Registration makes the degree student and the number; each year's registration; the re-check of entitlement
(docs/rules.md §2.3)."""

import pytest
from django.db import IntegrityError, transaction

from common.dates import as_on
from common.errors import DomainError, NotAllowed
from common.models import Recording
from common.numbering import advance, last_number
from enrollment.admission.models.applications import ApplicationStatus as Status
from enrollment.admission.services import registering
from enrollment.models import AdmissionPlace, EntitlementCheck, Student, StudentEntry, YearlyRegistration
from enrollment.rules import student_no_pattern
from enrollment.services import (
    check_in,
    record_entitlement,
    register_many,
    register_student,
    register_year,
    school_year_of,
    set_window,
    verify_prior,
)
from exchange.importing import result_of
from learning_centers.services import stop_intake
from people.models import Contact, Person, PersonFacts
from reporting.reports.figures import ask, compute
from reporting.reports.laws import check
from tests.applicants import a_draft, a_place, an_application
from tests.builders import a_center, a_student, a_user, an_institution, day, the_system
from tests.enrollment.rules import ruled
from tests.exchange.importing import imported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_year_later():
    """All days of these tests have come."""
    with as_on(day("2027-06-01")):
        yield


FIRST = day("2026-03-01")


@pytest.fixture
def center():
    center = a_center(an_institution())
    a_place(center)
    return center


def ready(center, **terms):
    return an_application(center, Status.CHECKED_IN, **terms)


def register(application, on=FIRST):
    return register_student(application, on=on, by=the_system())


def refused(code, act, *args, **terms):
    with pytest.raises(DomainError) as refusal:
        act(*args, **terms)
    assert refusal.value.code == code


def codes(results):
    return [refusal and refusal.code for _row, refusal in results]


def test_who_registers_stands_in_the_figures_from_the_first_day(center):
    register(ready(center), on=day("2026-03-20"))
    table = compute(ask(center.institution, day("2026-03-01"), day("2025-09-01")), ())
    check(table)
    assert (table.value("deg.stock"), table.value("deg.entrants")) == (1, 1)


def test_the_entry_is_what_the_application_says(center):
    draft = a_draft(class_name="石工2601", branch_name="长沙")
    entry = StudentEntry.objects.get(student=register(ready(center, draft=draft)))
    assert (entry.entry_date, entry.batch.code, entry.center, entry.kind, entry.origin) == (
        FIRST, "2026-spring", center, "admission", "recorded",
    )  # fmt: skip
    assert (entry.candidate_no, entry.class_name, entry.branch_name, entry.prior_certificate_no) == (
        draft.candidate_no, "石工2601", "长沙", draft.prior_certificate_no,
    )  # fmt: skip
    assert (str(entry.length), entry.expected_graduation) == ("2.5", day("2028-08-31"))


def test_a_known_person_is_not_made_twice_and_what_is_younger_stands(center):
    draft = a_draft(political_status="masses")
    former = a_student(
        center, id_no=draft.id_no, name="李娜", sex="female", born="1995-05-05", entered="2020-03-01",
        changes=[("graduate", "2022-07-01")],
    )  # fmt: skip
    student = register(ready(center, draft=draft))
    assert (student.person, Person.objects.count()) == (former.person, 1)
    facts = PersonFacts.objects.current().get()
    assert (facts.political_status, facts.ethnicity) == ("masses", "01")
    assert Contact.objects.current().get().value == f"+86{draft.phone}"


def test_a_number_under_another_name_has_to_be_cleared_up_first(center):
    draft = a_draft()
    known = {"id_no": draft.id_no, "sex": "female", "born": "1995-05-05", "entered": "2020-03-01"}
    a_student(center, name="王芳", changes=[("graduate", "2022-07-01")], **known)
    refused("person_differs", register, ready(center, draft=draft))


def test_only_who_has_checked_in_is_registered_and_only_once(center):
    refused("move_not_possible", register, an_application(center, Status.ACCEPTED))
    one = ready(center)
    register(one)
    refused("move_not_possible", register, one)
    assert AdmissionPlace.objects.current().get().taken == 2


def test_a_centre_that_stopped_meanwhile_gets_no_student(center):
    one = ready(center)
    stop_intake(center, on=day("2026-02-15"), reason="annual inspection", by=the_system())
    refused("center_stopped_intake", register, one)


def test_a_diploma_that_proved_false_meanwhile_keeps_the_applicant_out(center):
    one = ready(center)
    verify_prior(one, "not_found", "registry", by=the_system())
    refused("prior_not_verified", register, one)


def test_a_file_does_not_bring_who_holds_a_place_by_an_application(center):
    draft = a_draft()
    one = ready(center, draft=draft)
    head = "考生号,学号,姓名,性别,出生日期,证件号码,民族,专业代码,专业名称,层次,学制,学习形式,入学日期,教学点代码,原毕业证书编号"
    line = (
        f"{draft.candidate_no},T0000001,李娜,女,1995-05-05,{draft.id_no},汉,081502,专业081502,专升本,2.5,非脱产,"
        f"{{day}},0101,{draft.prior_certificate_no}"
    )
    spring = "\n".join([head, line.format(day="2026-03-01")]).encode()
    result = result_of(imported("new_students", "students.csv", spring))
    assert [row["code"] for row in result["rows"]] == ["application_holds_place"]
    student = register(one)
    known = "\n".join([head, line.replace("T0000001", student.student_no).format(day="2026-03-01")]).encode()
    assert result_of(imported("new_students", "students.csv", known))["unchanged"] == 1
    assert AdmissionPlace.objects.current().get().taken == 1


def test_nobody_is_registered_before_the_batch_begins_unless_its_window_is_open(center):
    one = ready(center)
    with as_on(day("2026-02-20")):
        refused("batch_not_begun", register, one, on=day("2026-02-20"))
        set_window(one.batch, "register", day("2026-02-15"), day("2026-03-10"), by=the_system())
        assert register(one, on=day("2026-02-20"))


def test_registration_has_its_window(center):
    one = ready(center)
    set_window(one.batch, "register", day("2026-03-01"), day("2026-03-10"), by=the_system())
    refused("window_closed", register, one, on=day("2026-03-10"))
    assert register(one, on=day("2026-03-09"))


def test_who_enrolled_elsewhere_meanwhile_is_not_registered(center):
    draft = a_draft()
    one = ready(center, draft=draft)
    a_student(center, id_no=draft.id_no, name="李娜", sex="female", born="1995-05-05")
    refused("person_already_enrolled", register, one)


def test_a_kept_place_is_taken_along_into_the_batch_that_begins(center):
    kept = an_application(center, Status.PLACE_KEPT)
    a_place(center, 1, code="2026-autumn")
    kept = check_in(kept, on=day("2026-09-03"), by=the_system())
    student = register(kept, on=day("2026-09-05"))
    entry = StudentEntry.objects.get(student=student)
    assert (entry.entry_date, entry.batch.code, student.student_no) == (
        day("2026-09-01"),
        "2026-autumn",
        "2026221010001",
    )
    taken = dict(AdmissionPlace.objects.current().values_list("batch__code", "taken"))
    assert taken == {"2026-spring": 0, "2026-autumn": 1}
    second = check_in(an_application(center, Status.PLACE_KEPT), on=day("2026-09-03"), by=the_system())
    refused("quota_exceeded", register, second, on=day("2026-09-05"))
    assert dict(AdmissionPlace.objects.current().values_list("batch__code", "taken")) == {
        "2026-spring": 1,
        "2026-autumn": 1,
    }


def test_a_kept_place_asks_for_the_window_of_the_batch_that_it_leads_into(center):
    first, second = (an_application(center, Status.PLACE_KEPT) for _ in range(2))
    autumn = a_place(center, 2, code="2026-autumn").batch
    set_window(first.batch, "register", FIRST, day("2026-04-01"), by=the_system())
    come = [check_in(one, on=day("2026-09-03"), by=the_system()) for one in (first, second)]
    assert register(come[0], on=day("2026-09-05")).student_no
    set_window(autumn, "register", day("2026-09-01"), day("2026-09-04"), by=the_system())
    refused("window_closed", register, come[1], on=day("2026-09-05"))


def test_a_kept_place_leads_nowhere_without_a_plan(center):
    kept = check_in(an_application(center, Status.PLACE_KEPT), on=day("2027-02-25"), by=the_system())
    refused("no_admission_plan", register, kept, on=day("2027-03-01"))


def test_who_returns_before_the_batch_begins_is_of_that_batch(center):
    a_place(center, 1, code="2027-spring")
    kept = check_in(an_application(center, Status.PLACE_KEPT), on=day("2027-02-25"), by=the_system())
    assert StudentEntry.objects.get(student=register(kept, on=day("2027-03-01"))).entry_date == day("2027-03-01")


def test_the_days_of_grace_count_for_a_kept_place_up_to_the_last(center):
    """14 days after 1 September one is still of the autumn, on the 15th day of the next batch."""
    for code in ("2026-autumn", "2027-spring"):
        a_place(center, 2, code=code)
    begins = {}
    for on in ("2026-09-15", "2026-09-16"):
        kept = check_in(an_application(center, Status.PLACE_KEPT), on=day(on), by=the_system())
        entry = StudentEntry.objects.get(student=register(kept, on=day("2027-03-05")))
        begins[on] = entry.batch.code
    assert begins == {"2026-09-15": "2026-autumn", "2026-09-16": "2027-spring"}


def test_numbers_step_over_those_that_files_brought(center):
    for number in ("2026121010002", "2026121010003"):
        a_student(center, number, entered="2026-03-01")
    numbers = [
        row.student.student_no
        for row, _none in register_many([ready(center) for _ in range(3)], on=FIRST, by=the_system())
    ]
    assert numbers == ["2026121010001", "2026121010004", "2026121010005"]


def test_a_number_whose_student_was_taken_back_is_not_given_again(center):
    gone = a_student(center, "2026121010001", entered="2026-03-01")
    Student.objects.filter(pk=gone.pk).supersede(Recording.objects.latest("id").pk)
    assert register(ready(center)).student_no == "2026121010002"


def test_a_registration_that_fails_gives_its_number_back(center):
    first, second = ready(center), ready(center)
    with pytest.raises(RuntimeError):
        fail_after(first)
    assert register(second).student_no == "2026121010001"


def fail_after(application):
    with transaction.atomic():
        register(application)
        raise RuntimeError


def test_who_meets_a_number_that_a_file_brings_in_the_same_moment_is_judged_anew(center, monkeypatch):
    real, given = registering.take_numbers, []

    def late(*terms):
        numbers = real(*terms)
        if not given:
            a_student(center, numbers[0], entered="2026-03-01")
        given.append(numbers[0])
        return numbers

    monkeypatch.setattr(registering, "take_numbers", late)
    assert register(ready(center)).student_no == given[1]
    assert len(given) == 2
    monkeypatch.setattr(registering, "_register", collide)
    refused("busy", register, ready(center))


def collide(*_terms):
    raise IntegrityError("student_no_once")


def test_the_pattern_of_numbers_is_a_rule_per_school_path_and_year(center):
    one, two = ready(center), ready(center)
    with ruled(center.institution, "student_no_pattern", "C{yy}{major}{serial:03}", level_path="jc_to_ba"):
        assert register(one).student_no == "C26081502001"
    with ruled(center.institution, "student_no_pattern", "{year}{center:05}{serial:05}", begin=day("2026-03-01")):
        assert register(two).student_no == "20260010100001"


@pytest.mark.parametrize(
    "pattern",
    [
        "{year}{center:03}", "{year}{serial:02}", "{serial:04}{year}", "{year}{season}{path}{center:05}{serial:05}",
        "{id_no:018}{serial:04}", "{year}{center}{serial:04}", "{year}-{serial:04}", "{year}{serial:04}{serial:04}",
        "{year}{serial}", "", "学{serial:04}",
    ],
)  # fmt: skip
def test_a_pattern_that_makes_no_unique_short_numbers_cannot_be_set(center, pattern):
    with pytest.raises(ValueError):
        student_no_pattern(pattern)
    with pytest.raises(DomainError) as refusal, ruled(center.institution, "student_no_pattern", pattern):
        pass
    assert refusal.value.code == "value_not_possible"


def test_a_pattern_that_is_used_up_says_so(center):
    a_student(center, "26999", entered="2026-03-01")  # the last one came by a file
    with ruled(center.institution, "student_no_pattern", "{yy}{serial:03}"):
        last_number(center.institution, "student-no 26")
        advance(center.institution, "student-no 26", 998)
        refused("numbers_used_up", register, ready(center))


def test_many_are_registered_in_one_recording_each_with_its_answer(center):
    first, second, third = (ready(center) for _ in range(3))
    unready = an_application(center, Status.ACCEPTED)
    before = Recording.objects.count()
    results = register_many([second, unready, first, third, second], on=FIRST, by=the_system())
    assert codes(results) == [None, "move_not_possible", None, None]
    assert Recording.objects.count() - before == 1
    assert [row.student.student_no[-4:] for row, refusal in results if not refusal] == ["0001", "0002", "0003"]


def test_an_outsider_registers_nobody(center):
    rights = ("enrollment.register_student", "enrollment.register_year", "enrollment.record_entitlement")
    outsider = a_user("wang", *rights, at=a_center(center.institution, "0102"))
    one = ready(center)
    with pytest.raises(NotAllowed):
        register_student(one, on=FIRST, by=outsider)
    assert codes(register_many([one], on=FIRST, by=outsider)) == ["not_allowed"]
    student = register(one)
    assert codes(register_year([student], 2026, on=day("2026-09-01"), by=outsider)) == ["not_allowed"]
    with pytest.raises(NotAllowed):
        record_entitlement(student, "passed", by=outsider)


def test_each_school_year_is_registered_once_by_who_is_active(center):
    here = a_student(center, entered="2025-03-01")
    gone = a_student(center, entered="2025-03-01", changes=[("withdraw", "2026-01-01")])
    away = a_student(center, entered="2025-03-01", changes=[("suspend", "2026-05-01")])
    students = [here, gone, away]
    refused("year_not_begun", register_year, students, 2026, on=day("2026-05-31"), by=the_system())
    assert codes(register_year(students, 2026, on=day("2026-09-01"), by=the_system())) == [
        None,
        "not_active",
        "not_active",
    ]
    assert codes(register_year([here], 2026, on=day("2026-09-02"), by=the_system())) == ["registered_already"]
    assert codes(register_year([gone], 2025, on=day("2025-09-02"), by=the_system())) == [None]
    assert set(YearlyRegistration.objects.values_list("student", "school_year")) == {(here.pk, 2026), (gone.pk, 2025)}
    assert [school_year_of(day(text)) for text in ("2026-08-31", "2026-09-01")] == [2025, 2026]


def test_who_registers_ahead_is_active_when_the_school_year_begins(center):
    """In summer for the year to come, later on for the day itself; at the centre where the student is then."""
    other = a_center(center.institution, "0102")
    back = a_student(center, entered="2025-03-01", changes=[("suspend", "2026-03-01"), ("resume", "2026-09-01")])
    moving = [("change_center", "2026-09-01", {"new_center_id": other.pk})]
    gone, moved = (
        a_student(center, entered="2025-03-01", changes=changes) for changes in ([("withdraw", "2026-09-01")], moving)
    )
    results = register_year([back, gone, moved], 2026, on=day("2026-06-01"), by=the_system())
    assert codes(results) == [None, "not_active", None]
    assert set(YearlyRegistration.objects.values_list("student", "center")) == {
        (back.pk, center.pk), (moved.pk, other.pk),
    }  # fmt: skip
    leaving = a_student(center, entered="2025-03-01", changes=[("withdraw", "2026-10-02")])
    assert codes(register_year([leaving], 2026, on=day("2026-10-02"), by=the_system())) == ["not_active"]
    assert codes(register_year([leaving], 2026, on=day("2026-10-01"), by=the_system())) == [None]


def test_entitlement_is_checked_again_within_months_that_a_rule_names(center):
    with ruled(center.institution, "entitlement_check_months", 2):
        student = register(ready(center))
    assert EntitlementCheck.objects.current().get().due_on == day("2026-05-01")
    refused("required", record_entitlement, student, "failed", by=the_system())
    refused("value_not_possible", record_entitlement, student, "pending", by=the_system())
    with as_on(day("2026-04-20")):
        record_entitlement(student, "failed", "diploma is another person's", by=the_system())
    found = EntitlementCheck.objects.current().get()
    assert (found.result, found.checked_on, found.due_on) == ("failed", day("2026-04-20"), day("2026-05-01"))
    refused("nothing_changes", record_entitlement, student, "failed", "again", by=the_system())
    stranger = a_student(center)
    refused("nothing_changes", record_entitlement, stranger, "passed", by=the_system())
