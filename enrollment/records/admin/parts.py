"""What the pages of lower apps show of students: they offer a place for it, we fill it."""

from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.access import can
from common.admin import Crumb, Table, part_of, row_link
from common.batches import batch_label
from enrollment.admission.models.places import AdmissionPlace
from enrollment.records.models.students import PRESENT, Student, StudentState
from learning_centers.models.centers import CenterStatus
from learning_centers.reports.filings import Caution

CENTER = "learning_centers.learningcenter"


@part_of(CENTER, "tables")
def students_at(center: Any, user: Any) -> Table:
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


@part_of(CENTER, "tables")
def places_at(center: Any, user: Any) -> Table:
    places = (
        AdmissionPlace.objects.current()
        .filter(center_offering__center=center)
        .values("batch__code", "batch__starts_on")
        .annotate(quota=Sum("quota"), taken=Sum("taken"))
        .order_by("-batch__starts_on")[:12]
    )
    rows = [
        [batch_label(one["batch__code"]), one["quota"], one["taken"], one["quota"] - one["taken"]] for one in places
    ]
    columns = [_("batch"), _("quota"), _("taken"), _("free")]
    return Table(_("Admission places"), columns, rows, _("No admission plan names this centre."))


@part_of(CENTER, "warnings")
def stopped_with_students(center: Any, user: Any) -> Caution | None:
    if center.status not in (CenterStatus.STOP_INTAKE, CenterStatus.REVOKED):
        return None
    here = Student.objects.current().filter(current_center=center, current_state__in=PRESENT).count()
    if not here:
        return None
    text = _("Intake has stopped here while %(count)s students are still in status.") % {"count": here}
    return Caution("wrong" if center.status == CenterStatus.REVOKED else "warn", text)


@part_of(CENTER, "actions")
def link_to_students(center: Any, user: Any) -> Crumb | None:
    if not can(user, "enrollment.view_students"):
        return None
    return Crumb(_("Students of this centre"), f"{reverse('admin:enrollment_student_changelist')}?center={center.code}")


@part_of("people.person", "tables")
def students_of(person: Any, user: Any) -> Table | None:
    """Only those whom the user may see: a person may study at two centres."""
    if not can(user, "enrollment.view_students"):
        return None
    students = Student.objects.visible_to(user, "enrollment.view_students").current().filter(person=person)
    rows = [
        [row_link(one), one.get_current_state_display(), one.current_center, one.entry_batch]
        for one in students.select_related("current_center", "entry_batch")
    ]
    columns = [_("student number"), _("state"), _("learning centre"), _("batch")]
    return Table(_("Student records"), columns, rows)
