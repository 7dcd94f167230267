"""Learning centres of a network: the places are real divisions, hosts and their codes are invented.

Invented social credit codes carry a division that does not exist (`99`), so that they belong to nobody.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pypinyin import lazy_pinyin

from common.codes.regions import current_regions
from demo.files import InstitutionFiles
from learning_centers.models import Major, School
from learning_centers.models.centers import CenterStatus
from learning_centers.services import CenterDraft, Filing, OrganizationDraft, Place, Terms

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
NAMELESS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
ENDINGS = ("自治州", "地区", "自治县", "市", "县", "盟")


ENGLISH = {
    "漯河": "Luohe", "西安": "Xi'an", "延安": "Yan'an", "淮安": "Huai'an", "泰安": "Tai'an", "广安": "Guang'an",
    "拉萨": "Lhasa", "哈尔滨": "Harbin", "齐齐哈尔": "Qiqihar", "呼和浩特": "Hohhot", "鄂尔多斯": "Ordos",
    "呼伦贝尔": "Hulunbuir", "乌鲁木齐": "Urumqi", "克拉玛依": "Karamay", "吐鲁番": "Turpan", "阿克苏": "Aksu",
    "海北藏族": "Haibei", "昌吉回族": "Changji", "博尔塔拉蒙古": "Bortala", "巴音郭楞蒙古": "Bayingolin",
}  # fmt: skip
"""Names in use where the sounds of the characters are not the English name."""


@dataclass(frozen=True)
class Division:
    code: str
    name: str

    @property
    def english(self) -> str:
        if known := ENGLISH.get(self.name):
            return known
        name = self.name if self.name == "长子" else self.name.replace("长", "常")  # the same sound, in one reading
        return "".join(lazy_pinyin(name)).capitalize()


def divisions(province: str, *, counties: bool) -> list[Division]:
    """Prefectures first, then counties (or counties alone), those without a name of their own left out."""
    named = [one for one in current_regions() if one.province == province and one.zh not in NAMELESS]
    upper = [] if counties else [one for one in named if one.level == "prefecture"]
    lower = [one for one in named if one.level == "county"]
    above = {one.code: short(one.zh) for one in upper}
    found = [Division(one.code, short(one.zh)) for one in upper]
    return found + [Division(one.code, above.get(one.prefecture, "") + short(one.zh)) for one in lower]


def short(name: str) -> str:
    """长沙市 → 长沙; names that would shrink to one character stay whole."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


def credit_code(rng: random.Random) -> str:
    """A formally valid unified social credit code of nobody."""
    body = f"12{rng.randint(11, 65)}99{rng.randint(0, 99):02}" + "".join(rng.choices("0123456789ABCDEFG", k=9))
    total = sum(ALPHABET.index(character) * pow(3, index, 31) for index, character in enumerate(body))
    return body + ALPHABET[-total % 31]


def center_drafts(files: InstitutionFiles, units: dict[str, School], majors: list[Major]) -> list[CenterDraft]:
    """The single centres of the files and the whole network, the same at every run."""
    network = files.centers["network"]
    school = units[network["unit"]]
    rng = random.Random(f"{files.code} centres")
    single = [_single(told, school, majors) for told in files.centers.get("center", [])]
    drafts = list(_network(network, school, majors, rng))
    stops = network.get("stop_intake", {"count": 0})
    at_work = [index for index, draft in enumerate(drafts) if len(draft.statuses) == 2]
    for index in rng.sample(at_work, stops["count"]):
        drafts[index] = _with_fate(drafts[index], "stop_intake", stops["on"])
    return single + drafts


def _single(told: dict[str, Any], school: School, majors: list[Major]) -> CenterDraft:
    host = told.get("host")
    return CenterDraft(
        code=told["code"],
        name=told["name"],
        name_en=told["name_en"],
        school_id=school.pk,
        regime=told["regime"],
        type=told.get("type", ""),
        place=Place(
            province_code=told.get("province", ""),
            region_code=told.get("region", ""),
            address=told.get("address", ""),
            country=told.get("country", "CHN"),
            time_zone=told.get("time_zone", "Asia/Shanghai"),
        ),
        host=OrganizationDraft(name=host, country=told["country"]) if host else None,
        statuses=((None, CenterStatus.PROPOSED), (told["opened"], CenterStatus.ACTIVE)),
        majors=[major.pk for major in majors] if told["regime"] == "school_direct" else (),
        majors_from=told["opened"],
    )


def _network(network: dict[str, Any], school: School, majors: list[Major], rng: random.Random) -> Iterator[CenterDraft]:
    """Province by province the open centres, then those that are gone or not yet there."""
    fates = [fate for fate in ("revoked", "proposed") for _ in range(network.get(fate, {}).get("count", 0))]
    fated = list(zip(rng.choices(list(network["provinces"]), k=len(fates)), fates, strict=True))
    for province, count in network["provinces"].items():
        here = [fate for where, fate in fated if where == province]
        places = _chosen(divisions(province, counties=network.get("counties", False)), count + len(here), network, rng)
        for serial, place in enumerate(places):
            code = place.code if network.get("counties") else f"{province[:2]}{network['first_serial'] + serial:02}"
            draft = _draft(network, school, majors, province, place, code, rng)
            fate = here[serial - count] if serial >= count else None
            yield _with_fate(draft, fate, network[fate].get("on")) if fate else draft


def _chosen(found: list[Division], wanted: int, network: dict[str, Any], rng: random.Random) -> list[Division]:
    if not network.get("counties"):
        return found[:wanted]
    always = [place for place in found if place.code in network.get("always", ())]
    others = [place for place in found if place not in always]
    return sorted(always + rng.sample(others, wanted - len(always)), key=lambda place: place.code)


def _draft(
    network: dict[str, Any],
    school: School,
    majors: list[Major],
    province: str,
    place: Division,
    code: str,
    rng: random.Random,
) -> CenterDraft:
    first, last = network["opened"]
    opened = dt.date(rng.randint(first, last), rng.choice((3, 6, 9)), 1)
    hosted = "host" in network
    filed: list[Major] = rng.sample(majors, rng.randint(*network["majors"])) if "majors" in network else []
    return CenterDraft(
        code=code,
        name=network["name"].format(place=place.name),
        name_en=network["name_en"].format(place=place.english),
        school_id=school.pk,
        regime=network["regime"],
        type=network["type"],
        place=Place(province_code=province, region_code=place.code),
        statuses=((None, CenterStatus.PROPOSED), (opened, CenterStatus.ACTIVE)),
        host=OrganizationDraft(name=network["host"].format(place=place.name), uscc=credit_code(rng))
        if hosted
        else None,
        agreement=Terms(begin=opened, end=dt.date(2029, 1, 1)) if hosted else None,
        agreement_no=f"XD-{opened.year}-{code}" if hosted else "",
        filings=_filings(network, province),
        majors=sorted(major.pk for major in filed),
        majors_from=opened,
    )


def _filings(network: dict[str, Any], province: str) -> list[Filing]:
    """One declaration a year; outside of the home province under the transition rule (docs/rules.md §2.8)."""
    if "filings_from" not in network:
        return []
    legacy = "home" in network and network["home"] != province
    return [
        Filing(begin=dt.date(year, 1, 1), end=dt.date(year + 1, 1, 1), year=year, legacy=legacy)
        for year in range(network["filings_from"], 2027)
    ]


def _with_fate(draft: CenterDraft, fate: str, on: dt.date | None) -> CenterDraft:
    proposed, active = draft.statuses
    if fate == "proposed":
        return replace(draft, statuses=(proposed,), filings=(), agreement=None)
    stopped = (on, CenterStatus.STOP_INTAKE)
    if fate == "stop_intake":
        return replace(draft, statuses=(proposed, active, stopped))
    revoked = (on and on.replace(year=on.year + 1), CenterStatus.REVOKED)
    return replace(draft, statuses=(proposed, active, stopped, revoked), filings=draft.filings[:1])
