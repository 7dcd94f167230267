"""The portal's pages about applicants and students; `ceportal.urls` hangs them under /portal/."""

from django.urls import path

from enrollment.views import base, exports, notices, papers, requests, students

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
    path("students/<uuid:public_id>/request/", requests.RequestKinds.as_view(), name="request_kinds"),
    path("students/<uuid:public_id>/request/<slug:kind>/", requests.RequestNew.as_view(), name="request_new"),
    path("requests/", requests.RequestList.as_view(), name="requests"),
    path("requests/<uuid:public_id>/", requests.RequestPage.as_view(), name="request"),
    path("requests/<uuid:public_id>/edit/", requests.RequestEdit.as_view(), name="request_edit"),
    path("requests/<uuid:public_id>/withdraw/", requests.RequestWithdraw.as_view(), name="request_withdraw"),
    path("requests/<uuid:public_id>/consent/<slug:side>/", requests.RequestConsent.as_view(), name="request_consent"),
    path("papers/<uuid:public_id>/", papers.OpenPaper.as_view(), name="attachment"),
    path("papers/<uuid:public_id>/remove/", papers.RemovePaper.as_view(), name="attachment_remove"),
    path("lists/", exports.ExportList.as_view(), name="exports"),
    path("lists/ask/", exports.ExportAsk.as_view(), name="export_ask"),
    path("lists/<uuid:public_id>/download/", exports.ExportDownload.as_view(), name="export_download"),
    path("notices/", notices.NoticeList.as_view(), name="notices"),
]
