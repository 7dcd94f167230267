import pytest
from django.utils import translation

from common.dates import PartialDate
from common.errors import DomainError, NotAllowed
from common.models import AuditEvent
from learning_centers.models import CenterPeriod, Institution, LineageEvent, SchoolName, SchoolRole
from learning_centers.services import (
    Act,
    SchoolDraft,
    change_role,
    close_school,
    found_institution,
    found_school,
    hold_identifier,
    merge_schools,
    rename_school,
    split_school,
)
from tests.builders import a_center, a_user, day, the_system

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return the_system()


@pytest.fixture
def university(by):
    return found_institution("10003", "清华大学", by=by, identifier="4111010003", with_school=False)


def act(text: str, **values) -> Act:
    return Act(on=PartialDate.parse(text), **values)


def an_office(institution, by, code="O1", name="培训处", since="2002"):
    draft = SchoolDraft(code=code, name=name, kind="office", role="managing_office")
    return found_school(institution, draft, act=act(since), by=by)


def test_an_institution_begins_with_a_school_its_codes_and_a_name(by):
    founded = found_institution("11414", "中国石油大学", by=by, identifier="4111011414")
    assert sorted(founded.codes.current().values_list("value", flat=True)) == ["11414", "4111011414"]
    assert founded.schools.get().roles.get().role == SchoolRole.Role.PROVIDER
    assert AuditEvent.objects.filter(institution=founded, verb="learning_centers.found_institution").exists()


@pytest.mark.parametrize(
    ("code", "identifier", "refusal"),
    [("10003", "", "institution_exists"), ("11414", "4111010003", "school_identifier_mismatch")],
)
def test_a_taken_code_or_a_foreign_identifier_is_refused(university, by, code, identifier, refusal):
    with pytest.raises(DomainError) as raised:
        found_institution(code, "别的大学", by=by, identifier=identifier)
    assert raised.value.code == refusal
    assert Institution.objects.count() == 1


def test_the_same_identifier_again_writes_nothing(university, by):
    rows = university.codes.count()
    hold_identifier(university, "4111010003", by=by)
    assert university.codes.count() == rows


def test_renaming_keeps_the_unit_and_answers_for_each_day(university, by):
    office = an_office(university, by)
    rename_school(office, "继续教育处", act=act("2016"), by=by)
    with translation.override("zh-hans"):
        names = [office.name_on(day(on)) for on in ("2001-12-31", "2010-05-01", "2016-01-01", "2024-01-01")]
    assert names == [None, "培训处", "继续教育处", "继续教育处"]
    assert SchoolName.objects.filter(school=office, superseded_in__isnull=False).count() == 1


def test_a_rename_before_a_known_one_is_refused(university, by):
    office = an_office(university, by)
    rename_school(office, "继续教育处", act=act("2016"), by=by)
    with pytest.raises(DomainError) as raised:
        rename_school(office, "又一处", act=act("2010"), by=by)
    assert raised.value.code == "change_not_possible"


def test_a_merger_ends_its_predecessors_and_takes_their_centers(university, by):
    first, second = an_office(university, by), an_office(university, by, "O2", "网络教育处")
    center = a_center(university, school=first)
    merged = merge_schools(
        [first, second], SchoolDraft(code="O3", name="终身教育处", role="provider"), act=act("2019"), by=by
    )
    assert first.name_on(day("2018-12-31"))
    assert first.name_on(day("2019-01-01")) is None
    assert not first.roles.current().on(day("2019-01-01")).exists()
    owners = [
        CenterPeriod.objects.current().on(day(on)).get(center=center).school for on in ("2018-12-31", "2019-01-01")
    ]
    assert owners == [first, merged]
    event = LineageEvent.objects.get(kind="merged")
    assert (str(event.date), event.links.filter(side="predecessor").count()) == ("2019", 2)


def test_a_split_makes_at_least_two(university, by):
    office = an_office(university, by)
    with pytest.raises(DomainError):
        split_school(office, [SchoolDraft(code="O2", name="甲")], act=act("2020"), by=by)
    made = split_school(
        office, [SchoolDraft(code="O2", name="甲"), SchoolDraft(code="O3", name="乙")], act=act("2020"), by=by
    )
    assert [unit.code for unit in made] == ["O2", "O3"]
    assert office.closed_on == day("2020-01-01")


def test_a_role_changes_on_a_day(university, by):
    school = an_office(university, by)
    change_role(school, "provider", act=act("2010"), by=by)
    roles = [school.roles.current().on(day(on)).get().role for on in ("2009-12-31", "2010-01-01")]
    assert roles == ["managing_office", "provider"]


def test_a_unit_with_centers_is_not_closed(university, by):
    office = an_office(university, by)
    a_center(university, school=office)
    with pytest.raises(DomainError) as raised:
        close_school(office, act=act("2020"), by=by)
    assert raised.value.code == "school_has_centers"


def test_who_lacks_the_right_founds_nothing(university):
    registrar = a_user("registrar", "learning_centers.rename_school", at=university)
    with pytest.raises(NotAllowed):
        found_school(university, SchoolDraft(code="X", name="某院"), by=registrar)
    assert not university.schools.exists()
