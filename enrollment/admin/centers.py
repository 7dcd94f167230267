"""What the pages of lower apps show of students: they offer a place for it, we fill it."""

import datetime as dt
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.admin import Table
from common.admin.scoped import Crumb
from enrollment.models import AdmissionPlace, Student
from enrollment.models.students import StudentState
from learning_centers.admin import CenterAdmin
from learning_centers.models.centers import CenterStatus
from learning_centers.reports.filings import Caution
from people.admin import PersonAdmin

PRESENT = (StudentState.ACTIVE, StudentState.SUSPENDED)


def students_at(center: Any) -> Table:
    states = StudentState.choices
    counts = dict(
        Student.objects.current()
        .filter(current_center=center)
        .order_by()
        .values_list("current_state")
        .annotate(Count("pk"))
    )
    rows = [[label, counts[state]] for state, label in states if counts.get(state)]
    return Table(_("Students whose last period is here"), [_("state"), _("students")], rows, _("No student is here."))


def places_at(center: Any) -> Table:
    places = (
        AdmissionPlace.objects.current()
        .filter(center_offering__center=center)
        .values("batch__code")
        .annotate(quota=Sum("quota"), taken=Sum("taken"))
        .order_by("-batch__code")[:12]
    )
    rows = [[one["batch__code"], one["quota"], one["taken"], one["quota"] - one["taken"]] for one in places]
    columns = [_("batch"), _("quota"), _("taken"), _("free")]
    return Table(_("Admission places"), columns, rows, _("No admission plan names this centre."))


def stopped_with_students(center: Any, day: dt.date) -> Caution | None:
    if center.status not in (CenterStatus.STOP_INTAKE, CenterStatus.REVOKED):
        return None
    here = Student.objects.current().filter(current_center=center, current_state__in=PRESENT).count()
    if not here:
        return None
    text = _("Intake has stopped here while %(count)s students are still in status.") % {"count": here}
    return Caution("wrong" if center.status == CenterStatus.REVOKED else "warn", text)


def link_to_students(center: Any, user: Any) -> list[Crumb]:
    if not can(user, "enrollment.view_students"):
        return []
    return [
        Crumb(_("Students of this centre"), f"{reverse('admin:enrollment_student_changelist')}?center={center.code}")
    ]


def students_of(person: Any) -> list[Crumb]:
    students = Student.objects.current().filter(person=person).select_related("current_center")
    return [
        Crumb(
            f"{one.student_no} · {one.get_current_state_display()} · {one.current_center}",
            reverse("admin:enrollment_student_change", args=(one.public_id,)),
        )
        for one in students
    ]


CenterAdmin.tables_from += [students_at, places_at]
CenterAdmin.warnings_from += [stopped_with_students]
CenterAdmin.links_from += [link_to_students]
PersonAdmin.links_from += [students_of]
