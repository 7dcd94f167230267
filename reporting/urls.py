from django.urls import path

from reporting import views

urlpatterns = [
    path("institutions/", views.institution_list, name="institutions"),
    path("institutions/<slug:code>/", views.institution_profile, name="institution_profile"),
]
