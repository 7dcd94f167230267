"""A line of work is declared beside the others, and all that is made of figures is made of its own as well."""

import json
from dataclasses import dataclass, field
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from common.errors import DomainError
from common.families import Adds, Column, Dimension, Family, Measure, ScopeLevel, all_families, forget, register
from enrollment.models import Student
from learning_centers.models import LearningCenter
from reporting.reports.figures import ask, compute, longest_run, scope_of
from reporting.reports.laws import BrokenLaw, check
from reporting.reports.records import records_behind, why_not_counted
from reporting.reports.trend import trend
from reporting.services import compute_run, freeze_return, restate_return, run_for, verified_runs
from tests.builders import a_center, a_student, a_user, an_institution, day, the_system

pytestmark = pytest.mark.django_db
COUNTED = {
    "toy.visits": "TRUE",
    "toy.hours": "TRUE",
    "toy.persons": "TRUE",
    "toy.passed": "passed",
    "toy.years": "TRUE",
}


@dataclass
class Diary:
    """Who came where and when: the rows of the toy, (student, center, day, hours in tenths, passed, known from number)."""

    rows: list = field(default_factory=list)

    def sql(self, question, dimensions, measures):
        known = [row for row in self.rows if row[5] <= question.known_number]
        values = ", ".join(f"({s.pk}, {c.pk}, '{c.code}', DATE '{on}', {h}, {p})" for s, c, on, h, p, _number in known)
        values = values or "(0, 0, '', NULL::date, 0, FALSE)"
        asked = ", ".join(f"('{one}')" for one in measures)
        holds = " ".join(f"WHEN '{one}' THEN {COUNTED[one]}" for one in measures)
        window = "AND boundary > %(since)s" if question.since else ""
        within = "" if question.scope is None else "AND place = ANY(%(scope)s::bigint[])"
        columns = "".join(f", {name}" for name in dimensions)
        return f"""SELECT indicator, subject_id, subject_id AS person, boundary,
                   CASE indicator WHEN 'toy.hours' THEN hours ELSE 1 END AS amount{columns}
            FROM (VALUES {values}) AS diary(subject_id, place, center, boundary, hours, passed)
            CROSS JOIN (VALUES {asked}) AS asked(indicator)
            WHERE CASE indicator {holds} END AND boundary <= %(as_of)s {window} {within}"""


@pytest.fixture
def home():
    return an_institution()


@pytest.fixture
def centers(home):
    return [a_center(home), a_center(home, "0102")]


@pytest.fixture
def students(centers):
    return [a_student(centers[0]) for _number in range(3)]


@pytest.fixture
def diary(centers, students):
    """Three students come five times: two of them at both centres; four visits are passed."""
    first, second, third = students
    here, there = centers
    return Diary([
        (first, here, "2023-03-01", 15, True, 0), (first, there, "2024-03-01", 20, True, 0),
        (second, here, "2024-04-01", 25, False, 0), (second, there, "2025-03-01", 10, True, 0),
        (third, here, "2025-05-01", 5, True, 0),
    ])  # fmt: skip


@pytest.fixture(autouse=True)
def toy(diary):
    def measure(name, **terms):
        return Measure(id=f"toy.{name}", title=name, definition=name, **terms)

    family = Family(
        name="toy", prefix="toy.", title="Toy", subject=Student, number="student_no", verb_to_view="enrollment.view_students",
        measures=(
            measure("visits"),
            measure("hours", adds=Adds.SUM, unit="hours", scale=1),
            measure("persons", adds=Adds.DISTINCT, within="toy.visits"),
            measure("passed"),
            measure("success", adds=Adds.RATIO, unit="percent", of=("toy.passed", "toy.visits")),
            measure("years", adds=Adds.LONGEST_RUN, unit="years"),
        ),
        dimensions=(Dimension(id="center", title="Learning centre"),),
        standard=((), ("center",)),
        rows=diary.sql,
        scope_rows=LearningCenter,
        scope_levels={"center": ScopeLevel(LearningCenter, "code")},
        leading=("toy.visits",),
        charted=("toy.visits", "toy.success"),
        columns=(Column("name", lambda one: one.person.name),),
        joined=("person",),
    )  # fmt: skip
    register(family)
    yield family
    forget(family)


@pytest.fixture
def table(home, toy):
    return compute(ask(home, day("2025-09-01"), family="toy"), [("center",)])


def test_each_measure_adds_in_its_own_way(table):
    check(table)
    assert table.cells[()][()] == {
        "toy.visits": 5, "toy.hours": 75, "toy.persons": 3, "toy.passed": 4, "toy.success": [4, 5], "toy.years": 3,
    }  # fmt: skip
    assert table.cells[("center",)][("0101",)] == {
        "toy.visits": 3, "toy.hours": 45, "toy.persons": 3, "toy.passed": 2, "toy.success": [2, 3], "toy.years": 3,
    }  # fmt: skip
    assert table.value("toy.persons", center="0102") == 2


def test_a_window_counts_what_lies_in_it(home):
    found = compute(ask(home, day("2025-03-01"), day("2024-03-01"), family="toy"))
    assert (found.value("toy.visits"), found.value("toy.years")) == (2, 2)


@pytest.mark.parametrize("measure", ["toy.visits", "toy.hours"])
def test_a_lost_slice_breaks_the_law_of_what_adds_up(table, measure):
    table.cells[("center",)][("0102",)][measure] = 0
    with pytest.raises(BrokenLaw, match=measure):
        check(table)


@pytest.mark.parametrize(("measure", "value"), [("toy.persons", 4), ("toy.years", 9)])
def test_no_slice_is_larger_than_the_total(table, measure, value):
    table.cells[("center",)][("0101",)] |= {measure: value, "toy.visits": 3}
    with pytest.raises(BrokenLaw):
        check(table)


def test_persons_are_no_more_than_their_visits(table):
    table.cells[()][()]["toy.persons"] = 6
    with pytest.raises(BrokenLaw, match="persons"):
        check(table)


@pytest.mark.parametrize(("years", "longest"), [([], 0), ([2020], 1), ([2020, 2022, 2021, 2024], 3)])
def test_years_in_a_row(years, longest):
    assert longest_run(years) == longest


def test_the_records_behind_and_why_not(home, students, centers):
    question = ask(home, day("2025-09-01"), family="toy")
    found = records_behind(question, "toy.visits", {"center": "0102"}, user=the_system())
    assert (found.counted, set(found.subjects)) == (2, set(students[:2]))
    assert why_not_counted(students[0], question, "toy.visits").is_counted
    assert why_not_counted(students[2], question, "toy.visits", {"center": "0102"}).code == "other_slice"
    assert why_not_counted(a_student(centers[0]), question, "toy.visits").code == "no_such_event"


def test_an_outsider_counts_and_sees_nothing(home):
    outsider = a_user("outsider", "enrollment.view_students", at=an_institution("10534"))
    question = ask(home, day("2025-09-01"), family="toy", scope=scope_of(outsider, home, "toy"))
    assert compute(question).value("toy.visits") == 0
    assert not records_behind(question, "toy.visits", {}, user=outsider).subjects.exists()


def test_over_time(home):
    days = [day("2023-01-01"), day("2024-03-31"), day("2025-12-31")]
    question = ask(home, days[-1], family="toy")
    assert [value for _day, value in trend(question, "toy.persons", days)] == [0, 1, 3]
    assert [value for _day, value in trend(question, "toy.success", days)] == [[0, 0], [2, 2], [4, 5]]


def test_frozen_it_stays_and_a_restatement_names_the_subject(home, students, centers, diary):
    by = the_system()
    frozen = freeze_return(compute_run(run_for(home, day("2025-09-01"), family="toy", by=by).pk), title="Toy", by=by)
    a_student(centers[0])  # a later recording, after which one more visit is known
    diary.rows.append((students[2], centers[1], "2025-06-01", 8, True, ask(home, day("2025-09-01")).known_number))
    restated = restate_return(frozen, reason="late", by=by)
    assert (frozen.value("toy.visits"), restated.value("toy.visits")) == (5, 6)
    difference = restated.differences.get()
    assert (difference.subject_kind, difference.subject_id) == ("enrollment.student", students[2].public_id)
    assert ["toy.hours", {"center": "0102"}, 8] in difference.after
    assert [differs for _run, differs in verified_runs()] == [False, False]


def test_the_command_writes_ratios_with_their_two_numbers(home, tmp_path, diary):
    out = tmp_path / "out.json"
    terms = {"institution": home.code, "as_of": day("2025-09-01"), "family": "toy", "json": out, "stdout": StringIO()}
    call_command("compute_statistics", **terms)
    found = {one["indicator"]: one["value"] for one in json.loads(out.read_bytes())["figures"]}
    assert found["toy.success"] == {"value": "80.00", "unit": "percent", "numerator": 4, "denominator": 5}
    assert (found["toy.hours"], found["toy.persons"]) == ("7.5", 3)
    call_command("compute_statistics", **terms | {"as_of": day("2020-09-01")})
    found = {one["indicator"]: one["value"] for one in json.loads(out.read_bytes())["figures"]}
    assert found["toy.success"] is None


def test_the_page_and_the_file(home, client):
    rights = ("admin.enter", "reporting.view_figures", "enrollment.view_students")
    reader = a_user("reader", *rights, at=home)
    run = compute_run(run_for(home, day("2025-09-01"), family="toy", by=the_system()).pk)
    client.force_login(reader, backend=settings.AUTHENTICATION_BACKENDS[-1])
    page = client.get(reverse("admin:reporting_statisticsrun_change", args=(run.public_id,)))
    assert "80.00% (4 of 5)" in page.text
    records = reverse("admin:reporting_statisticsrun_records", args=(run.public_id,))
    assert client.get(f"{records}?indicator=toy.visits&center=0102").status_code == 200
    exported = client.get(reverse("admin:reporting_statisticsrun_export", args=(run.public_id,)) + "?by=center")
    assert "11414-toy-2025-09-01" in exported["Content-Disposition"]


def test_what_no_app_declares_is_refused(home):
    with pytest.raises(DomainError, match="no family"):
        ask(home, day("2025-09-01"), family="nothing")
    with pytest.raises(ValueError, match="twice"):
        register(all_families()[0].__class__(**vars_of(all_families()[0])))


def vars_of(family):
    return {name: value for name, value in vars(family).items() if name not in ("measure", "dimension")}
