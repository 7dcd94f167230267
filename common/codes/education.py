"""Education levels of GB/T 4658: graduated, completed and incomplete stand beside each other inside each tens group."""

from typing import NamedTuple

from common.codes.tables import read_table


class EducationLevel(NamedTuple):
    code: str
    zh: str
    en: str


EDUCATION_LEVELS = {row["code"]: EducationLevel(**row) for row in read_table("education_levels")}
