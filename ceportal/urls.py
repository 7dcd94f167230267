from django.contrib import admin
from django.urls import path

from ceportal import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]

handler400 = "ceportal.errors.bad_request"
handler403 = "ceportal.errors.permission_denied"
handler404 = "ceportal.errors.page_not_found"
handler500 = "ceportal.errors.server_error"
