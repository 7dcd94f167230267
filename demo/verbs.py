"""The verbs of this app in words."""

from django.utils.translation import gettext_lazy as _

from common.verbs import VERBS, Verb

VERBS.register(
    Verb("demo.load_institution", _("load a demo institution")),
    Verb("demo.make_account", _("make a demo account")),
    Verb("demo.receive_transfer", _("receive a student from elsewhere")),
)
