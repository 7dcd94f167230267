"""What this app tells people."""

from django.utils.translation import ngettext_lazy

from common.notices import NOTICES, counted

NOTICES.register(
    counted(
        "figures_changed",
        ngettext_lazy(
            "Figures are no longer what was computed or handed in: seen on %(count)s page.",
            "Figures are no longer what was computed or handed in: seen on %(count)s pages.",
            "count",
        ),
    ),
)
