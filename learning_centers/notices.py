"""What this app tells people."""

from django.utils.translation import gettext_lazy as _

from common.notices import NOTICES, NoticeKind

NOTICES.register(
    NoticeKind("filing_lapses", _("The filing of %(center)s lapses on %(on)s."), ("center", "on")),
)
