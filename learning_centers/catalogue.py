"""What an institution offers, for rules over many rows: codes and names of majors, and versions open for a batch."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from learning_centers.models import Major, Offering, ProgrammeVersion


class Course(NamedTuple):
    """What is studied: major code, level path, study form. What a file calls a major on a path in a form."""

    major_code: str
    level_path: str
    study_form: str


class Offered(NamedTuple):
    version_id: int
    years: Decimal
    open_from: dt.date
    open_to: dt.date | None

    def is_open(self, batch_start: dt.date) -> bool:
        return self.open_from <= batch_start and (self.open_to is None or batch_start <= self.open_to)


@dataclass(slots=True)
class Catalogue:
    """`names` by major code; `offered` holds every known offering of a course; `courses` tells what a version teaches, `schools`
    who teaches a course."""

    names: dict[str, str] = field(default_factory=dict)
    major_ids: dict[str, int] = field(default_factory=dict)
    offered: dict[Course, list[Offered]] = field(default_factory=dict)
    offered_codes: set[str] = field(default_factory=set)
    courses: dict[int, Course] = field(default_factory=dict)
    schools: dict[Course, int] = field(default_factory=dict)

    def open_version(self, course: Course, batch_start: dt.date, years: Decimal | None = None) -> int | None:
        """The version open for the batch, of this length where there is a choice; None where none is open."""
        fitting = [offer for offer in self.offered.get(course, ()) if offer.is_open(batch_start)]
        if not fitting:
            return None
        return max(fitting, key=lambda offer: (offer.years == years, offer.open_from)).version_id

    def any_version(self, course: Course, batch_start: dt.date) -> int | None:
        """A version of the course for someone who entered with this batch: open then, or else the latest one."""
        offers = self.offered.get(course)
        if not offers:
            return None
        return max(offers, key=lambda offer: (offer.is_open(batch_start), offer.open_from)).version_id

    def followed(self, present: int, target: int, part: str, batch_start: dt.date) -> int | None:
        """The version that differs from `present` in one part (a field of `Course`) as `target` does, or None."""
        wanted = self.courses[present]._replace(**{part: getattr(self.courses[target], part)})
        return target if self.courses[target] == wanted else self.any_version(wanted, batch_start)


def catalogues(institutions: Iterable[int]) -> dict[int, Catalogue]:
    """Today's catalogues in three queries whatever their number."""
    found = {institution: Catalogue() for institution in institutions}
    majors = Major.objects.current().filter(institution__in=found)
    for institution, key, code, name in majors.values_list("institution_id", "pk", "code", "name"):
        found[institution].names[code] = name
        found[institution].major_ids[code] = key
    columns = ("programme__major__code", "programme__level_path", "study_form")
    versions = ProgrammeVersion.objects.filter(institution__in=found)
    for institution, key, school, *course in versions.values_list(
        "institution_id", "pk", "programme__school_id", *columns
    ):
        found[institution].courses[key] = Course(*course)
        found[institution].schools[Course(*course)] = school
    offerings = Offering.objects.current().filter(institution__in=found)
    for institution, version, years, open_from, open_to in offerings.values_list(
        "institution_id", "programme_version_id", "programme_version__normal_years", "open_from", "open_to"
    ):
        catalogue = found[institution]
        course = catalogue.courses[version]
        catalogue.offered.setdefault(course, []).append(Offered(version, years, open_from, open_to))
        catalogue.offered_codes.add(course.major_code)
    return found
