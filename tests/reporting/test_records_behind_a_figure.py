"""Every figure leads to its records, and every student to the rule that counts or leaves out (docs/rules.md §6.5)."""

import pytest

from common.errors import DomainError
from common.ledger import knowledge_at, recording
from enrollment.families.dimensions import STANDARD
from enrollment.models import Student, StudentEntry, StudentPeriod
from enrollment.services import ChangeDraft, record_change
from people.models import Membership, Role
from reporting.reports.figures import ask, compute, scope_of
from reporting.reports.records import records_behind, why_not_counted
from reporting.services import compute_run, run_for
from tests.builders import a_center, a_student, a_user, an_institution, day, the_system

pytestmark = pytest.mark.django_db
COMING = ("entrants", "resumed", "transferred_in", "moved_in")
LEAVING = (
    "graduates", "completers", "incompletes", "suspensions", "withdrawals", "expulsions", "deaths", "transfers_out",
    "cancellations", "moved_out",
)  # fmt: skip


@pytest.fixture
def institution():
    return an_institution()


@pytest.fixture
def center(institution):
    return a_center(institution)


@pytest.fixture
def other(institution):
    return a_center(institution, "0102", province="440000")


@pytest.fixture
def lives(center, other):
    """Students with every kind of event, by what befell them."""
    there = {"new_center_id": other.pk}
    back = {"new_center_id": center.pk}
    return {
        "stays": a_student(center),
        "entered": a_student(center, entered="2025-03-01", sex="female"),
        "graduated": a_student(center, entered="2022-03-01", changes=[("graduate", "2025-06-30")]),
        "suspended": a_student(center, changes=[("suspend", "2025-03-01")]),
        "withdrew suspended": a_student(center, changes=[("suspend", "2024-10-01"), ("withdraw", "2025-03-01")]),
        "moved": a_student(center, changes=[("change_center", "2025-03-01", there)]),
        "there and back": a_student(
            center, changes=[("change_center", "2025-03-01", there), ("change_center", "2025-05-01", back)]
        ),
        "diploma later": a_student(
            center, entered="2022-03-01", changes=[("complete", "2024-12-01"), ("graduate", "2025-06-30")]
        ),
        "later": a_student(center, entered="2025-10-01"),
    }


@pytest.fixture
def question(institution, lives):
    return ask(institution, day("2025-09-01"), day("2024-09-01"))


def test_the_records_of_every_cell_are_as_many_as_the_figure_says(question):
    table = compute(question, STANDARD)
    registrar = the_system()
    twice = 0
    for figure in table.figures():
        records = records_behind(question, figure.indicator, figure.slice, user=registrar)
        assert records.counted == figure.value, figure
        twice += records.counted - records.subjects.count()
    assert twice == 0


def test_whoever_is_counted_twice_stands_once(center, other, institution):
    moves = [("change_center", f"2025-0{month}-01", {"new_center_id": to.pk})
             for month, to in ((3, other), (4, center), (5, other))]  # fmt: skip
    a_student(center, changes=moves)
    question = ask(institution, day("2025-09-01"), day("2024-09-01"))
    records = records_behind(question, "deg.moved_in", {"center": "0102"}, user=the_system())
    assert (records.counted, records.subjects.count()) == (2, 1)


def test_records_can_be_paged_and_filtered_further(question, lives):
    records = records_behind(question, "deg.stock", {"center": "0101"}, user=the_system())
    first = records.subjects[:2]
    rest = records.subjects.filter(pk__gt=first[1].pk)
    assert len(first) + rest.count() == records.counted
    assert records.subjects.filter(person__name__contains="王").count() == records.counted


def test_unknown_is_a_slice_with_records(question):
    assert records_behind(question, "deg.stock", {"sex": None}, user=the_system()).counted == 0


@pytest.mark.parametrize(
    ("indicator", "slice_"),
    [("deg.nothing", {}), ("deg.stock", {"centre": "0101"}), ("deg.entrants", {"age_band": "20-24"})],
)
def test_what_does_not_exist_is_refused(question, indicator, slice_):
    with pytest.raises(DomainError):
        records_behind(question, indicator, slice_, user=the_system())


def test_flows_need_a_window(institution):
    with pytest.raises(DomainError):
        records_behind(ask(institution, day("2025-09-01")), "deg.entrants", {}, user=the_system())


@pytest.mark.parametrize(
    ("who", "indicator", "slice_", "code"),
    [
        ("stays", "deg.stock", {}, "counted"),
        ("stays", "deg.stock", {"center": "0102"}, "other_slice"),
        ("stays", "deg.suspended", {}, "active"),
        ("stays", "deg.withdrawals", {}, "no_such_event"),
        ("stays", "deg.entrants", {}, "outside_window"),
        ("later", "deg.stock", {}, "entered_later"),
        ("graduated", "deg.stock", {}, "left_before"),
        ("suspended", "deg.stock", {}, "suspended"),
        ("withdrew suspended", "deg.stock", {}, "left_before"),
        ("withdrew suspended", "deg.withdrawals", {}, "left_while_suspended"),
        ("moved", "deg.moved_in", {}, "same_slice"),
        ("moved", "deg.moved_in", {"center": "0102"}, "counted"),
        ("moved", "deg.stock", {"center": "0101"}, "other_slice"),
        ("diploma later", "deg.graduates", {}, "diploma_after_completion"),
        ("stays", "deg.transferred_in", {}, "came_otherwise"),
    ],
)
def test_a_student_is_told_the_rule(question, lives, who, indicator, slice_, code):
    answer = why_not_counted(lives[who], question, indicator, slice_)
    assert answer.code == code, answer
    assert answer.is_counted == (code == "counted")


def test_the_sentence_names_kind_and_day(question, lives):
    answer = why_not_counted(lives["graduated"], question, "deg.stock")
    assert answer.sentence == "The student had left before (graduation); the first day not counted was 2025-07-01."


def test_what_was_not_known_then_or_was_taken_back(institution, center):
    early = a_student(center)
    then = knowledge_at(institution)
    late = a_student(center)
    question = ask(institution, day("2025-09-01"), knowledge=then)
    assert why_not_counted(late, question, "deg.stock").code == "not_known_then"
    StudentPeriod.objects.filter(student=early).supersede(late.recorded_in_id)
    assert why_not_counted(early, ask(institution, day("2025-09-01")), "deg.stock").code == "voided"
    assert why_not_counted(early, question, "deg.stock").is_counted


def test_a_coordinator_counts_periods_of_the_own_centre_only(institution, center, other, lives):
    coordinator = a_user("coordinator", "enrollment.view_students", at=center)
    scope = scope_of(coordinator, institution)
    question = ask(institution, day("2025-09-01"), day("2024-09-01"), scope=scope)
    table = compute(question, [("center",), ("sex",)])
    assert {key for key, _values in table.rows(("center",))} == {("0101",)}
    assert table.value("deg.closing") == 3
    assert (table.value("deg.moved_out"), table.value("deg.moved_in")) == (2, 1)
    shown = records_behind(question, "deg.moved_out", {}, user=coordinator)
    assert (shown.counted, list(shown.subjects)) == (2, [lives["there and back"]])
    assert why_not_counted(lives["moved"], question, "deg.stock").code == "outside_scope"


def test_a_sister_centre_and_a_stranger_see_nothing(institution, center, lives):
    sister = a_user("sister", at=a_center(institution, "0103"))
    foreign = an_institution("10534", "湖南科技大学")
    stranger = a_user("stranger", at=foreign)
    for user in (sister, stranger):
        question = ask(institution, day("2025-09-01"), day("2024-09-01"), scope=scope_of(user, institution))
        assert set(compute(question).cells[()][()].values()) == {0}
        assert not records_behind(question, "deg.stock", {}, user=user).subjects.exists()
    assert scope_of(a_user("registrar", at=institution), institution) is None


def test_of_the_records_one_is_shown_the_students_of_the_own_place(client, institution, center, other):
    """Whoever reads the figures of all, and may see the students of one centre."""
    mine, theirs = a_student(center, "202401010001"), a_student(other, "202401020001")
    analyst = a_user("analyst", "admin.enter", "reporting.view_figures", at=institution)
    role = Role.objects.create(code="sees", name="sees", verbs=["enrollment.view_students"])
    Membership.objects.create(user=analyst, role=role, institution=institution, center=center)
    run = compute_run(run_for(institution, day("2025-09-01"), by=the_system()).pk)
    client.force_login(analyst)
    page = f"/admin/reporting/statisticsrun/{run.public_id}"
    listed = client.get(f"{page}/records/?indicator=deg.stock")
    assert (list(listed.context["records"]), listed.context["counted"]) == ([mine], 2)
    for student, told in (
        (mine, "The student is counted here."),
        (theirs, "There is no student with this number here."),
    ):
        assert told in client.get(f"{page}/why/?indicator=deg.stock&student_no={student.student_no}").content.decode()


def test_who_may_see_no_students_is_shown_no_records(client, institution, center):
    a_student(center, "202401010001")
    client.force_login(a_user("reader", "admin.enter", "reporting.view_figures", at=institution))
    run = compute_run(run_for(institution, day("2025-09-01"), by=the_system()).pk)
    page = f"/admin/reporting/statisticsrun/{run.public_id}"
    asked = [f"{page}/records/?indicator=deg.stock", f"{page}/why/?indicator=deg.stock&student_no=202401010001"]
    assert [client.get(one).status_code for one in asked] == [404, 404]
    assert f"{page}/records/" not in client.get(f"{page}/change/").content.decode()


def test_the_flow_closes_within_a_scope(institution, center, other, lives):
    found = {}
    for place in (center, other):
        question = ask(institution, day("2025-09-01"), day("2024-09-01"), scope=frozenset([place.pk]))
        table = compute(question, [("center",), ("province",)])
        opening, closing, came, left = (
            sum(table.value(f"deg.{one}") for one in some) for some in (["opening"], ["closing"], COMING, LEAVING)
        )
        assert opening + came - left == closing
        found[place] = opening, came, left, closing
    assert found == {center: (7, 2, 6, 3), other: (0, 2, 1, 1)}


def test_a_change_in_the_past_changes_the_figure_of_that_day(institution, center, lives):
    registrar = a_user("registrar", "enrollment.record_change", at=institution)
    asked = (institution, day("2025-02-01"))
    before = compute(ask(*asked)).value("deg.stock")
    record_change(lives["stays"], ChangeDraft("withdraw", day("2025-01-01")), by=registrar)
    assert compute(ask(*asked)).value("deg.stock") == before - 1


def test_a_student_whose_import_was_taken_back_still_stands_behind_the_figure_of_then(client, institution, center):
    """The number may have been given anew: the answer is about whoever held it when the figure was known."""
    registrar = a_user(
        "reg",
        "admin.enter",
        "reporting.view_figures",
        "reporting.compute_statistics",
        "enrollment.view_students",
        at=institution,
    )
    taken_back = a_student(center, student_no="202501010001")
    then = run_for(institution, day("2025-09-01"), breakdowns=[()], by=registrar)
    compute_run(then.pk)
    with recording(institution, by=the_system(), reason="tests.undo") as undone:
        for model in (StudentPeriod, StudentEntry):
            model.objects.filter(student=taken_back).supersede(undone.id)
        Student.objects.filter(pk=taken_back.pk).supersede(undone.id)
    client.force_login(registrar)
    listed = client.get(
        f"/admin/reporting/statisticsrun/{then.public_id}/records/?indicator=deg.stock"
    ).content.decode()
    assert "202501010001" in listed
    assert str(taken_back.public_id) not in listed, "the page of a record that was taken back is gone"
    why = f"/admin/reporting/statisticsrun/{then.public_id}/why/?indicator=deg.stock&student_no=202501010001"
    assert "The student is counted here." in client.get(why).content.decode()
    now = run_for(institution, day("2025-09-01"), breakdowns=[()], by=registrar)
    why = why.replace(str(then.public_id), str(now.public_id))
    assert "The student&#x27;s record was taken back." in client.get(why).content.decode()
