"""Who studies already: a person may hold two different degree enrolments only where a rule allows it (docs/rules.md §2.4)."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from enrollment.admission.models.applications import HOLDING, Application
from enrollment.records.models.changes import ChangeKind, StudentChange
from enrollment.records.models.students import StudentEntry, StudentPeriod
from people.models import PersonMerge
from people.services import persons_by_digest

Studied = tuple[int, str]
"""Major and level path."""
TRANSFER_IN = StudentEntry.Kind.TRANSFER_IN


@dataclass
class Enrolled:
    """What applicants of one institution study, or hold a place for, elsewhere, and for those who come by transfer how often
    they were transferred before; by the digest of their number."""

    persons: dict[bytes, int] = field(default_factory=dict)
    studied: dict[bytes, list[Studied]] = field(default_factory=lambda: defaultdict(list))
    transfers: Counter[bytes] = field(default_factory=Counter)

    @classmethod
    def load(cls, institution_id: int, applications: Iterable[Application]) -> "Enrolled":
        rows = list(applications)
        digests = {bytes(one.id_digest) for one in rows if one.id_digest}
        known = cls(persons_by_digest(institution_id, digests))
        heads = _heads({*known.persons.values()})
        by_head: dict[int, list[bytes]] = defaultdict(list)
        for digest, person in known.persons.items():
            by_head[heads.get(person, person)].append(digest)
        together = {*known.persons.values(), *heads, *heads.values()}
        programme = "programme_version__programme__"
        going_on = StudentPeriod.objects.current().filter(
            student__person__in=together, student__superseded_in=None, end=None
        )
        for person, *studied in going_on.values_list("student__person", f"{programme}major", f"{programme}level_path"):
            for digest in by_head[heads.get(person, person)]:
                known.studied[digest].append(tuple(studied))
        if any(one.is_transfer for one in rows):
            for person, count in transfers_of(together).items():
                known.transfers.update(dict.fromkeys(by_head[heads.get(person, person)], count))
        programme = f"center_offering__{programme}"
        holding = Application.objects.current().filter(
            institution=institution_id, id_digest__in=digests, status__in=HOLDING
        )
        for digest, *studied in holding.exclude(pk__in=[one.pk for one in rows]).values_list(
            "id_digest", f"{programme}major", f"{programme}level_path"
        ):
            known.studied[bytes(digest)].append(tuple(studied))
        return known

    def excludes(self, application: Application, *, concurrent: bool) -> bool:
        """Whether the applicant's other enrolments keep them from this one; never the same programme twice."""
        others = self.studied.get(bytes(application.id_digest or b""), [])
        programme = application.center_offering.programme_version.programme
        return bool(others) if not concurrent else (programme.major_id, programme.level_path) in others


def transfers_of(persons: Iterable[int]) -> Counter[int]:
    """How often each of these persons came from or went to another institution."""
    asked = set(persons)
    came = StudentEntry.objects.current().filter(kind=TRANSFER_IN, student__person__in=asked)
    went = StudentChange.objects.in_force().filter(kind=ChangeKind.TRANSFER_OUT, student__person__in=asked)
    return Counter([*(one for rows in (came, went) for one in rows.values_list("student__person", flat=True))])


def one_person(person: int) -> set[int]:
    """All records that are counted as this person: the record itself and those it was merged with."""
    heads = _heads({person})
    head = heads.get(person, person)
    return {person, head, *(one for one, kept in heads.items() if kept == head)}


def _heads(persons: set[int]) -> dict[int, int]:
    """For everyone who is counted as somebody else, or as whom somebody else is counted: the person counted."""
    merges = PersonMerge.objects.current()
    heads = set(merges.filter(merged__in=persons).values_list("kept", flat=True)) | persons
    return {
        person: head
        for kept, merged in merges.filter(Q(kept__in=heads)).values_list("kept", "merged")
        for person, head in ((merged, kept), (kept, kept))
    }
