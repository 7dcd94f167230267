"""What `make demo` shows, in order: the institutions, and the files that the real import takes in."""

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from demo.files import FOLDER

SAMPLES = FOLDER / "samples"


class SampleFile(NamedTuple):
    """`rejected`: how many rows the import must turn away (the last file is there to try the error table)."""

    kind: str
    path: Path
    rejected: int = 0


INSTITUTIONS = ("cup", "tsinghua", "hnust")
SAMPLES_TODAY = dt.date(2026, 11, 21)
"""The day as on which the sample files are judged, whatever the calendar says."""

# Of an invented school, made by its first import; the order matters.
SAMPLE_FILES = (
    SampleFile("schools_and_majors", SAMPLES / "01_schools_and_majors.csv"),
    SampleFile("learning_centers", SAMPLES / "02_learning_centers.csv"),
    SampleFile("admission_plan", SAMPLES / "03_admission_plan.csv"),
    SampleFile("new_students", SAMPLES / "04_new_students.csv"),
    SampleFile("status_changes", SAMPLES / "05_status_changes.csv"),
    SampleFile("new_students", SAMPLES / "06_new_students_messy.xlsx", rejected=43),
    SampleFile("applications", SAMPLES / "07_applications_messy.csv", rejected=7),
)
