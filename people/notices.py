"""What a notice says: one sentence for each kind, filled with terms that hold no personal value, since notices are mailed."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class NoticeKind:
    """`terms` must be given with each notice. A kind that counts is gathered: what is unread grows instead of piling up."""

    sentence: Any
    terms: tuple[str, ...] = ("center",)

    @property
    def counts(self) -> bool:
        return "count" in self.terms


def _counted(sentence: Any, *terms: str) -> NoticeKind:
    return NoticeKind(sentence, ("count", *terms))


KINDS: dict[str, NoticeKind] = {
    "application_returned": NoticeKind(_("An application of %(center)s came back: something is to be amended.")),
    "application_accepted": _counted(
        ngettext_lazy(
            "%(count)s application of %(center)s was accepted.",
            "%(count)s applications of %(center)s were accepted.",
            "count",
        ),
        "center",
    ),
    "application_rejected": _counted(
        ngettext_lazy(
            "%(count)s application of %(center)s was rejected.",
            "%(count)s applications of %(center)s were rejected.",
            "count",
        ),
        "center",
    ),
    "applications_waiting": _counted(
        ngettext_lazy(
            "%(count)s application of %(center)s waits for a decision.",
            "%(count)s applications of %(center)s wait for a decision.",
            "count",
        ),
        "center",
    ),
    "request_returned": NoticeKind(_("A request of %(center)s came back: something is to be amended.")),
    "request_approved": NoticeKind(_("A request of %(center)s was approved.")),
    "request_rejected": NoticeKind(_("A request of %(center)s was rejected.")),
    "request_withdrawn": NoticeKind(_("A request of %(center)s was withdrawn by somebody else.")),
    "request_waiting": NoticeKind(_("A request of %(center)s waits for a second person.")),
    "consent_asked": NoticeKind(_("%(center)s is asked whether it agrees to a transfer.")),
    "case_done": NoticeKind(
        _("A case was carried out: %(done)s students done, %(refused)s not possible."), ("done", "refused")
    ),
    "change_in_force": _counted(
        ngettext_lazy(
            "%(count)s change at %(center)s came into force on %(on)s.",
            "%(count)s changes at %(center)s came into force on %(on)s.",
            "count",
        ),
        "center",
        "on",
    ),
    "import_waiting": NoticeKind(
        _("A file of %(rows)s rows waits for a second person before it is stored."), ("rows",)
    ),
    "import_approved": NoticeKind(_("A second person lets your file of %(rows)s rows be stored."), ("rows",)),
    "import_declined": NoticeKind(_("Your file of %(rows)s rows is not to be stored."), ("rows",)),
    "undo_waiting": NoticeKind(
        _("Taking back an import of %(rows)s rows is asked for and waits for a second person."), ("rows",)
    ),
    "export_waiting": NoticeKind(_("An export of %(rows)s rows waits for a second person."), ("rows",)),
    "export_ready": NoticeKind(_("The export of %(rows)s rows that you asked for is ready."), ("rows",)),
    "export_refused": NoticeKind(_("The export of %(rows)s rows that you asked for was refused."), ("rows",)),
    "password_given": NoticeKind(
        _("The password of your account was set anew. If you did not ask for it, tell those who manage the accounts."),
        (),
    ),
    "limit_reached": NoticeKind(
        _("A user has reached the limit of an hour for what is shown of persons. The audit trail says who."), ()
    ),
    "approval_waiting": NoticeKind(_("A second person is to decide: %(what)s."), ("what",)),
    "approval_given": NoticeKind(_("A second person has approved what you asked for: %(what)s."), ("what",)),
    "approval_refused": NoticeKind(_("A second person has refused what you asked for: %(what)s."), ("what",)),
    "guard_changed": NoticeKind(_("Two people have changed something that guards: %(what)s."), ("what",)),
    "trail_changed": _counted(
        ngettext_lazy(
            "The audit trail has been changed in %(count)s place. The log of the server names it.",
            "The audit trail has been changed in %(count)s places. The log of the server names them.",
            "count",
        ),
    ),
    "recordings_sealed_again": _counted(
        ngettext_lazy(
            "The rows of %(count)s recording were rewritten and sealed anew, which only a migration may do.",
            "The rows of %(count)s recordings were rewritten and sealed anew, which only a migration may do.",
            "count",
        ),
    ),
    "heads_not_kept": _counted(
        ngettext_lazy(
            "The heads of the audit trail could not be kept outside the database on %(count)s day.",
            "The heads of the audit trail could not be kept outside the database on %(count)s days.",
            "count",
        ),
    ),
    "figures_changed": _counted(
        ngettext_lazy(
            "Figures are no longer what was computed or handed in: seen on %(count)s page.",
            "Figures are no longer what was computed or handed in: seen on %(count)s pages.",
            "count",
        ),
    ),
    "filing_lapses": NoticeKind(_("The filing of %(center)s lapses on %(on)s."), ("center", "on")),
}


def sentence(kind: str, terms: dict[str, Any]) -> str:
    """The notice in the reader's language; a kind that is no longer known is shown as it is."""
    known = KINDS.get(kind)
    return str(known.sentence % {name: _read(value) for name, value in terms.items()}) if known else kind


def _read(term: Any) -> Any:
    """A name that is kept in every language, in the reader's."""
    if not isinstance(term, dict):
        return term
    return term.get(get_language()) or term.get(settings.LANGUAGE_CODE, "")
