"""Kernel without a domain word: access, transitions, errors, audit trail, numbering, validators, code tables."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = _("Common")
