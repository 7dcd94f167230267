"""A run per key: the same figures whenever and however often it is computed (docs/rules.md §6.5)."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse

from common.dates import as_on
from common.errors import DomainError, NotAllowed
from common.models import Recording
from enrollment.services import ChangeDraft, record_change
from exchange.models import Job
from learning_centers.models import Institution
from reporting.models import SliceFigures, StatisticsRun
from reporting.reports import figures as counting
from reporting.reports import laws
from reporting.services import compute_run, freeze_return, request_run, request_todays_runs, run_for, school_year
from reporting.services import running as running_module
from reporting.services.running import forget_runs
from reporting.tasks import compute_run as task
from tests.builders import a_center, a_student, a_user, an_institution, day, the_system

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return an_institution()


@pytest.fixture
def center(institution):
    return a_center(institution)


def command(tmp_path, **options):
    out = tmp_path / "figures.json"
    call_command("compute_statistics", institution="11414", json=out, stdout=StringIO(), **options)
    return json.loads(out.read_bytes())


def test_the_command_writes_total_and_cross_table(institution, center, tmp_path):
    for sex in ("female", "female", "male"):
        a_student(center, sex=sex)
    found = command(tmp_path, as_of=day("2025-09-01"), since=day("2024-09-01"), by="center,sex")
    assert {key: found[key] for key in ("institution", "as_of", "since")} == {
        "institution": "11414", "as_of": "2025-09-01", "since": "2024-09-01",
    }  # fmt: skip
    last = Recording.objects.order_by("-number").first().instant
    assert found["known_at"] == last.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    totals = {one["indicator"]: one["value"] for one in found["figures"] if one["slice"] == {}}
    assert totals["deg.stock"] == totals["deg.opening"] == 3
    assert totals["deg.entrants"] == 0
    assert len(totals) == 18
    sliced = [one for one in found["figures"] if one["slice"] and one["indicator"] == "deg.stock"]
    assert sliced == [
        {"indicator": "deg.stock", "version": 1, "slice": {"center": "0101", "sex": "female"}, "value": 2},
        {"indicator": "deg.stock", "version": 1, "slice": {"center": "0101", "sex": "male"}, "value": 1},
    ]
    assert all(one["value"] for one in found["figures"] if one["slice"])


def test_without_a_window_there_are_only_stocks(institution, center, tmp_path):
    a_student(center)
    found = command(tmp_path, as_of=day("2025-09-01"))
    assert found["since"] is None
    assert [(one["indicator"], one["value"]) for one in found["figures"]] == [("deg.stock", 1), ("deg.suspended", 0)]


def test_before_the_first_record_the_answer_is_zero(institution, tmp_path):
    asked = dt.datetime(2001, 1, 1, 12, tzinfo=dt.UTC)
    found = command(tmp_path, as_of=day("2025-09-01"), known_at=asked)
    assert found["known_at"] == "2001-01-01T12:00:00.000000Z"
    assert {one["value"] for one in found["figures"]} == {0}


def test_what_was_known_at_an_instant_stays(institution, center, tmp_path):
    student = a_student(center)
    before = Recording.objects.order_by("-number").first().instant
    registrar = a_user("registrar", "enrollment.record_change", at=institution)
    record_change(student, ChangeDraft("withdraw", day("2025-03-01")), by=registrar)
    stock = {"as_of": day("2025-09-01")}
    assert command(tmp_path, **stock)["figures"][0]["value"] == 0
    assert command(tmp_path, known_at=before, **stock)["figures"][0]["value"] == 1
    just_before = before - dt.timedelta(microseconds=1)
    assert command(tmp_path, known_at=just_before, **stock)["figures"][0]["value"] == 0


def test_the_command_reads_instants_with_z(institution, center, tmp_path):
    a_student(center)
    out = tmp_path / "figures.json"
    arguments = ["--institution", "11414", "--as-of", "2025-09-01", "--known-at", "2001-01-01T12:00:00.5Z"]
    call_command("compute_statistics", *arguments, "--json", str(out), stdout=StringIO())
    assert json.loads(out.read_bytes())["known_at"] == "2001-01-01T12:00:00.500000Z"


@pytest.mark.parametrize(
    "options",
    [{"institution": "99999"}, {"by": "centre"}, {"since": day("2025-09-02")}],
    ids=lambda one: next(iter(one)),
)
def test_the_command_refuses_what_it_does_not_know(institution, options):
    with pytest.raises(CommandError):
        call_command("compute_statistics", **{"institution": "11414", "as_of": day("2025-09-01")} | options)


def test_the_same_key_is_computed_once_and_found_again(institution, center):
    a_student(center)
    terms = {"breakdowns": [("center",)], "by": the_system()}
    first = compute_run(run_for(institution, day("2025-09-01"), **terms).pk)
    again = run_for(institution, day("2025-09-01"), **terms)
    assert again == first
    assert again.is_done
    assert StatisticsRun.objects.count() == 1


def test_computed_again_from_nothing_the_digest_is_the_same(institution, center):
    for sex in ("female", "male"):
        a_student(center, sex=sex, changes=[("suspend", "2025-03-01")])
    terms = {"by": the_system()}
    days = (day("2025-09-01"), day("2024-09-01"))
    first = compute_run(run_for(institution, *days, **terms).pk)
    forget_runs(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    assert not SliceFigures.objects.exists()
    assert compute_run(run_for(institution, *days, **terms).pk).digest == first.digest


def test_new_knowledge_is_a_new_run(institution, center):
    a_student(center)
    first = compute_run(run_for(institution, day("2025-09-01"), by=the_system()).pk)
    a_student(center)
    second = compute_run(run_for(institution, day("2025-09-01"), by=the_system()).pk)
    assert first.digest != second.digest


def test_killed_between_steps_it_goes_on_where_it_was(institution, center, monkeypatch):
    for sex in ("female", "male"):
        a_student(center, sex=sex)
    days = (day("2025-09-01"), day("2024-09-01"))
    undisturbed = compute_run(run_for(institution, *days, by=the_system()).pk).digest
    forget_runs(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    run = run_for(institution, *days, by=the_system())
    steps = []

    def dying(done, total):
        steps.append((done, total))
        if len(steps) in (2, 3):
            raise KeyboardInterrupt

    for _attempt in range(2):
        with pytest.raises(KeyboardInterrupt):
            compute_run(run.pk, report=dying)
        run.refresh_from_db()
        assert not run.is_done
    assert compute_run(run.pk, report=dying).digest == undisturbed
    assert steps == [(4, 13), (8, 13), (12, 13), (13, 13)]


def test_a_worker_computes_what_was_asked_for(institution, center):
    a_student(center)
    run = request_run(institution, day("2025-09-01"), by=the_system())
    assert request_run(institution, day("2025-09-01"), by=the_system()).job == run.job
    task(run.job.pk)
    run.refresh_from_db()
    assert run.is_done
    assert run.job.state == Job.State.DONE


def test_figures_that_do_not_add_up_fail_the_job_and_name_the_slice(institution, center, monkeypatch):
    a_student(center, entered="2025-03-01")

    def planted(question, breakdowns=(), only=None):
        table = counting.compute(question, breakdowns, only)
        for values in table.cells.get(("center",), {}).values():
            values["deg.entrants"] = values.get("deg.entrants", 0) + 1
        return table

    monkeypatch.setattr(running_module, "compute", planted)
    run = request_run(institution, day("2025-09-01"), day("2024-09-01"), by=the_system())
    with pytest.raises(laws.BrokenLaw):
        task(run.job.pk)
    run.refresh_from_db()
    assert not run.is_done
    assert "0101" in run.error
    assert Job.objects.get().error == "flow_identity_broken"


def test_slices_that_miss_somebody_break_the_law(institution, center):
    a_student(center)
    table = counting.compute(counting.ask(institution, day("2025-09-01")), [("sex",)])
    table.cells[("sex",)][("male",)]["deg.stock"] = 0
    with pytest.raises(laws.BrokenLaw, match="sex"):
        laws.check(table)


def test_every_night_each_institution_gets_its_school_year(institution, center):
    an_institution("10534", "湖南科技大学")
    with as_on(day("2026-11-21")):
        runs = request_todays_runs(by=the_system())
    assert {run.institution.code for run in runs} == {"11414", "10534"}
    assert {(run.as_of, run.since) for run in runs} == {(day("2026-11-21"), day("2026-09-01"))}


@pytest.mark.parametrize(
    ("of", "begins"), [("2025-09-01", "2024-09-01"), ("2025-09-02", "2025-09-01"), ("2025-08-31", "2024-09-01")]
)
def test_the_school_year_begins_in_september(of, begins):
    assert school_year(day(of)) == day(begins)


def test_only_who_holds_the_right_may_compute(institution, center):
    onlooker = a_user("onlooker", at=institution)
    outsider = a_user("outsider", "reporting.compute_statistics", at=an_institution("10534", "湖南科技大学"))
    for user in (onlooker, outsider):
        with pytest.raises(NotAllowed):
            request_run(institution, day("2025-09-01"), by=user)
    assert not StatisticsRun.objects.exists()


def test_a_scope_names_a_centre_or_school(institution, center):
    a_student(center)
    a_student(a_center(institution, "0102"))
    run = compute_run(run_for(institution, day("2025-09-01"), scope="center:0102", by=the_system()).pk)
    assert run.slices.get(breakdown="").values == {"deg.stock": 1, "deg.suspended": 0}
    with pytest.raises(DomainError, match="0199"):
        run_for(institution, day("2025-09-01"), scope="center:0199", by=the_system())


def test_before_the_first_record_a_run_names_the_instant_that_was_asked(institution, center):
    a_student(center)
    asked = dt.datetime(2001, 1, 1, 12, tzinfo=dt.UTC)
    run = compute_run(run_for(institution, day("2025-09-01"), known_at=asked, by=the_system()).pk)
    assert (run.known_at, run.slices.get(breakdown="").values["deg.stock"]) == (asked, 0)


def test_figures_of_a_part_say_of_which_wherever_they_stand(institution, center, client):
    a_student(center)
    rights = ("admin.enter", "reporting.view_figures", "reporting.freeze_return", "enrollment.view_students")
    registrar = a_user("registrar", *rights, at=institution)
    run = compute_run(run_for(institution, day("2025-09-01"), scope="center:0101", by=the_system()).pk)
    frozen = freeze_return(run, title="Return", by=registrar)
    client.force_login(registrar, backend=settings.AUTHENTICATION_BACKENDS[-1])
    pages = [
        reverse("admin:reporting_statisticsrun_change", args=(run.public_id,)),
        reverse("admin:reporting_statisticsrun_records", args=(run.public_id,)) + "?indicator=deg.stock",
        reverse("admin:reporting_frozenreturn_change", args=(frozen.public_id,)),
    ]
    for page in pages:
        assert str(center) in client.get(page).text, page
    exported = client.get(reverse("admin:reporting_statisticsrun_export", args=(run.public_id,)) + "?format=csv")
    assert "11414-center-0101-2025-09-01" in exported["Content-Disposition"]


@pytest.mark.parametrize(
    ("since", "as_of", "told"),
    [
        ("2024-08-31", "2025-09-01", True),
        ("2024-09-01", "2025-09-01", False),
        (None, "2024-08-31", True),
        (None, "2024-09-01", False),
    ],
)
def test_figures_of_days_before_the_records_say_that_they_are_incomplete(
    institution, center, client, since, as_of, told
):
    Institution.objects.filter(pk=institution.pk).update(records_complete_from=day("2024-09-01"))
    run = compute_run(run_for(institution, day(as_of), since and day(since), by=the_system()).pk)
    reader = a_user("reader", "admin.enter", "reporting.view_figures", at=institution)
    client.force_login(reader, backend=settings.AUTHENTICATION_BACKENDS[-1])
    page = client.get(reverse("admin:reporting_statisticsrun_change", args=(run.public_id,)))
    assert ("Records are complete from" in page.text) is told
