from importlib import import_module

from django.apps import AppConfig


class CeportalConfig(AppConfig):
    name = "ceportal"

    def ready(self) -> None:
        # By name, since these modules import models, which do not exist yet when this file is read.
        for module in ("observing", "checks", "doorbell"):
            import_module(f"ceportal.{module}")
