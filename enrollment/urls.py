"""The portal's pages about applicants and students; `ceportal.urls` hangs them under /portal/."""

from django.urls import path

from enrollment.admission.views import applications, notices
from enrollment.attachments.views import papers
from enrollment.records.views import base, exports, files, students
from enrollment.requests.views import requests

urlpatterns = [
    path("center/", base.ChooseCenter.as_view(), name="choose_center"),
    path("applications/", applications.ApplicationList.as_view(), name="applications"),
    path("applications/new/", applications.ApplicationNew.as_view(), name="application_new"),
    path("applications/judge/", applications.JudgeApplicant.as_view(), name="judge_applicant"),
    path("applications/<uuid:public_id>/", applications.ApplicationPage.as_view(), name="application"),
    path("applications/<uuid:public_id>/edit/", applications.ApplicationEdit.as_view(), name="application_edit"),
    path(
        "applications/<uuid:public_id>/withdraw/",
        applications.ApplicationWithdraw.as_view(),
        name="application_withdraw",
    ),
    path("applications/<uuid:public_id>/paper/", applications.ApplicationPaper.as_view(), name="application_paper"),
    path(
        "applications/<uuid:public_id>/reveal/<slug:what>/",
        applications.RevealOfApplicant.as_view(),
        name="reveal_of_applicant",
    ),
    path("applications/<uuid:public_id>/check-in/", applications.CheckIn.as_view(), name="check_in"),
    path("check-in/", applications.CheckInList.as_view(), name="check_in_list"),
    path("students/", students.StudentList.as_view(), name="students"),
    path("students/roster/", students.Roster.as_view(), name="roster"),
    path("students/roster/print/", students.RosterPrint.as_view(), name="roster_print"),
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
    path("files/", files.FileList.as_view(), name="files"),
    path("files/upload/", files.FileUpload.as_view(), name="file_upload"),
    path("files/template/", files.FileTemplate.as_view(), name="file_template"),
    path("files/<uuid:public_id>/", files.FilePage.as_view(), name="file"),
    path("files/<uuid:public_id>/progress/", files.FileProgress.as_view(), name="file_progress"),
    path("files/<uuid:public_id>/store/", files.FileStore.as_view(), name="file_store"),
    path("files/<uuid:public_id>/workbook/", files.FileWorkbook.as_view(), name="file_workbook"),
    path("notices/", notices.NoticeList.as_view(), name="notices"),
    path("notices/<uuid:public_id>/", notices.FollowNotice.as_view(), name="notice"),
]
