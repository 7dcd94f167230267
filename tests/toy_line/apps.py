from django.apps import AppConfig


class ToyLineConfig(AppConfig):
    name = "tests.toy_line"
    label = "toy_line"
