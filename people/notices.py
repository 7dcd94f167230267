"""What this app tells people."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from common.notices import NOTICES, NoticeKind, counted

NOTICES.register(
    NoticeKind("export_waiting", _("An export of %(rows)s rows waits for a second person."), ("rows",)),
    NoticeKind(
        "export_ready", _("The export of %(rows)s rows that you asked for is ready."), ("rows",), page="portal:exports"
    ),
    NoticeKind(
        "export_refused",
        _("The export of %(rows)s rows that you asked for was refused."),
        ("rows",),
        page="portal:exports",
    ),
    NoticeKind(
        "password_given",
        _("The password of your account was set anew. If you did not ask for it, tell those who manage the accounts."),
        (),
    ),
    NoticeKind(
        "limit_reached",
        _("A user has reached the limit of an hour for what is shown of persons. The audit trail says who."),
        (),
    ),
    NoticeKind("approval_waiting", _("A second person is to decide: %(what)s."), ("what",)),
    NoticeKind("approval_given", _("A second person has approved what you asked for: %(what)s."), ("what",)),
    NoticeKind("approval_refused", _("A second person has refused what you asked for: %(what)s."), ("what",)),
    NoticeKind("guard_changed", _("Two people have changed something that guards: %(what)s."), ("what",)),
    counted(
        "trail_changed",
        ngettext_lazy(
            "The audit trail has been changed in %(count)s place. The log of the server names it.",
            "The audit trail has been changed in %(count)s places. The log of the server names them.",
            "count",
        ),
    ),
    counted(
        "recordings_sealed_again",
        ngettext_lazy(
            "The rows of %(count)s recording were rewritten and sealed anew, which only a migration may do.",
            "The rows of %(count)s recordings were rewritten and sealed anew, which only a migration may do.",
            "count",
        ),
    ),
    counted(
        "heads_not_kept",
        ngettext_lazy(
            "The heads of the audit trail could not be kept outside the database on %(count)s day.",
            "The heads of the audit trail could not be kept outside the database on %(count)s days.",
            "count",
        ),
    ),
)
