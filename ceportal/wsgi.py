import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ceportal.settings")

application = get_wsgi_application()
import_module("ceportal.checks").refuse_wrong_settings()  # by name: it needs the apps that the line above sets up
