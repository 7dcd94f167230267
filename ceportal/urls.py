from django.contrib import admin
from django.urls import include, path

from ceportal import health, notices, portal, unsent

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", portal.front_door, name="home"),
    path("unsent/", unsent.keep, name="keep_unsent"),
    path("notices/", notices.notices, name="notices"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("reporting.urls")),
    path("portal/", include("ceportal.portal_urls")),
    path("admin/", admin.site.urls),
]

handler400 = "ceportal.errors.bad_request"
handler403 = "ceportal.errors.permission_denied"
handler404 = "ceportal.errors.page_not_found"
handler500 = "ceportal.errors.server_error"
