"""The figures of degree students: `deg.*` (docs/rules.md §6.2, §6.3)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.families import Column, Family, ScopeLevel, Slice, register
from enrollment.families import dimensions, facts, indicators, reasons
from enrollment.families.lineage import successors_today
from enrollment.records.models.students import Student
from learning_centers.models import Institution, LearningCenter, School


def _context(institution: Institution, known_number: int) -> Mapping[str, Any]:
    """The school that stands for a former one today, for the dimension `school_today`; the causes of moves."""
    successors = successors_today(institution, known_number)
    return {
        "moves": sorted(indicators.INDICATORS["deg.moved_in"].causes),
        "successor_keys": [key for key, _code in successors],
        "successor_codes": [code for _key, code in successors],
    }


def _flow_closes(slice_: Slice, values: Mapping[str, int]) -> None:
    incoming = sum(values.get(one, 0) for one in indicators.ADDING)
    expected = incoming - sum(values.get(one, 0) for one in indicators.SUBTRACTING)
    if expected != values.get("deg.closing", 0):
        raise DomainError(
            _("The flow does not close for %(slice)s: %(expected)s expected, %(found)s counted.")
            % {"slice": slice_ or _("the total"), "expected": expected, "found": values.get("deg.closing", 0)},
            code="flow_identity_broken",
            slice=slice_,
        )


def _state(student: Student) -> Any:
    return gettext("taken back") if student.superseded_in_id else student.get_current_state_display()


DEGREE = register(
    Family(
        name="degree",
        prefix="deg.",
        title=_("Degree students"),
        subject=Student,
        number="student_no",
        verb_to_view="enrollment.view_students",
        measures=indicators.ALL,
        dimensions=dimensions.ALL,
        standard=dimensions.STANDARD,
        tables=facts.BASE,
        rows=facts.rows,
        crossings=facts.moved,
        crosses=facts.crosses,
        series=facts.series,
        evidence=facts.EVIDENCE,
        context=_context,
        scope_rows=LearningCenter,
        scope_levels={
            "center": ScopeLevel(LearningCenter, "code"),
            "school": ScopeLevel(School, "school__code"),
        },
        law=_flow_closes,
        unseen=reasons.unseen,
        reasons=reasons.reasons,
        sentences={
            "counted": _("The student is counted here."),
            "other_slice": _("The student is counted in another slice (%(held)s)."),
            "no_such_event": _("Nothing of this kind is recorded for the student."),
            "no_such_number": _("There is no student with this number here."),
            "why_not": _("Why is a student not counted?"),
            "otherwise": _("Students whom this version counts otherwise"),
            "by_province": _("Students in status by province of the learning centre"),
            "why": _("Why is a student counted, or not?"),
            "missing": _("A student is missing here? Ask why."),
            "behind": _(
                "%(seen)s different students of yours stand behind the %(all)s counted; others have moved on, or are counted more"
                " than once."
            ),
            "total": _("%(total)s students."),
        },
        leading=("deg.stock", "deg.suspended", "deg.entrants", "deg.graduates"),
        charted=("deg.stock", "deg.suspended"),
        columns=(
            Column(pgettext_lazy("person", "name"), lambda one: one.person.name),
            Column(_("State today"), _state),
            Column(_("Learning centre today"), lambda one: one.current_center),
            Column(_("Batch"), lambda one: one.entry_batch),
            Column(_("Major today"), lambda one: one.current_programme_version.programme.major),
        ),
        joined=("person", "current_center", "current_programme_version__programme__major", "entry_batch"),
    )
)
