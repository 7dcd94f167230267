from django.contrib.admin.apps import AdminConfig


class RegistrarAdminConfig(AdminConfig):
    """Stock admin with our site in place of the default one, so that apps need not know us to register."""

    default_site = "ceportal.site.RegistrarSite"
