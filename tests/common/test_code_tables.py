import json
from pathlib import Path

import pytest

from common.codes import ethnicities
from common.codes.countries import AMBIGUOUS_KEYS, COUNTRIES, COUNTRY_KEYS, country_key, country_named
from common.codes.education import EDUCATION_LEVELS
from common.codes.regions import MAINLAND_PROVINCES, PROVINCE_SPELLINGS, PROVINCES, current_regions, regions
from common.codes.spellings import SPELLINGS
from enrollment.records.models.changes import ChangeKind
from learning_centers.models.centers import CenterStatus
from learning_centers.models.majors import LevelPath, StudyForm
from people.models.persons import IdentityType, PoliticalStatus, Sex

CONTRACT = json.loads((Path(__file__).parent.parent / "samples" / "contract.json").read_text())


def test_provinces_are_the_34_units():
    assert {code: [province.zh, province.short_zh] for code, province in PROVINCES.items()} == CONTRACT["provinces"]
    assert len({province.letters for province in PROVINCES.values()}) == 34
    kinds = [province.kind for province in PROVINCES.values()]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "municipality": 4, "province": 23, "autonomous_region": 5, "sar": 2,
    }  # fmt: skip
    assert len(MAINLAND_PROVINCES) == 31


def test_english_name_is_no_spelling_of_a_province():
    assert PROVINCE_SPELLINGS["湖南"] == PROVINCE_SPELLINGS["43"] == "430000"
    assert "Shaanxi" not in PROVINCE_SPELLINGS


def test_counties_lie_in_provinces():
    assert regions()["532926"].zh == "南涧彝族自治县"
    assert regions()["532926"].prefecture == "532900"
    assert regions()["110103"].last_listed == "200912"
    assert all(region.province in PROVINCES for region in regions().values())
    assert len(current_regions()) > 3000


@pytest.mark.parametrize("name", sorted(CONTRACT["enums"].keys() & SPELLINGS.keys()))
def test_spellings_are_those_of_the_contract(name):
    assert {value: set(texts) for value, texts in SPELLINGS[name].items()} == {
        value: set(texts) for value, texts in CONTRACT["enums"][name].items()
    }


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("sex", Sex),
        ("id_type", IdentityType),
        ("level_path", LevelPath),
        ("study_form", StudyForm),
        ("political_status", PoliticalStatus),
        ("center_status", CenterStatus),
        ("change_type", ChangeKind),
    ],
)
def test_models_offer_the_canonical_values(name, choices):
    assert set(choices.values) >= CONTRACT["enums"][name].keys()


def test_ethnicities_are_unique():
    table = ethnicities.ETHNICITIES.values()
    assert len({ethnicity.zh for ethnicity in table}) == 58
    assert len({ethnicity.letters for ethnicity in table if ethnicity.letters}) == 56
    assert ethnicities.ETHNICITIES["04"].letters == "ZA"


def test_every_country_of_the_contract_is_found_by_every_name():
    for iso3, country in CONTRACT["countries"].items():
        for name in (iso3, country["iso2"], *country["en"], *country["zh"]):
            assert country_named(name).iso3 == iso3


def test_country_names_are_whole_and_unambiguous():
    assert country_named("The Sudan").iso3 == country_named(" sudan ").iso3 == "SDN"
    assert country_named("Cote d'Ivoire").iso3 == "CIV"
    assert country_named("Niger").iso3 != country_named("Nigeria").iso3
    assert country_named("Sud") is None
    assert not AMBIGUOUS_KEYS & COUNTRY_KEYS.keys()
    assert {iso3 for iso3, country in COUNTRIES.items() if country.is_region} == {"HKG", "MAC", "TWN"}
    assert len({country.numeric for country in COUNTRIES.values()}) == len(COUNTRIES)
    assert country_key("Türkiye") == "turkiye"


def test_education_levels_stand_in_their_groups():
    assert EDUCATION_LEVELS["21"].zh == "大学本科毕业"
    assert all(f"{code[0]}0" in EDUCATION_LEVELS for code in EDUCATION_LEVELS)
