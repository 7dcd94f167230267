import pytest

from common.errors import DomainError
from common.ledger import knowledge_at
from common.models import Recording
from enrollment.services import move_center, revoke_center
from learning_centers.models import CenterPeriod, LearningCenter, Major
from learning_centers.services import (
    CenterDraft,
    Filing,
    OrganizationDraft,
    Place,
    Terms,
    activate_center,
    agree_with_host,
    change_host,
    file_center,
    file_majors,
    offer_at_center,
    open_center,
    project_all_centers,
    register_organization,
    rename_center,
    stop_intake,
)
from tests.builders import a_center, a_school, a_student, a_version, an_institution, day, the_system

pytestmark = pytest.mark.django_db

HOST = OrganizationDraft(name="长沙职业学校", uscc="124300001234567887")


@pytest.fixture
def by():
    return the_system()


@pytest.fixture
def institution():
    return an_institution()


def proposed(institution, by, code="0101", **values):
    draft = CenterDraft(
        code=code,
        name="长沙教学点",
        school_id=a_school(institution).pk,
        regime="filed",
        place=Place(province_code="430000", region_code="430100"),
        statuses=[(None, "proposed")],
        host=HOST,
        **values,
    )
    return open_center(institution, draft, by=by)


def statuses(center):
    return [
        (row.status, row.begin and row.begin.isoformat(), row.end and row.end.isoformat())
        for row in CenterPeriod.objects.current().filter(center=center)
    ]


def code_of(raised):
    return raised.value.code


def test_activation_needs_filing_and_agreement(institution, by):
    center = proposed(institution, by)
    with pytest.raises(DomainError) as raised:
        activate_center(center, on=day("2023-03-01"), by=by)
    assert code_of(raised) == "center_filing_lapsed"
    file_center(center, Filing(begin=day("2023-01-01"), end=day("2024-01-01"), year=2023), by=by)
    with pytest.raises(DomainError) as raised:
        activate_center(center, on=day("2023-03-01"), by=by)
    assert code_of(raised) == "agreement_not_in_effect"


@pytest.mark.parametrize(("decision", "opens"), [("new", True), ("revoke", False), ("stop_intake", False)])
def test_a_filing_that_ends_something_opens_nothing(institution, by, decision, opens):
    terms = Terms(begin=day("2023-01-01"), end=day("2028-01-01"))
    filing = Filing(begin=day("2023-01-01"), end=day("2024-01-01"), year=2023, decision=decision)
    center = proposed(institution, by, agreement=terms, filings=[filing])
    if opens:
        activate_center(center, on=day("2023-12-31"), by=by)
        return
    with pytest.raises(DomainError) as raised:
        activate_center(center, on=day("2023-03-01"), by=by)
    assert code_of(raised) == "center_filing_lapsed"


@pytest.mark.parametrize(
    ("on", "code"),
    [("2022-12-31", "center_filing_lapsed"), ("2024-01-01", "center_filing_lapsed"), ("2023-01-01", None)],
)
def test_a_filing_covers_its_first_day_and_not_its_last(institution, by, on, code):
    terms = Terms(begin=day("2022-01-01"), end=day("2028-01-01"))
    filing = Filing(begin=day("2023-01-01"), end=day("2024-01-01"), year=2023)
    center = proposed(institution, by, agreement=terms, filings=[filing])
    if code is None:
        assert activate_center(center, on=day(on), by=by)
        return
    with pytest.raises(DomainError) as raised:
        activate_center(center, on=day(on), by=by)
    assert code_of(raised) == code


def test_from_proposal_to_revocation(institution, by):
    terms = Terms(begin=day("2023-01-01"), end=day("2028-01-01"))
    center = proposed(
        institution, by, agreement=terms, filings=[Filing(begin=day("2023-01-01"), end=day("2024-01-01"))]
    )
    activate_center(center, on=day("2023-03-01"), by=by)
    stop_intake(center, on=day("2025-06-30"), by=by, reason="few students")
    revoke_center(center, on=day("2026-01-01"), by=by)
    assert statuses(center) == [
        ("proposed", None, "2023-03-01"),
        ("active", "2023-03-01", "2025-06-30"),
        ("stop_intake", "2025-06-30", "2026-01-01"),
        ("revoked", "2026-01-01", None),
    ]
    assert LearningCenter.objects.get().status == "revoked"


def test_a_center_with_students_is_not_revoked(institution, by):
    center = a_center(institution, status="stop_intake")
    a_student(center, changes=(("suspend", "2025-03-01"),))
    with pytest.raises(DomainError) as raised:
        revoke_center(center, on=day("2026-01-01"), by=by)
    assert code_of(raised) == "center_has_students"
    assert statuses(center) == [("stop_intake", None, None)]


def test_an_active_center_is_not_revoked_at_once(institution, by):
    with pytest.raises(DomainError) as raised:
        revoke_center(a_center(institution), on=day("2026-01-01"), by=by)
    assert code_of(raised) == "move_not_possible"


def test_a_late_stop_fits_before_what_is_known(institution, by):
    center = a_center(institution)
    stop_intake(center, on=day("2025-06-30"), by=by)
    with pytest.raises(DomainError):
        stop_intake(center, on=day("2025-08-01"), by=by)
    stop_intake(center, on=day("2025-01-01"), by=by)
    assert [row[:2] for row in statuses(center)] == [
        ("active", None),
        ("stop_intake", "2025-01-01"),
        ("stop_intake", "2025-06-30"),
    ]


def test_a_late_move_does_not_contradict_what_followed(institution, by):
    """Whoever is active is not revoked at once: so a stopped centre that was revoked later had not been active between."""
    center = a_center(institution, status="stop_intake")
    revoke_center(center, on=day("2026-01-01"), by=by)
    filed = Terms(begin=day("2020-01-01"), end=day("2040-01-01"))
    change_host(center, register_organization(institution, HOST, by=by), on=day("2020-01-01"), by=by)
    file_center(center, Filing(begin=day("2020-01-01"), end=day("2030-01-01"), year=2020), by=by)
    agree_with_host(center, filed, number="A1", by=by)
    with pytest.raises(DomainError) as raised:
        activate_center(center, on=day("2025-01-01"), by=by)
    assert code_of(raised) == "move_not_possible"
    assert [row[0] for row in statuses(center)] == ["stop_intake", "stop_intake", "revoked"]


def test_name_place_and_host_change_from_a_day_and_the_past_stays(institution, by):
    center = a_center(institution)
    known_before = knowledge_at(institution)
    rename_center(center, "新名教学点", on=day("2020-01-01"), by=by)
    move_center(center, Place(province_code="440000"), on=day("2021-01-01"), by=by)
    change_host(center, register_organization(institution, HOST, by=by), on=day("2022-01-01"), by=by)
    periods = CenterPeriod.objects.current().filter(center=center).select_related("site", "host")
    assert [(row.name, row.site.province_code, row.host and row.host.name) for row in periods] == [
        ("教学点0101", "430000", None),
        ("新名教学点", "430000", None),
        ("新名教学点", "440000", None),
        ("新名教学点", "440000", "长沙职业学校"),
    ]
    assert CenterPeriod.objects.known_at(known_before.number).get(center=center).name == "教学点0101"
    assert (center.name, center.province_code) == ("新名教学点", "440000")
    assert not center.filings.current().on(day("2022-01-01")).exists()


def test_a_rename_ends_where_the_next_one_begins(institution, by):
    center = a_center(institution)
    rename_center(center, "乙", on=day("2022-01-01"), by=by)
    rename_center(center, "甲", on=day("2021-01-01"), by=by)
    assert [row.name for row in CenterPeriod.objects.current().filter(center=center)] == ["教学点0101", "甲", "乙"]


def test_a_planned_move_shows_on_its_day(institution, by, monkeypatch):
    center = a_center(institution)
    rename_center(center, "明日之名", on=day("2999-01-01"), by=by)
    assert center.name == "教学点0101"
    monkeypatch.setattr("learning_centers.services.center_periods.today", lambda _institution: day("2999-01-01"))
    assert project_all_centers() == 1
    center.refresh_from_db()
    assert center.name == "明日之名"
    recorded = Recording.objects.latest("pk")
    assert (recorded.reason, recorded.actor.is_system) == ("learning_centers.begin_day", True)
    assert project_all_centers() == 0
    assert Recording.objects.latest("pk") == recorded, "where nothing changes nothing is recorded"


def test_only_filed_majors_are_offered(institution, by):
    center = a_center(institution)
    version = a_version(institution, "120202")
    with pytest.raises(DomainError) as raised:
        offer_at_center(center, version, on=day("2025-09-01"), by=by)
    assert code_of(raised) == "major_not_open_at_center"
    file_majors(center, Major.objects.filter(code="120202"), begin=day("2025-01-01"), by=by)
    first = offer_at_center(center, version, on=day("2025-09-01"), by=by)
    assert offer_at_center(center, version, on=day("2025-09-01"), by=by) == first


@pytest.mark.parametrize(
    ("host", "refusal"),
    [(None, "host_missing"), (OrganizationDraft(name="某校", uscc="124300001234567880"), "uscc_invalid")],
)
def test_a_host_is_needed_and_its_code_is_checked(institution, by, host, refusal):
    draft = CenterDraft(
        code="0101", name="甲", school_id=a_school(institution).pk, regime="filed",
        place=Place(province_code="430000"), host=host,
    )  # fmt: skip
    with pytest.raises(DomainError) as raised:
        open_center(institution, draft, by=by)
    assert code_of(raised) == refusal
    assert not LearningCenter.objects.exists()
