from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import today
from enrollment.admission.models.places import EntryBatch
from enrollment.duties.models.duties import WatchItem
from enrollment.records.forms.fields import PortalForm
from enrollment.records.models.students import PeriodState, StudentState

PRESENT = "present"
ALL = ("", _("All"))


class StudentFilter(PortalForm):
    """Narrows a list of students; what it offers is what the list holds."""

    q = forms.CharField(label=_("Search"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    batch = forms.ChoiceField(label=_("Batch"), required=False)
    watch = forms.ChoiceField(label=_("On a list"), required=False)

    def __init__(self, students: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        batches = EntryBatch.objects.filter(pk__in=students.order_by().values("entry_batch")).order_by("-starts_on")
        codes = {one.code: (one.code, str(one)) for one in batches}
        self.fields["state"].choices = [ALL, (PRESENT, _("in status")), *StudentState.choices]
        self.fields["batch"].choices = [ALL, *codes.values()]
        self.cases = WatchItem.objects.exclude(status=WatchItem.State.CLOSED).filter(student__in=students.order_by())
        lists = self.cases.order_by().values_list("list", flat=True).distinct()
        self.fields["watch"].choices = [ALL, *((name, WatchItem.List(name).label) for name in sorted(lists))]
        if len(self.fields["watch"].choices) == 1:
            del self.fields["watch"]
        told = _("Student number, name, pinyin or full identity number")
        self.fields["q"].widget = forms.TextInput({"type": "search", "placeholder": told, "title": told})

    @property
    def terms(self) -> dict[str, Any]:
        """The same for a list that leaves the house (`enrollment.exports`)."""
        said = self.cleaned_data if self.is_valid() else {}
        state = said.get("state", PRESENT)
        states = list(StudentState.values) if not state else None if state == PRESENT else [state]
        return {"states": states, "batch": said.get("batch", "")}

    def narrow(self, students: Any) -> Any:
        """The list that the filters leave; a value that is not offered leaves nothing."""
        if not self.is_valid():
            return students.none() if set(self.errors) - {"q"} else students
        state, batch = self.cleaned_data["state"], self.cleaned_data["batch"]
        if watch := self.cleaned_data.get("watch"):
            students = students.filter(pk__in=self.cases.filter(list=watch).values("student"))
        if state == PRESENT:
            students = students.filter(current_state__in=(StudentState.ACTIVE, StudentState.SUSPENDED))
        elif state:
            students = students.filter(current_state=state)
        if batch:
            return students.filter(entry_batch__code=batch)
        return students.entered(today()) if state in (PRESENT, *PeriodState.values) else students


class PrintForm(PortalForm):
    """What is printed leaves the house like a file."""

    ABOUT = {"required": "reason", "too_many_to_print": "reason"}

    reason = forms.CharField(
        label=_("What is the list for?"),
        max_length=300,
        help_text=_("Your reason stands on each sheet, and is kept with your name and the time."),
    )


class RevealForm(PortalForm):
    reason = forms.CharField(
        label=_("What do you need the number for?"),
        max_length=200,
        help_text=_("Your reason is kept with your name and the time."),
    )
