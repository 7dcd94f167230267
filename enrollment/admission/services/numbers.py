"""Student numbers: by the institution's pattern, without gaps within a prefix, never one that anybody has or had (§2.3)."""

from collections.abc import Sequence
from typing import Any

from common.batches import Season
from common.numbering import advance, last_number
from enrollment.admission.models.places import EntryBatch
from enrollment.admission.services.refusals import refuse
from enrollment.records.models.students import Student
from enrollment.rules import student_no_pattern
from learning_centers.models import CenterOffering

SEASONS = {Season.SPRING: "1", Season.AUTUMN: "2"}
PATHS = {"sec_to_jc": "1", "jc_to_ba": "2", "sec_to_ba": "3"}
FORMS = {"correspondence": "1", "spare_time": "2", "full_time": "3", "online": "4", "part_time": "5"}


def prefix_of(pattern: str, batch: EntryBatch, offering: CenterOffering) -> str:
    """What the numbers of those who enter there begin with."""
    version = offering.programme_version
    return student_no_pattern(pattern).prefix(
        {
            "year": str(batch.year),
            "yy": f"{batch.year % 100:02}",
            "season": SEASONS[Season(batch.season)],
            "path": PATHS[version.programme.level_path],
            "form": FORMS[version.study_form],
            "center": "".join(one for one in offering.center.code if one.isascii() and one.isalnum()).upper(),
            "major": version.programme.major.code[:6],
        }
    )


def take_numbers(institution: Any, pattern: str, prefix: str, count: int) -> Sequence[str]:
    """The next numbers of the prefix; others who ask for the same prefix wait. Numbers that came by a file, also those that were
    taken back, are stepped over.

    Raises DomainError `numbers_used_up`.
    """
    form, series = student_no_pattern(pattern), f"student-no {prefix}"
    last, found = last_number(institution, series), list[str]()
    while len(found) < count:
        serials = range(last + 1, min(last + count - len(found), form.last) + 1)
        if not serials:
            raise refuse("numbers_used_up", prefix=prefix)
        asked = [form.number(prefix, serial) for serial in serials]
        held = set(
            Student.objects.filter(institution=institution, student_no__in=asked).values_list("student_no", flat=True)
        )
        found += [number for number in asked if number not in held]
        last = serials[-1]
    advance(institution, series, last)
    return found
