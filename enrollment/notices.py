"""What this app tells people."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from common.notices import NOTICES, NoticeKind, counted

NOTICES.register(
    NoticeKind("application_returned", _("An application of %(center)s came back: something is to be amended.")),
    counted(
        "application_accepted",
        ngettext_lazy(
            "%(count)s application of %(center)s was accepted.",
            "%(count)s applications of %(center)s were accepted.",
            "count",
        ),
        "center",
        page="portal:check_in_list",
    ),
    counted(
        "application_rejected",
        ngettext_lazy(
            "%(count)s application of %(center)s was rejected.",
            "%(count)s applications of %(center)s were rejected.",
            "count",
        ),
        "center",
        page="portal:applications",
    ),
    counted(
        "applications_waiting",
        ngettext_lazy(
            "%(count)s application of %(center)s waits for a decision.",
            "%(count)s applications of %(center)s wait for a decision.",
            "count",
        ),
        "center",
    ),
    NoticeKind("request_returned", _("A request of %(center)s came back: something is to be amended.")),
    NoticeKind("request_approved", _("A request of %(center)s was approved.")),
    NoticeKind("request_rejected", _("A request of %(center)s was rejected.")),
    NoticeKind("request_withdrawn", _("A request of %(center)s was withdrawn by somebody else.")),
    NoticeKind("request_waiting", _("A request of %(center)s waits for a second person.")),
    NoticeKind("consent_asked", _("%(center)s is asked whether it agrees to a transfer.")),
    NoticeKind(
        "case_done", _("A case was carried out: %(done)s students done, %(refused)s not possible."), ("done", "refused")
    ),
    counted(
        "change_in_force",
        ngettext_lazy(
            "%(count)s change at %(center)s came into force on %(on)s.",
            "%(count)s changes at %(center)s came into force on %(on)s.",
            "count",
        ),
        "center",
        "on",
        page="portal:students",
    ),
    NoticeKind(
        "import_waiting", _("A file of %(rows)s rows waits for a second person before it is stored."), ("rows",)
    ),
    NoticeKind("import_approved", _("A second person lets your file of %(rows)s rows be stored."), ("rows",)),
    NoticeKind("import_declined", _("Your file of %(rows)s rows is not to be stored."), ("rows",)),
    NoticeKind(
        "undo_waiting",
        _("Taking back an import of %(rows)s rows is asked for and waits for a second person."),
        ("rows",),
    ),
)
