"""The portal's pages about applicants and students; `ceportal.urls` hangs them under /portal/."""

from django.urls import path

from enrollment.views import base, students

urlpatterns = [
    path("center/", base.ChooseCenter.as_view(), name="choose_center"),
    path("students/", students.StudentList.as_view(), name="students"),
    path("students/former/", students.FormerStudentList.as_view(), name="former_students"),
    path("students/<uuid:public_id>/", students.StudentRecord.as_view(), name="student"),
    path(
        "students/<uuid:public_id>/reveal/<str:kind>/<int:key>/",
        students.RevealNumber.as_view(),
        name="reveal_number",
    ),
]
