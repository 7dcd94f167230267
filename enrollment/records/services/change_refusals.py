"""Why a change is refused: a code for machines, a sentence for people; codes that files know too are the contract's (§6.4)."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from enrollment.records.life import Change, Entry, Life, Refusal, live
from enrollment.records.models.students import Student
from enrollment.records.services.lives import followers

SENTENCES: dict[str, Promise] = {
    "change_before_entry": _("The change is dated before the student entered."),
    "change_after_terminal": _("The student had already left."),
    "day_not_come": _("This day has not come yet."),
    "change_overlaps": _("Another change is dated on the same day."),
    "change_not_possible": _("This change is not possible from the state on that day."),
    "later_change_in_the_way": _(
        "A change that is decided for a later day would no longer be possible; withdraw that one first."
    ),
    "later_change_leads_nowhere": _(
        "A later change that is decided already leads to the same; withdraw that one first."
    ),
    "comes_later": _("An approved transfer leads here only after that day; withdraw that transfer."),
    "center_revoked": _("The learning centre is revoked on some of those days; lead the student to another one."),
    "center_stopped_intake": _("The learning centre takes no students in on that day."),
    "center_filing_lapsed": _("The learning centre has no filing that covers that day."),
    "major_not_open_at_center": _("The learning centre has not filed this major."),
    "study_form_not_valid_for_batch": _("Nobody entered in this study form with that batch."),
    "offering_not_found": _("Nothing like this was offered to that batch."),
    "no_admission_plan": _("No admission plan has a place in that batch."),
    "required": _("A value is missing that this kind of change needs."),
    "reason_unknown": _("Choose a reason from the list."),
    "decision_needed": _("Expulsion and cancellation need the number and the date of their decision."),
    "other_level_path": _("The new major is on another level path."),
    "other_study_form": _("The new major is studied in another form."),
    "nothing_changes": _("All of this is known already."),
    "value_not_possible": _("This value is not possible here."),
    "contradicts_number": _("This contradicts the number of the identity document; correct the number."),
    "number_taken": _("Another person is known under this number. If they are one person, merge the two records."),
    "evidence_needed": _("This needs its evidence on file; attach it first."),
    "consent_missing": _("A learning centre has not said yet whether it agrees."),
    "province_needed": _("This correction needs the number of the province's approval."),
}


def refuse(code: str, **details: Any) -> DomainError:
    return DomainError(SENTENCES[code], code=code, **details)


def coherent_life(student: Student, entry: Entry, changes: list[Change]) -> Life:
    """The life that these make, of which the last one is new; raises DomainError with the contract's code where they are not
    coherent, and `later_change_in_the_way` where the new one is, but not what is known already."""
    follow = followers({student.pk: entry}, {student.pk: changes}).get(student.pk)
    try:
        return live(entry, changes, follow)
    except Refusal as refusal:
        later = changes and refusal.change.effective_date > changes[-1].effective_date
        raise refuse("later_change_in_the_way" if later else refusal.code) from refusal
