"""Indicators, runs, frozen returns, restatements, fact sheets, charts and the jobs that make them."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("Reporting")

    def ready(self) -> None:
        """Every app registers what it counts from its `families`."""
        autodiscover_modules("families")
