from django.apps import AppConfig


class CeportalConfig(AppConfig):
    name = "ceportal"
