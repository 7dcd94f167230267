"""The declarative files of an institution: nothing about a school stands in code."""

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
INSTITUTIONS = FOLDER / "institutions"


@dataclass(frozen=True)
class InstitutionFiles:
    """What the files of one institution say; `students` is empty where it has no degree line."""

    name: str
    profile: dict[str, Any]
    figures: dict[str, Any]
    majors: list[dict[str, str]]
    centers: dict[str, Any]
    students: dict[str, Any]

    @property
    def code(self) -> str:
        return self.profile["institution"]["code"]


def names_of_institutions() -> list[str]:
    return sorted(folder.name for folder in INSTITUTIONS.iterdir() if (folder / "profile.toml").exists())


def read_institution(name: str) -> InstitutionFiles:
    folder = INSTITUTIONS / name
    with (folder / "majors.csv").open(encoding="utf-8", newline="") as file:
        majors = list(csv.DictReader(file))
    students = folder / "students.toml"
    return InstitutionFiles(
        name=name,
        profile=read_toml(folder / "profile.toml"),
        figures=read_toml(folder / "figures.toml"),
        majors=majors,
        centers=read_toml(folder / "centers.toml"),
        students=read_toml(students) if students.exists() else {},
    )


def read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def names() -> dict[str, Any]:
    return read_toml(FOLDER / "names.toml")


@cache
def habits() -> dict[str, Any]:
    return read_toml(FOLDER / "lives.toml")
