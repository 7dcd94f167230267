"""Will hold partners, agreements, articulation pathways, mobility, credit recognition, overseas sites."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InternationalConfig(AppConfig):
    name = "international"
    verbose_name = _("International")
