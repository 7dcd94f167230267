import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.html import escape

from common.dates import PartialDate
from demo.loading import load_institution
from learning_centers.services import Act, SchoolDraft, close_offering, found_school, rename_school, stop_intake
from reporting.models import PublishedFigure
from reporting.reports.factsheets import fact_sheet
from reporting.services.publishing import Claim, publish_figures
from tests.builders import a_center, a_student, a_user, a_version, an_institution, day, the_system

pytestmark = pytest.mark.django_db
TODAY = day("2026-11-21")


@pytest.fixture
def institution():
    return an_institution()


def figures(institution, as_of=TODAY):
    return {figure.name: figure for figure in fact_sheet(institution, as_of).figures}


def claim(institution, name, value, qualifier="eq", **values):
    told = Claim(name=name, value=value, qualifier=qualifier, label="数", source="profile", **values)
    publish_figures(institution, [told], by=the_system())


def written(code, **options):
    out = StringIO()
    call_command("fact_sheet", code, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("regime", "status", "name", "counted"),
    [
        ("filed", "active", "learning_centers.filed", 1),
        ("filed", "stop_intake", "learning_centers.filed", 1),
        ("filed", "proposed", "learning_centers.filed", 0),
        ("filed", "revoked", "learning_centers.filed", 0),
        ("school_direct", "active", "learning_centers.school_direct", 1),
        ("school_direct", "active", "learning_centers.filed", 0),
        ("outreach", "active", "learning_centers.outreach", 1),
        ("overseas", "active", "learning_centers.overseas", 1),
    ],
)
def test_centers_count_by_regime_while_they_serve(institution, regime, status, name, counted):
    a_center(institution, regime=regime, status=status)
    assert figures(institution)[name].value == counted


def test_provinces_count_once(institution):
    for code, province in (("0101", "430000"), ("0102", "430000"), ("0103", "440000")):
        a_center(institution, code, province=province)
    stop_intake(a_center(institution, "0103"), on=day("2026-01-01"), by=the_system())
    assert figures(institution)["provinces"].value == 2


def test_a_major_on_two_paths_counts_once_and_a_closed_one_not(institution):
    a_version(institution, "081502")
    a_version(institution, "081502", level_path="sec_to_ba")
    closed = a_version(institution, "120202").offerings.get()
    close_offering(closed, day("2025-09-01"), by=the_system())
    assert figures(institution, day("2026-02-28"))["majors.active"].value == 2
    assert figures(institution, day("2026-03-01"))["majors.active"].value == 1


def test_the_stock_is_that_of_the_statistics(institution):
    center = a_center(institution)
    a_student(center)
    a_student(center, changes=(("suspend", "2025-03-01"),))
    assert figures(institution)["students.stock"].value == 1
    assert figures(institution, day("2025-02-28"))["students.stock"].value == 2


def test_nothing_recorded_is_no_zero(institution):
    assert figures(institution)["students.stock"].value is None
    institution.records_complete_from = day("2025-03-01")
    assert figures(institution)["students.stock"].value == 0
    assert figures(institution, day("2025-02-28"))["students.stock"].value is None


@pytest.mark.parametrize(
    ("qualifier", "published", "holds"),
    [("eq", 2, True), ("eq", 3, False), ("gt", 1, True), ("gt", 2, False), ("ge", 2, True), ("lt", 3, True), ("lt", 2, False)],
)  # fmt: skip
def test_a_claim_holds_or_not(institution, qualifier, published, holds):
    a_center(institution, "0101")
    a_center(institution, "0102")
    claim(institution, "learning_centers.filed", published, qualifier)
    assert figures(institution)["learning_centers.filed"].holds is holds


@pytest.mark.parametrize(("value", "holds"), [(53, False), (54, True), (58, True), (66, True), (67, False)])
def test_nearly_sixty_is_within_a_tenth(value, holds):
    assert PublishedFigure(value=60, qualifier="approx").holds(value) is holds


def test_what_no_records_bring_is_published_only(institution):
    claim(institution, "training.programs", 2000, "gt", line="non_degree")
    shown = figures(institution)["training.programs"]
    assert (shown.value, shown.holds, shown.claim) == (None, None, "more than 2,000")


def test_a_later_claim_of_the_same_day_takes_the_place(institution):
    claim(institution, "courses.online", 330)
    claim(institution, "courses.online", 340)
    assert figures(institution)["courses.online"].published == 340
    assert PublishedFigure.objects.count() == 2


def test_history_tells_names_as_they_were(institution):
    by = the_system()
    office = found_school(
        institution,
        SchoolDraft(code="O", name="培训处", name_en="Training Office"),
        act=Act(on=PartialDate.parse("1950s"), approved_by="国家教委"),
        by=by,
    )
    rename_school(office, "教育处", name_en="Education Office", act=Act(on=PartialDate.parse("2016")), by=by)
    founded, renamed = fact_sheet(institution, TODAY).history
    assert (str(founded.date), founded.units, founded.approved_by) == ("1950s", "Training Office", "国家教委")
    assert (renamed.units, renamed.became) == ("Training Office", "Education Office")
    assert len(fact_sheet(institution, day("2015-12-31")).history) == 1


def test_the_command_speaks_both_languages_in_three_formats():
    load_institution("hnust", by=the_system(), scale=0.002)
    english, chinese = written("10534"), written("10534", lang="zh-hans", as_of=TODAY)
    assert "# Hunan University of Science and Technology" in english
    assert "| Provinces with correspondence stations | 7 | 7 | yes |" in english
    assert "| Disciplines | 58 | about 60 | yes |" in english
    assert "more than 15,000 | no |" in english
    assert "# 湖南科技大学" in chinese
    assert "全国煤炭成人教育先进单位" in chinese
    page = written("10534", format="html")
    assert page.startswith("<!doctype html>")
    assert 'href="#definition-provinces"' in page
    told = json.loads(written("10534", format="json", as_of=TODAY))
    assert (told["institution"], told["as_of"]) == ("10534", "2026-11-21")
    assert {"name": "provinces", "value": 7, "published": 7, "qualifier": "eq", "holds": True} in told["figures"]
    named = {figure["name"] for figure in told["figures"]}
    assert named >= {
        "learning_centers.filed", "learning_centers.school_direct", "learning_centers.outreach", "provinces",
        "majors.active", "students.stock",
    }  # fmt: skip


def test_an_unknown_institution_is_an_error():
    with pytest.raises(CommandError):
        written("99999")


def test_everybody_reads_the_profile_and_nobody_a_person(institution, client):
    a_student(a_center(institution), name="王小明")
    claim(institution, "students.stock", 70_000, "gt", label_en="Current students")
    page = client.get("/institutions/11414/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "more than 70,000" in text
    assert "王小明" not in text
    assert "Show the records" not in text
    assert client.get("/institutions/").status_code == 200


@pytest.mark.parametrize("address", ["/institutions/99999/", "/institutions/11414/?as_of=tomorrow"])
def test_what_does_not_exist_is_not_found(institution, client, address):
    assert client.get(address).status_code == 404


def test_staff_go_from_the_figure_to_its_records(institution, client):
    a_center(institution)
    a_center(an_institution("10003", "清华大学"))
    user = a_user(
        "registrar", "admin.enter", "enrollment.view_students", "learning_centers.view_centers", at=institution
    )
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    text = client.get("/institutions/11414/").content.decode()
    records = "/admin/learning_centers/learningcenter/?regime=filed&status=serving"
    assert f'{escape(records)}" title="Show the records">1</a>' in text
    a_center(institution, "0102", status="proposed")
    listed = client.get(records).context["cl"].queryset
    assert [one.code for one in listed] == ["0101"], "the list holds what the figure counts"
    assert "Show the records" not in client.get("/institutions/10003/").content.decode()
    past = client.get("/institutions/11414/?as_of=2025-11-21").content.decode()
    assert "Show the records" not in past, "the lists are those of today"


def test_the_page_asks_no_more_for_more_centers(institution, client, django_assert_max_num_queries):
    for number in range(5):
        a_center(institution, f"010{number}")
    with translation.override("en"), django_assert_max_num_queries(30):
        client.get("/institutions/11414/")
