"""Where persons are seen: each line of work writes its rows where it writes what they follow from, in the same transaction."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from common.bulk import copy_rows
from people.models import PersonPlace


class Stay(NamedTuple):
    """A person at one school, centre or partner; `subject` is the key of the record that brought them there."""

    institution_id: int
    person_id: int
    subject: int
    begin: dt.date
    end: dt.date | None = None
    school_id: int | None = None
    center_id: int | None = None
    partner_id: int | None = None


def write_places(line: str, stays: Iterable[Stay]) -> None:
    """Write the places of records that have none yet."""
    copy_rows(PersonPlace, ("line", *Stay._fields), ((line, *stay) for stay in stays))


def renew_places(line: str, persons: Mapping[int, int], stays: Iterable[Stay]) -> None:
    """Make the places of these records (`persons`: the person of each) what is said here; only what differs is written."""
    wanted = set(stays)
    stored = PersonPlace.objects.filter(line=line, person__in=set(persons.values()), subject__in=list(persons))
    known = {Stay(*values): key for key, *values in stored.values_list("pk", *Stay._fields)}
    PersonPlace.objects.filter(pk__in=[key for stay, key in known.items() if stay not in wanted]).delete()
    write_places(line, sorted(wanted - known.keys(), key=lambda stay: (stay.subject, stay.begin)))
