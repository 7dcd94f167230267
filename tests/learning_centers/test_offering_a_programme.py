from decimal import Decimal

import pytest

from common.errors import DomainError
from common.ledger import recording
from learning_centers.models import Major, Offering, Programme, ProgrammeVersion, Region
from learning_centers.services import OfferingDraft, close_offering, offer_programme, offer_programmes
from tests.builders import a_school, an_institution, day, the_system

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return a_school(an_institution())


def a_draft(code="081502", path="jc_to_ba", form="part_time", years="2.5", **values):
    defaults = {"major_name": "石油工程", "open_from": day("2025-09-01")} | values
    return OfferingDraft(major_code=code, level_path=path, study_form=form, years=Decimal(years), **defaults)


def test_one_major_on_two_paths_in_two_forms(school):
    drafts = [a_draft(), a_draft(form="correspondence"), a_draft(path="sec_to_ba", years="5"), a_draft()]
    with recording(school.institution, by=the_system(), reason="tests.offer") as entry:
        keys = offer_programmes(school, drafts, entry=entry)
        again = offer_programmes(school, drafts, entry=entry)
    assert keys == again
    assert keys[0] == keys[3]
    assert [model.objects.count() for model in (Major, Programme, ProgrammeVersion, Offering)] == [1, 2, 3, 3]


@pytest.mark.parametrize(("code", "path"), [("081502", "sec_to_jc"), ("460301", "jc_to_ba")])
def test_a_code_of_another_level_is_refused(school, code, path):
    with pytest.raises(DomainError) as raised:
        offer_programme(school, a_draft(code, path), by=the_system())
    assert raised.value.code == "major_level_mismatch"
    assert not Major.objects.exists()


def test_closing_keeps_what_was_known(school):
    offering = offer_programme(school, a_draft(), by=the_system())
    closed = close_offering(offering, day("2026-09-01"), by=the_system())
    assert list(Offering.objects.current()) == [closed]
    assert Offering.objects.count() == 2


def test_regions_are_there_from_the_first_migration():
    assert Region.objects.filter(level="province").count() == 34
    assert Region.objects.get(code="532926").parent.parent.letters == "YN"
