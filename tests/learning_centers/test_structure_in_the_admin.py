"""Staff record what becomes of the institution, its units, its programmes and its partners; nothing of it needs a shell."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from common.dates import PartialDate, as_on
from common.errors import DomainError
from common.models import Recording
from learning_centers.models import (
    Agreement,
    Designation,
    Institution,
    LearningCenter,
    LineageEvent,
    Offering,
    Organization,
    School,
)
from learning_centers.services import Act as Event
from learning_centers.services import (
    SchoolDraft,
    file_majors,
    found_school,
    hand_over_center,
    hold_identifier,
    merge_schools,
    project_names,
)
from people.services.roles import shipped_roles
from tests.builders import a_center, a_school, a_user, a_version, an_institution, day, the_system
from tests.portal.conftest import client_of

pytestmark = pytest.mark.django_db
USCC = "124300001234567887"
EVENT = {"when": "2024-09", "approved_by": "校务会", "note": "", "note_en": ""}
UNIT = {"code": "N1", "name": "继续教育学院", "name_en": "", "kind": "school", "role": "provider", "parent": ""}


@pytest.fixture
def place():
    institution = an_institution()
    registrar = a_user("registrar", *shipped_roles()["registrar"]["verbs"], at=institution)
    outsider = a_user("outsider", *shipped_roles()["registrar"]["verbs"], at=an_institution("10003", "清华大学"))
    return SimpleNamespace(
        institution=institution,
        school=a_school(institution),
        registrar=client_of(registrar),
        outsider=client_of(outsider),
    )


def page_of(row, act: str) -> str:
    return reverse(f"admin:learning_centers_{row._meta.model_name}_{act}", args=[row.public_id])


def does(client, row, act: str, **said) -> list[str]:
    """What the page of the act says against it; nothing if it was done."""
    answer = client.post(page_of(row, act), said)
    return (
        []
        if answer.status_code == 302
        else [text for texts in answer.context["form"].errors.values() for text in texts]
    )


def an_office(place, code="O1", name="培训处"):
    return found_school(place.institution, SchoolDraft(code=code, name=name, kind="office"), by=the_system())


def test_the_institution_takes_another_name_and_code_on_their_day(place):
    home, registrar = place.institution, place.registrar
    with as_on(day("2025-01-01")):
        assert not does(registrar, home, "rename", name="石油大学", name_en="Petroleum", on="2025-01-01")
        assert not does(registrar, home, "change_code", code="11499", on="2026-01-01")
        home.refresh_from_db()
        assert (home.name, home.code) == ("石油大学", "11414"), "the code's day has not come"
    with as_on(day("2026-01-01")):
        assert project_names() == 1
        assert Recording.objects.latest("pk").reason == "learning_centers.begin_day"
    home.refresh_from_db()
    assert (home.name, home.code) == ("石油大学", "11499")


@pytest.mark.parametrize(("code", "told"), [("1149A", "five digits"), ("10003", "exists already")])
def test_a_code_that_cannot_be_is_refused(place, code, told):
    assert told in does(place.registrar, place.institution, "change_code", code=code, on="2026-01-01")[0]
    assert Institution.objects.get(pk=place.institution.pk).code == "11414"


def test_staff_state_from_when_the_records_are_complete(place):
    assert not does(place.registrar, place.institution, "completeness", since="2020-09-01")
    place.institution.refresh_from_db()
    assert place.institution.records_complete_from == day("2020-09-01")


def test_a_unit_is_founded_renamed_placed_and_closed(place):
    registrar = place.registrar
    assert not does(registrar, place.institution, "found_unit", **UNIT, **EVENT)
    unit = School.objects.get(code="N1")
    assert not does(registrar, unit, "rename", name="远程教育学院", name_en="", **EVENT | {"when": "2025"})
    assert not does(registrar, unit, "place_under", parent=place.school.pk, on="2025-02-01")
    assert not does(registrar, unit, "close", **EVENT | {"when": "2025-12-31"})
    unit.refresh_from_db()
    assert (unit.name, unit.closed_on) == ("远程教育学院", day("2025-12-31"))
    assert list(LineageEvent.objects.order_by("on").values_list("kind", flat=True)) == ["founded", "renamed", "closed"]
    assert "closed" in does(registrar, unit, "rename", name="又一个", name_en="", **EVENT | {"when": "2026"})[0]


def test_a_code_is_given_once(place):
    assert not does(place.registrar, place.institution, "found_unit", **UNIT, **EVENT)
    assert "exists already" in does(place.registrar, place.institution, "found_unit", **UNIT, **EVENT)[0]


def test_no_unit_stands_below_itself(place):
    office = an_office(place)
    assert not does(place.registrar, office, "place_under", parent=place.school.pk, on="2025-01-01")
    assert "below itself" in does(place.registrar, place.school, "place_under", parent=office.pk, on="2025-02-01")[0]


def test_a_unit_with_learning_centres_is_not_closed(place):
    a_center(place.institution, "0101", school=place.school)
    assert "Learning centres" in does(place.registrar, place.school, "close", **EVENT)[0]


def test_two_offices_merge_after_a_preview(place):
    offices = [an_office(place), an_office(place, "O2", "网络处")]
    center = a_center(place.institution, "0101", school=offices[1])
    url = reverse("admin:learning_centers_school_many_merge")
    said = {**UNIT, **EVENT, "rows": " ".join(str(one.public_id) for one in offices)}
    shown = place.registrar.post(url, said)
    assert shown.context["step"] == "preview"
    assert not School.objects.filter(code="N1").exists()
    done = place.registrar.post(url, said | {"confirmed": shown.context["shown"]})
    assert (done.context["step"], done.context["refused"]) == ("report", 0)
    center.refresh_from_db()
    assert center.school.code == "N1"
    assert all(School.objects.get(pk=one.pk).closed_on == day("2024-09-01") for one in offices)


def test_a_unit_splits_into_those_that_are_named(place):
    office = an_office(place)
    assert "at least two" in does(place.registrar, office, "split", units="A 甲处", **EVENT)[0]
    assert not does(place.registrar, office, "split", units="A 甲处\r\nB 乙处", **EVENT)
    assert sorted(School.objects.filter(code__in="AB").values_list("name", "kind")) == [
        ("乙处", "office"),
        ("甲处", "office"),
    ]


@pytest.mark.parametrize("when", ["05/11/2017", "2017-13", "1955s", "0001"])
def test_a_date_that_cannot_be_read_is_told_where_it_stands(place, when):
    assert (
        "Write the date as"
        in does(place.registrar, place.institution, "found_unit", **UNIT, **EVENT | {"when": when})[0]
    )


def test_a_designation_may_have_no_date_or_a_vague_one(place):
    said = {"kind": "award", "title": "先进单位", "title_en": "", "issuer": "教育部", "issuer_en": "", "ended_on": ""}
    for granted in ("", "1990s"):
        assert not does(
            place.registrar, place.institution, "designate", granted=granted, repeat_count="", school="", **said
        )
    assert [str(one.date) for one in Designation.objects.all()] == ["1990s", "None"]


def test_a_centre_is_proposed_and_waits_for_its_filing(place):
    said = {
        "code": "0777", "name": "株洲教学点", "name_en": "", "school": place.school.pk, "regime": "filed", "type": "",
        "country": "CHN", "province_code": "430000", "region_code": "", "address": "", "host_uscc": USCC,
    }  # fmt: skip
    assert "Name the host." in does(place.registrar, place.institution, "open_center", **said)
    assert not does(place.registrar, place.institution, "open_center", host_name="株洲职业学校", **said)
    center = LearningCenter.objects.get(code="0777")
    assert (center.status, center.province_code, center.school) == ("proposed", "430000", place.school)
    assert (
        "exists already" in does(place.registrar, place.institution, "open_center", host_name="株洲职业学校", **said)[0]
    )


def test_a_branch_abroad_has_a_country_and_no_province(place):
    said = {
        "code": "0900", "name": "海外分院", "name_en": "", "school": place.school.pk, "regime": "overseas", "type": "",
        "region_code": "", "address": "", "host_uscc": "", "host_name": "",
    }  # fmt: skip
    wrong = does(place.registrar, place.institution, "open_center", country="KAZ", province_code="430000", **said)
    assert wrong == ["Abroad there is no province of this list."]
    assert not does(place.registrar, place.institution, "open_center", country="KAZ", province_code="", **said)
    assert LearningCenter.objects.get(code="0900").periods.get().site.country == "KAZ"


def test_a_programme_is_opened_and_closed_for_new_batches(place):
    said = {
        "major_code": "081502", "major_name": "石油工程", "major_name_en": "", "level_path": "jc_to_ba", "years": "2.5",
        "max_years": "", "credits": "", "open_to": "",
    }  # fmt: skip
    with as_on(day("2026-03-01")):
        wrong = does(
            place.registrar, place.school, "offer_programme", study_form="online", open_from="2026-autumn", **said
        )
        assert "admits no students" in wrong[0]
        said |= {"study_form": "part_time", "open_from": "2026-autumn"}
        assert not does(place.registrar, place.school, "offer_programme", **said)
        offering = Offering.objects.current().get(programme_version__programme__major__code="081502")
        closing = reverse(
            "admin:learning_centers_programmeversion_close_offering", args=[offering.programme_version_id]
        )
        terms = {"offering": offering.pk, "open_to": "2027-spring"}
        assert place.registrar.post(closing, terms).status_code == 302
    assert offering.programme_version.offerings.current().get().open_to == day("2027-03-01")


def test_an_organization_is_registered_renamed_and_agreed_with(place):
    said = {"name": "长沙职业学校", "country": "CHN", "foreign_code": ""}
    assert "credit code" in does(place.registrar, place.institution, "register_organization", uscc="1243", **said)[0]
    assert not does(place.registrar, place.institution, "register_organization", uscc=USCC.lower(), **said)
    host = Organization.objects.get(uscc=USCC)
    assert not does(place.registrar, host, "rename", name="长沙职业学院", on="2025-01-01")
    signed = {"kind": "training", "number": "合2025-1", "begin": "2025-01-01", "end": "2026-01-01", "text": "培训"}
    assert not does(place.registrar, host, "sign", **signed)
    assert "on file already" in does(place.registrar, host, "sign", **signed)[0]
    agreement = Agreement.objects.get(number="合2025-1")
    terms = {"begin": "2026-01-01", "end": "2025-01-01", "text": ""}
    assert "after the beginning" in does(place.registrar, agreement, "renew", **terms)[0]
    assert not does(place.registrar, agreement, "renew", **terms | {"end": "2027-01-01"})
    assert list(agreement.versions.current().values_list("serial", flat=True)) == [1, 2]
    assert (
        "长沙职业学院" in place.registrar.get(reverse("admin:learning_centers_agreement_changelist")).content.decode()
    )


OFFER = {
    "major_code": "081502", "major_name": "石油工程", "major_name_en": "", "level_path": "jc_to_ba", "years": "2.5",
    "study_form": "part_time", "max_years": "", "credits": "", "open_from": "2026-autumn", "open_to": "",
}  # fmt: skip


def test_what_is_open_already_is_not_opened_beside_itself(place):
    offices = [an_office(place), an_office(place, "O2", "网络处")]
    with as_on(day("2026-03-01")):
        assert not does(place.registrar, place.school, "offer_programme", **OFFER | {"open_to": "2026-autumn"})
        told = does(place.registrar, place.school, "offer_programme", **OFFER | {"years": "3"})
        assert told == ["This programme is open for some of these batches already."]
        assert not does(place.registrar, place.school, "offer_programme", **OFFER | {"open_from": "2027-spring"})
        new = merge_schools(
            [place.school, *offices], SchoolDraft(code="N", name="新学院"), act=Event(on=PartialDate.parse("2026-02")),
            by=the_system(),
        )  # fmt: skip
        assert "open for some" in does(place.registrar, new, "offer_programme", **OFFER)[0]
        assert does(place.registrar, place.school, "offer_programme", **OFFER) == ["This unit is closed."]


@pytest.mark.parametrize("code", ["08", "08150２", "081502X"])
def test_a_major_has_a_code_of_the_catalogue(place, code):
    assert "six digits" in does(place.registrar, place.school, "offer_programme", **OFFER | {"major_code": code})[0]


def test_what_is_so_already_is_not_recorded_again(place):
    home, registrar = place.institution, place.registrar
    office = an_office(place)
    names = {"name": "石油大学", "name_en": ""}
    assert not does(registrar, home, "rename", on="2025-01-01", **names)
    assert not does(registrar, office, "rename", **names, **EVENT)
    assert not does(registrar, home, "change_code", code="11499", on="2025-01-01")
    for row, act, said in [
        (home, "rename", {**names, "on": "2025-06-01"}),
        (office, "rename", {**names, **EVENT}),
        (home, "change_code", {"code": "11499", "on": "2025-06-01"}),
    ]:
        assert does(registrar, row, act, **said) == ["This is so on that day already."]


def test_the_identifier_goes_with_the_code_and_the_earlier_one_stays(place):
    hold_identifier(place.institution, "4111011414", by=the_system())
    assert not does(place.registrar, place.institution, "change_code", code="11499", on="2025-01-01")
    assert not does(place.registrar, place.institution, "identifier", identifier="4111011499")
    held = place.institution.codes.current().filter(scheme="identifier").order_by("end")
    assert list(held.values_list("value", "begin", "end")) == [
        ("4111011414", None, day("2025-01-01")),
        ("4111011499", day("2025-01-01"), None),
    ]


def test_an_organization_that_is_named_without_its_code_is_known_again(place):
    known = {"name": "株洲职业学校", "country": "CHN", "foreign_code": ""}
    assert not does(place.registrar, place.institution, "register_organization", uscc=USCC, **known)
    assert not does(place.registrar, place.institution, "register_organization", uscc="", **known)
    said = {
        "code": "0777", "name": "株洲教学点", "school": place.school.pk, "regime": "filed", "country": "CHN",
        "province_code": "430000", "host_name": "株洲职业学校",
    }  # fmt: skip
    assert not does(place.registrar, place.institution, "open_center", **said)
    assert Organization.objects.get().hosted.get().center.code == "0777"
    assert (
        "digits and capital letters"
        in does(place.registrar, place.institution, "open_center", **said | {"code": "a 1"})[0]
    )


def test_a_branch_in_hong_kong_is_said_by_its_province(place):
    said = {"code": "0901", "name": "香港分院", "school": place.school.pk, "regime": "overseas", "country": "CHN"}
    assert (
        "another country" in does(place.registrar, place.institution, "open_center", **said, province_code="430000")[0]
    )
    assert not does(place.registrar, place.institution, "open_center", **said, province_code="810000")


def test_a_designation_does_not_end_before_it_was_granted(place):
    said = {"kind": "award", "title": "先进单位", "granted": "2020", "ended_on": "2019-12-31"}
    assert "before the beginning" in does(place.registrar, place.institution, "designate", **said)[0]


def filed_days(center):
    return list(center.filed_majors.current().order_by("begin").values_list("begin", "end"))


def test_a_filing_is_recorded_once(place):
    center = a_center(place.institution, "0101", school=place.school)
    said = {"year": 2026, "decision": "keep", "begin": "2026-01-01", "end": "2027-01-01"}
    assert not does(place.registrar, center, "file", **said)
    assert does(place.registrar, center, "file", **said) == ["This filing is recorded already."]
    assert not does(place.registrar, center, "file", **said | {"decision": "stop_intake"})


def test_a_major_is_filed_earlier_and_withdrawn_only_while_it_is_filed(place):
    center = a_center(place.institution, "0101", school=place.school, majors=())
    major = a_version(place.institution, school=place.school).programme.major.pk
    assert not does(place.registrar, center, "file_majors", majors=[major], on="2026-09-01")
    assert not does(place.registrar, center, "file_majors", majors=[major], on="2026-03-01")
    assert filed_days(center) == [(day("2026-03-01"), day("2026-09-01")), (day("2026-09-01"), None)]
    told = does(place.registrar, center, "withdraw_major", major=major, on="2026-01-01")
    assert told == ["The centre has not filed this major on that day."]


def test_a_centre_goes_to_the_second_of_two_new_schools(place):
    center = a_center(place.institution, "0101", school=place.school)
    assert not does(place.registrar, place.school, "split", units="A 甲学院\r\nB 乙学院", **EVENT)
    second, closed = School.objects.get(code="B"), place.school
    assert not does(place.registrar, center, "hand_over", school=second.pk, on="2025-01-01")
    periods = center.periods.current().order_by("begin").values_list("begin", "school__code")
    assert list(periods) == [(day("2024-09-01"), "A"), (day("2025-01-01"), "B"), (None, "S1")]
    assert does(place.registrar, center, "hand_over", school=second.pk, on="2025-06-01") == [
        "This is so on that day already."
    ]
    assert does(place.registrar, center, "hand_over", school=closed.pk, on="2025-06-01")
    elsewhere = a_school(an_institution("10003", "清华大学"))
    with pytest.raises(DomainError):
        hand_over_center(center, elsewhere, on=day("2025-06-01"), by=the_system())


def test_a_renamed_centre_does_not_keep_the_english_name_of_the_earlier_one(place):
    center = a_center(place.institution, "0101", school=place.school)
    LearningCenter.objects.filter(pk=center.pk).update(name_en="Old Station")
    assert not does(place.registrar, center, "rename", name="新站", name_en="", on="2025-01-01")
    center.refresh_from_db()
    assert str(center) == "0101 新站"
    assert not does(place.registrar, center, "rename", name="又一站", name_en="Another Station", on="2025-06-01")
    center.refresh_from_db()
    assert str(center) == "0101 Another Station"


def test_pages_name_who_was_concerned_where_it_is_and_what_is_offered(place):
    assert not does(place.registrar, place.institution, "found_unit", **UNIT, **EVENT)
    lineage = place.registrar.get(reverse("admin:learning_centers_lineageevent_changelist")).content.decode()
    assert "继续教育学院" in lineage
    said = {
        "code": "0777", "name": "娄底教学点", "school": place.school.pk, "regime": "school_direct", "country": "CHN",
        "province_code": "430000", "region_code": "431300",
    }  # fmt: skip
    assert not does(place.registrar, place.institution, "open_center", **said)
    center = LearningCenter.objects.get(code="0777")
    version = a_version(place.institution, school=place.school)
    file_majors(center, [version.programme.major], begin=day("2026-01-01"), by=the_system())
    assert not does(place.registrar, center, "offer", version=version.pk, on="2026-01-01")
    page = place.registrar.get(
        reverse("admin:learning_centers_learningcenter_change", args=[center.public_id])
    ).content.decode()
    assert "娄底市" in page
    assert str(version) in page


def test_an_outsider_finds_none_of_it(place):
    version = a_version(place.institution, school=place.school)
    for row, act in [(place.institution, "found_unit"), (place.institution, "open_center"), (place.school, "close")]:
        assert place.outsider.get(page_of(row, act)).status_code == 404
    closing = reverse("admin:learning_centers_programmeversion_close_offering", args=[version.pk])
    assert place.outsider.get(closing).status_code == 404
    assert (
        str(place.school.public_id)
        not in place.outsider.get(reverse("admin:learning_centers_school_changelist")).content.decode()
    )
