"""From the files to units, honours, claims, majors and learning centres, by the services that staff use."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from common.batches import first_day
from common.dates import PartialDate
from common.ledger import OpenRecording
from demo.files import InstitutionFiles
from learning_centers.models import Institution, ProgrammeVersion, School
from learning_centers.models.majors import LevelPath
from learning_centers.services import (
    Act,
    OfferingDraft,
    SchoolDraft,
    change_role,
    designate,
    found_institution,
    found_school,
    merge_schools,
    offer_programmes,
    rename_school,
)
from reporting.services.publishing import Claim, Statement, publish_figures, state_profile

YEARS = {LevelPath.SEC_TO_JC: Decimal("2.5"), LevelPath.JC_TO_BA: Decimal("2.5"), LevelPath.SEC_TO_BA: Decimal(5)}
MAX_YEARS = {LevelPath.SEC_TO_JC: Decimal("4.5"), LevelPath.JC_TO_BA: Decimal("4.5"), LevelPath.SEC_TO_BA: Decimal(8)}


def found(files: InstitutionFiles, *, by: Any) -> Institution:
    told = files.profile["institution"]
    return found_institution(
        told["code"],
        told["name"],
        name_en=told["name_en"],
        identifier=told["identifier"],
        records_complete_from=told.get("records_complete_from"),
        with_school=False,
        by=by,
    )


def found_units(institution: Institution, files: InstitutionFiles, *, by: Any) -> dict[str, School]:
    """Units and what happened to them, in the order of time; returns them by code."""
    units: dict[str, School] = {}
    founded = [(told.get("founded", {}).get("on", ""), "founded", told) for told in files.profile["unit"]]
    happened = [(told["on"], told["kind"], told) for told in files.profile.get("event", [])]
    for _on, kind, told in sorted(founded + happened, key=_in_time):
        if kind == "founded":
            act = _act(told["founded"]) if "founded" in told else None
            units[told["code"]] = found_school(institution, _unit(told), act=act, by=by)
        elif kind == "renamed":
            rename_school(units[told["units"][0]], told["name"], name_en=told["name_en"], act=_act(told), by=by)
        elif kind == "role_changed":
            change_role(units[told["units"][0]], told["role"], act=_act(told), by=by)
        elif kind == "merged":
            (into,) = told["into"]
            merged = [units[code] for code in told["units"]]
            units[into["code"]] = merge_schools(merged, _unit(into), act=_act(told), by=by)
        else:
            raise ValueError(f"unknown event {kind}")
    return units


def _in_time(told: tuple[str, str, dict[str, Any]]) -> tuple[dt.date, int]:
    on, _kind, details = told
    return (PartialDate.parse(on).first if on else dt.date.min), details.get("position", 0)


def _unit(told: dict[str, Any]) -> SchoolDraft:
    return SchoolDraft(
        code=told["code"],
        kind=told.get("kind", School.Kind.SCHOOL),
        name=told["name"],
        name_en=told["name_en"],
        role=told.get("role", ""),
    )


def _act(told: dict[str, Any]) -> Act:
    known = {key: told[key] for key in ("approved_by", "note", "note_en", "position") if key in told}
    return Act(on=PartialDate.parse(told["on"]), **known)


def state_claims(institution: Institution, files: InstitutionFiles, units: dict[str, School], *, by: Any) -> None:
    """Honours, the profile in words, and the published figures."""
    for told in files.profile.get("designation", []):
        known = {key: told[key] for key in ("title_en", "issuer", "issuer_en", "repeat_count") if key in told}
        granted = PartialDate.parse(told["granted"]) if "granted" in told else None
        designate(
            institution,
            told["kind"],
            told["title"],
            granted=granted,
            school=units.get(told.get("unit", "")),
            by=by,
            **known,
        )
    state_profile(institution, [Statement(**told) for told in files.profile.get("statement", [])], by=by)
    publish_figures(institution, [_claim(told, files.figures["source"]) for told in files.figures["figure"]], by=by)


def _claim(told: dict[str, Any], source: str) -> Claim:
    values: dict[str, Any] = told | {"value": Decimal(told["value"]), "source": source}
    for date in ("since", "as_of"):
        values[date] = PartialDate.parse(told[date]) if date in told else None
    return Claim(**values)


def open_programmes(school: School, files: InstitutionFiles, *, entry: OpenRecording) -> list[ProgrammeVersion]:
    """Every major along its paths in every study form of the files, as long as the form was lawful."""
    offer_programmes(school, list(programme_drafts(files.majors, files.students["study_forms"])), entry=entry)
    versions = ProgrammeVersion.objects.current().filter(institution=school.institution_id)
    return list(versions.select_related("programme__major").order_by("pk"))


def programme_drafts(majors: list[dict[str, str]], study_forms: dict[str, dict[str, str]]) -> Iterator[OfferingDraft]:
    for major in majors:
        for path in major["paths"].split():
            for form, span in study_forms.items():
                yield OfferingDraft(
                    major_code=major["code"],
                    major_name=major["name"],
                    major_name_en=major["name_en"],
                    isced_field=major["isced_field"],
                    level_path=path,
                    study_form=form,
                    years=YEARS[LevelPath(path)],
                    max_years=MAX_YEARS[LevelPath(path)],
                    open_from=first_day(span["open_from"]),
                    open_to=first_day(span["open_to"]) if "open_to" in span else None,
                )
