"""Kernel without a domain word: access, transitions, errors, audit trail, numbering, validators, code tables."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from common.registry import discover


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = _("Common")

    def ready(self) -> None:
        """Every app registers its verbs, notices, rules and whatever else it brings."""
        discover()
