"""What an institution simulates with: the files `study.toml`, completed by what it has anyway."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from common.batches import first_day
from demo.files import INSTITUTIONS, InstitutionFiles, names_of_institutions, read_institution, read_toml
from learning_centers.study_forms import admits


@dataclass(frozen=True)
class Study:
    files: InstitutionFiles
    told: dict[str, Any]

    @property
    def unit(self) -> str:
        return self.told["unit"]

    @property
    def intake(self) -> dict[str, Any]:
        return self.told["intake"]

    @property
    def majors(self) -> list[dict[str, str]]:
        """Those of the institution, or the invented ones where it has none."""
        return self.files.majors or self.told["major"]

    @property
    def forms(self) -> dict[str, dict[str, str]]:
        return self.files.students.get("study_forms") or self.told["study_forms"]

    @property
    def level_paths(self) -> dict[str, float]:
        return self.files.students.get("level_paths") or self.told["level_paths"]

    def batches(self, first: int, last: int) -> list[str]:
        return [f"{year}-{season}" for year in range(first, last + 1) for season in self.intake["seasons"]]

    def forms_of(self, batch: str) -> list[str]:
        """Those that the institution offers in the batch and the law admits."""
        return [form for form, span in self.forms.items() if admits(form, batch) and _is_open(span, first_day(batch))]


def _is_open(span: dict[str, str], day: dt.date) -> bool:
    return first_day(span["open_from"]) <= day and ("open_to" not in span or day <= first_day(span["open_to"]))


def read_study(code: str) -> Study:
    """The files of the institution with this national code; raises KeyError if there are none."""
    for name in names_of_institutions():
        files = read_institution(name)
        if files.code == code:
            return Study(files, read_toml(INSTITUTIONS / name / "study.toml"))
    raise KeyError(code)
