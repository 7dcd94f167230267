"""The verbs of this app in words."""

from django.utils.translation import gettext_lazy as _

from common.verbs import VERBS, Verb

VERBS.register(
    Verb("reporting.compute_run", _("compute figures")),
    Verb("reporting.compute_statistics", _("compute statistics")),
    Verb("reporting.export_figures", _("export figures")),
    Verb("reporting.freeze_return", _("freeze a return")),
    Verb("reporting.publish_figures", _("record published figures")),
    Verb("reporting.restate_return", _("restate a return")),
    Verb("reporting.state_profile", _("record the institution's profile")),
    Verb("reporting.view_figures", _("look at figures")),
)
