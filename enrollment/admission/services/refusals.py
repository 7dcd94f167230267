"""Why admission says no: a code for machines, a sentence for people. Codes that files know too have one sentence, theirs."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from exchange.issues import CODES

SENTENCES: dict[str, Promise] = {
    "id_of_resident": _("This is the number of a resident identity card: choose that kind of document."),
    "id_of_hmt_residence": _(
        "This is the number of a residence permit for Hong Kong, Macao and Taiwan: choose that kind."
    ),
    "id_of_foreign_permanent": _("This is the number of a foreigner's permanent residence card: choose that kind."),
    "stale": _("Somebody else has changed this meanwhile. Look at it again; nothing of yours was stored."),
    "busy": _("Others are writing the same records at this moment. Go on with it later."),
    "value_not_possible": _("This value is not possible here."),
    "move_not_possible": _("The present state does not allow this."),
    "not_editable": _("This can be changed only while it is a draft or after it was returned."),
    "person_differs": _("The number belongs to a person who is known with another name, birth date or sex."),
    "quota_below_taken": _("More places are taken already."),
    "reason_unknown": _("Choose a reason from the list."),
    "sent_twice": _("This form has arrived before."),
    "item_unknown": _("There is no such item on the checklist."),
    "checklist_incomplete": _("Items of the checklist are not in order yet."),
    "prior_not_verified": _("The junior-college diploma has not been verified yet."),
    "prior_not_found": _("The registry does not know the junior-college diploma."),
    "prior_method_missing": _("Say how the diploma was verified."),
    "prior_date_impossible": _("A diploma is dated after birth and not after today."),
    "notice_missing": _("The admission notice has not been issued yet."),
    "before_notice": _("This day lies before the day of the admission notice."),
    "no_later_day": _("There is time until that day already; choose a later one."),
    "arrived_too_late": _("The time to arrive is over: the place lapses unless a later arrival was granted."),
    "leave_too_long": _("Leave to arrive late is not granted for that long."),
    "batch_exists": _("This batch is there already."),
    "batch_not_begun": _("The batch has not begun yet. Who registers earlier needs a window for registration."),
    "day_not_come": _("This day has not come yet."),
    "not_yet_due": _("The time to arrive is not over yet."),
    "kept_too_long": _("A place is not kept that long."),
    "numbers_used_up": _("The pattern of student numbers has no number left here. Set another one."),
    "not_active": _("The student is not active on that day."),
    "registered_already": _("The student is registered for that school year already."),
    "year_not_begun": _("Registration for that school year has not begun."),
    "transfer_in_other_month": _("Transfers from other institutions are made in other months."),
    "transfer_in_other_batch": _("The day of the transfer belongs to another batch."),
    "transfer_other_major": _("A transfer is possible only within the same major."),
    "transfer_other_discipline": _("A transfer is possible only within the discipline group."),
    "transfer_evidence_missing": _("Attach the release of the former institution as evidence."),
    "transfer_not_begun": _("The day of the transfer has not come."),
    "transferred_before": _("This person has been transferred before."),
    "second_person": _("A second person must decide: you entered this yourself."),
    "nothing_changes": _("All of this is known already."),
}


def sentence(code: str) -> Promise:
    """Raises KeyError for a code that nobody has put in words."""
    return SENTENCES.get(code) or CODES[code].sentence


def refuse(code: str, **details: Any) -> DomainError:
    return DomainError(sentence(code), code=code, **details)
