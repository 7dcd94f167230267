"""Engines for what crosses the boundary in bulk: import batches, background jobs."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = _("Exchange")

    def ready(self) -> None:
        """Every app registers the kinds of files that come in from its `imports`, and of those that leave from its `exports`."""
        autodiscover_modules("imports", "exports")
