"""Persons and identity documents, duplicates and merges; users and memberships."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from common.notices import deliver_by


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        # By name, since the services import models, which do not exist yet when this file is read.
        deliver_by(import_module("people.services.notices").tell_holders)
