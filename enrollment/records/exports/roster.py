"""The roster: students of a centre or an institution as a list to work with; numbers of persons are masked unless asked for
whole."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from common.dates import today
from common.errors import DomainError
from common.masking import mask
from enrollment.records.models.students import PRESENT, Student, StudentEntry, StudentState
from exchange.exports import ExportKind, register_export
from learning_centers.models.majors import LevelPath, StudyForm
from people.models import Contact, IdentityDocument

BATCH = re.compile(r"\d{4}-(spring|autumn)")
AT_ONCE = 2_000


@dataclass(frozen=True)
class RosterTerms:
    """Empty = all; `in_clear` shows whole numbers."""

    states: tuple[str, ...] = PRESENT
    batch: str = ""
    level_path: str = ""
    study_form: str = ""
    in_clear: bool = False

    def stored(self) -> dict[str, Any]:
        return {**vars(self), "states": list(self.states)}


def read_terms(asked: dict[str, Any]) -> RosterTerms:
    terms = RosterTerms(
        states=tuple(asked.get("states") or PRESENT),
        batch=asked.get("batch") or "",
        level_path=asked.get("level_path") or "",
        study_form=asked.get("study_form") or "",
        in_clear=asked.get("in_clear") is True,
    )
    possible = (
        set(terms.states) <= set(StudentState.values)
        and (not terms.batch or BATCH.fullmatch(terms.batch))
        and terms.level_path in ("", *LevelPath.values)
        and terms.study_form in ("", *StudyForm.values)
    )
    if not possible:
        raise DomainError(now_("The list cannot be narrowed in this way."), code="terms_not_possible")
    return terms


def rows(asker: Any, institution: Any, center: Any, terms: RosterTerms) -> QuerySet[Student]:
    version = "current_programme_version"
    wanted = {
        "institution": institution,
        "current_center": center,
        "current_state__in": terms.states,
        "entry_batch__code": terms.batch,
        f"{version}__programme__level_path": terms.level_path,
        f"{version}__study_form": terms.study_form,
    }
    students = Student.objects.visible_to(asker, "enrollment.view_students").current()
    if not terms.batch and set(terms.states) <= set(PRESENT):
        students = students.entered(today(institution))
    return students.filter(**{name: value for name, value in wanted.items() if value}).order_by("student_no")


def head(terms: RosterTerms) -> list[str]:
    return [
        now_("Student number"), pgettext("person", "Name"), now_("Sex"), now_("Document type"), now_("Document number"),
        now_("Phone"), now_("Centre code"), now_("Learning centre"), now_("Level path"), now_("Major"), now_("Study form"),
        now_("Entry batch"), now_("Entry date"), now_("Class"), now_("State"),
    ]  # fmt: skip


def lines(students: QuerySet[Student], terms: RosterTerms) -> Iterator[list[str]]:
    related = ("person", "current_center", "entry_batch", "current_programme_version__programme__major")
    shown = str if terms.in_clear else mask
    found = students.select_related(*related).iterator(chunk_size=AT_ONCE)
    while some := list(islice(found, AT_ONCE)):
        entries = {
            one.student_id: one for one in StudentEntry.objects.current().filter(student__in=[one.pk for one in some])
        }
        papers, phones = _numbers([one.person_id for one in some])
        for student in some:
            entry, version = entries[student.pk], student.current_programme_version
            kinds, numbers = zip(*papers[student.person_id], strict=True) if papers[student.person_id] else ((), ())
            yield [
                student.student_no, student.person.name, student.person.get_sex_display(),
                " ".join(kinds), " ".join(map(shown, numbers)), shown(phones.get(student.person_id, "")),
                student.current_center.code, student.current_center.name, version.programme.get_level_path_display(),
                version.programme.major.name, version.get_study_form_display(), str(student.entry_batch),
                entry.entry_date.isoformat(), entry.class_name, student.get_current_state_display(),
            ]  # fmt: skip


def _numbers(persons: list[int]) -> tuple[dict[int, list[tuple[str, str]]], dict[int, str]]:
    """(type, number) of the documents and the phone of each person, as known today."""
    papers: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for one in IdentityDocument.objects.current().filter(person__in=persons).order_by("id"):
        papers[one.person_id].append((one.get_type_display(), one.number))
    phones = Contact.objects.current().filter(person__in=persons, kind=Contact.Kind.PHONE)
    return papers, {one.person_id: one.value for one in phones}


ROSTER = register_export(ExportKind("roster", _("Roster"), read_terms, rows, head, lines))
