import pytest
from django.core.management import call_command
from django.db.models import Count, F, Q
from django.utils import translation

from common.models import AuditEvent, Recording
from demo.files import read_institution
from demo.places import Division, center_drafts
from enrollment.models import AdmissionPlace, Student, StudentChange, StudentEntry, StudentPeriod
from learning_centers.intake import center_intakes
from learning_centers.models import (
    CenterPeriod,
    Designation,
    Institution,
    LearningCenter,
    LineageEvent,
    Major,
    Organization,
    School,
)
from people.models import IdentityDocument
from reporting.models import PublishedFigure
from reporting.reports.figures import ask, compute
from reporting.reports.laws import check
from tests.builders import day

TODAY = day("2026-11-21")


def at_work(institution, **conditions):
    periods = CenterPeriod.objects.current().on(TODAY).filter(institution=institution, **conditions)
    return periods.filter(status__in=["active", "stop_intake"])


@pytest.mark.parametrize(
    ("name", "regime", "count", "provinces"),
    [
        ("cup", "filed", 236, 31),
        ("cup", "school_direct", 1, 1),
        ("cup", "overseas", 3, 1),
        ("tsinghua", "outreach", 1128, 27),
        ("hnust", "filed", 46, 7),
    ],
)
def test_centers_by_regime_and_province(loaded, db, name, regime, count, provinces):
    centers = at_work(loaded[name], center__regime=regime)
    assert centers.count() == count
    assert centers.values("site__province_code").distinct().count() == provinces


def test_hnust_is_in_the_seven_provinces_of_its_profile(hnust):
    codes = set(at_work(hnust).values_list("site__province_code", flat=True))
    assert codes == {f"{code}0000" for code in (43, 44, 33, 45, 35, 53, 52)}
    away = at_work(hnust, center__regime="filed").exclude(site__province_code="430000")
    assert not away.exclude(center__filings__legacy=True).exists()


def test_nanjian_has_a_station(tsinghua):
    assert LearningCenter.objects.get(institution=tsinghua, code="532926").name_en.startswith("Nanjian")


@pytest.mark.parametrize(("name", "majors"), [("cup", 18), ("tsinghua", 0), ("hnust", 58)])
def test_majors_of_each(loaded, db, name, majors):
    assert Major.objects.filter(institution=loaded[name]).count() == majors


@pytest.mark.parametrize(
    ("on", "name"),
    [
        ("2001-12-31", None),
        ("2010-06-01", "Administration Office of Professional Training"),
        ("2017-06-01", "Office of Continuing Education"),
        ("2020-06-01", None),
    ],
)
def test_the_office_of_tsinghua_by_its_names(tsinghua, on, name):
    with translation.override("en"):
        assert School.objects.get(institution=tsinghua, code="OPT").name_on(day(on)) == name


def test_its_successor_is_in_charge_since_2019(tsinghua):
    with translation.override("en"):
        office = School.objects.get(institution=tsinghua, code="OLE")
        assert office.name_on(day("2020-06-01")) == "Office of Lifelong Education Administration"
    merger = LineageEvent.objects.get(institution=tsinghua, kind="merged")
    assert set(merger.links.filter(side="predecessor").values_list("school__code", flat=True)) == {"OPT", "OOE"}


@pytest.mark.parametrize(("on", "role"), [("1990-01-01", "managing_office"), ("2002-01-01", "provider")])
def test_the_school_of_tsinghua_first_supervised_then_taught(tsinghua, on, role):
    assert School.objects.get(institution=tsinghua, code="SCE").roles.current().on(day(on)).get().role == role


def test_cup_was_formed_from_three_schools(cup):
    merger = LineageEvent.objects.get(institution=cup, kind="merged")
    assert str(merger.date) == "2017-11"
    assert merger.links.filter(side="predecessor").count() == 3


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [
        ("cup", "award", 4), ("cup", "accreditation", 1), ("cup", "test_center", 1), ("cup", "base", 2),
        ("tsinghua", "chair", 1), ("tsinghua", "award", 2), ("hnust", "award", 5),
    ],
)  # fmt: skip
def test_honours_of_each(loaded, db, name, kind, count):
    assert Designation.objects.filter(institution=loaded[name], kind=kind).count() == count


@pytest.mark.parametrize(
    ("name", "figure", "value", "qualifier"),
    [
        ("cup", "students.stock", 70_000, "gt"), ("cup", "courses.online", 330, "gt"), ("cup", "courses.virtual_lab", 20, "gt"),
        ("cup", "training.programs", 2_000, "gt"), ("cup", "training.person_times", 70_000, "gt"),
        ("cup", "training.foreign.classes", 250, "gt"), ("cup", "training.foreign.person_times", 3_900, "eq"),
        ("cup", "training.foreign.countries", 48, "eq"), ("tsinghua", "learning_centers.outreach", 1_100, "gt"),
        ("tsinghua", "outreach.person_times", 2_600_000, "gt"), ("hnust", "students.stock", 15_000, "gt"),
        ("hnust", "majors.active", 60, "approx"), ("hnust", "training.national.persons", 1_331, "eq"),
    ],
)  # fmt: skip
def test_published_figures_keep_their_qualifier(loaded, db, name, figure, value, qualifier):
    claim = PublishedFigure.objects.get(institution=loaded[name], name=figure)
    assert (claim.value, claim.qualifier) == (value, qualifier)


def test_the_volunteers_of_tsinghua_add_up(tsinghua):
    claims = PublishedFigure.objects.filter(institution=tsinghua, name__startswith="outreach.volunteers")
    assert sum(claim.value for claim in claims) == 3_865


@pytest.mark.parametrize("name", ["cup", "hnust"])
def test_flows_close_on_every_slice(loaded, db, name):
    table = compute(ask(loaded[name], TODAY, day("2025-09-01")), [("center",), ("major",), ("province", "level_path")])
    check(table)
    flows = ("deg.entrants", "deg.graduates", "deg.suspensions", "deg.withdrawals", "deg.resumed", "deg.stock")
    assert all(table.value(flow) > 0 for flow in flows)


@pytest.mark.parametrize("name", ["cup", "hnust"])
def test_even_a_hundredth_of_the_students_reaches_the_provinces(loaded, db, name):
    students = Student.objects.filter(institution=loaded[name])
    reached = students.values("current_center__province_code").distinct().count()
    assert reached >= {"cup": 29, "hnust": 7}[name]


def test_nobody_is_there_twice(cup):
    students = Student.objects.filter(institution=cup)
    assert students.count() == 1_229
    assert students.values("person").distinct().count() == students.count()
    assert IdentityDocument.objects.filter(institution=cup).count() == students.count()


def test_what_came_before_the_records_is_marked(cup):
    before = StudentEntry.objects.filter(institution=cup, entry_date__lt=cup.records_complete_from)
    assert set(before.values_list("origin", flat=True)) == {"opening_balance"}
    assert (
        not StudentPeriod.objects.filter(
            institution=cup, end__lt=cup.records_complete_from, student__in=before.values("student")
        )
        .exclude(ended_by__in=["suspend", "resume", "change_major", "change_center"])
        .exists()
    )
    changes = StudentChange.objects.filter(institution=cup)
    early = changes.filter(effective_date__lt=cup.records_complete_from)
    assert not early.exclude(origin="opening_balance").exists()


@pytest.mark.parametrize("name", ["cup", "hnust"])
def test_places_count_the_students_who_took_them(loaded, db, name):
    places = AdmissionPlace.objects.filter(institution=loaded[name])
    taken = {
        (batch, center, version): count
        for batch, center, version, count in StudentEntry.objects.filter(
            institution=loaded[name], origin="recorded"
        ).values_list("batch", "center", "programme_version").annotate(Count("pk"))
    }  # fmt: skip
    offering = "center_offering"
    stored = places.values_list("batch", f"{offering}__center", f"{offering}__programme_version", "taken")
    assert {tuple(key): count for *key, count in stored} == taken
    assert not places.filter(taken__gt=F("quota")).exists()


def test_entrants_keep_the_rules_of_admission(cup):
    intakes = center_intakes(LearningCenter.objects.filter(institution=cup))
    recorded = StudentEntry.objects.filter(institution=cup, origin="recorded")
    for center, major, on in recorded.values_list("center", "programme_version__programme__major__code", "entry_date"):
        assert intakes[center].refusal(on) is None
        assert intakes[center].is_open_for(major, on)


def test_hosts_are_checked_and_known_once(cup):
    codes = Organization.objects.filter(institution=cup).exclude(uscc="").values_list("uscc", flat=True)
    assert len(set(codes)) == len(codes) == 243


def test_a_second_run_changes_nothing(cup, tsinghua, hnust, capsys):
    counted = (Institution, LearningCenter, Student, StudentPeriod, Recording, AuditEvent)
    before = [model.objects.count() for model in counted]
    call_command("load_institution", "cup", "--scale", "0.02")
    assert [model.objects.count() for model in counted] == before
    assert "already here" in capsys.readouterr().out


def test_one_recording_holds_it_all(hnust):
    assert Recording.objects.filter(institution=hnust).count() <= 2
    assert AuditEvent.objects.filter(institution=hnust, verb="demo.load_institution").count() == 1


def test_suspended_students_are_few(cup):
    known = StudentPeriod.objects.current().filter(institution=cup, begin__lte=TODAY)
    there = known.filter(Q(end__isnull=True) | Q(end__gt=TODAY))
    suspended = there.filter(state="suspended").count()
    assert 0 < suspended < there.count() * 0.04


def test_the_network_is_the_same_every_time(cup):
    units = {unit.code: unit for unit in School.objects.filter(institution=cup)}
    majors = list(Major.objects.filter(institution=cup).order_by("code"))
    first, second = (center_drafts(read_institution("cup"), units, majors) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("name", "english"),
    [("长治", "Changzhi"), ("长子", "Zhangzi"), ("漯河", "Luohe"), ("拉萨", "Lhasa"), ("长沙", "Changsha")],
)
def test_places_have_their_english_names(name, english):
    assert Division("", name).english == english
