"""What a student renews or proves: each year's registration, the re-check of entitlement."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Act, ActForm, DayField, ManyAct, Outcome, row_link
from common.dates import today
from common.errors import DomainError
from enrollment.admission.services.registering import record_entitlement, register_year, school_year_of
from enrollment.duties.models.duties import EntitlementCheck
from enrollment.records.models.students import Student


class YearForm(ActForm):
    school_year = forms.IntegerField(label=gettext_lazy("School year"), min_value=1980, max_value=2100)
    on = DayField(label=gettext_lazy("Registered on"))

    def prepare(self) -> None:
        day = today(self.row.institution)
        self.initial = {"school_year": school_year_of(day), "on": day}
        self.fields["school_year"].help_text = _("Named by its first year: from 1 September to 31 August.")


def _register(students: Sequence[Student], said: dict[str, Any], by: Any) -> list[Outcome]:
    done = register_year(students, said["school_year"], on=said["on"], by=by)
    found = {one.pk: refusal for one, refusal in done}
    registered = _("registered")
    return [
        Outcome(one, str(found[one.pk].message) if found[one.pk] else "", registered)
        for one in students
        if one.pk in found
    ]


REGISTER_YEAR = ManyAct(
    name="register-year",
    verb="enrollment.register_year",
    label=gettext_lazy("Register for a school year"),
    form=YearForm,
    carry_out=_register,
    related=("person", "institution"),
    most=5000,
)


class EntitlementForm(ActForm):
    result = forms.ChoiceField(label=gettext_lazy("Finding"))
    findings = forms.CharField(
        label=gettext_lazy("Findings"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    on = DayField(label=gettext_lazy("Checked on"))

    def prepare(self) -> None:
        result = EntitlementCheck.Result
        self.fields["result"].choices = [(one, one.label) for one in (result.PASSED, result.FAILED)]
        self.fields["on"].initial = today(self.row.institution)


RECORD_ENTITLEMENT = Act(
    name="record",
    verb="enrollment.record_entitlement",
    label=gettext_lazy("Record the finding"),
    explanation=gettext_lazy("Whoever was not entitled is cancelled by a request that a second person decides."),
    form=EntitlementForm,
    carry_out=lambda row, said, by: record_entitlement(row.student, by=by, **said),
    done=gettext_lazy("The finding was recorded."),
    fits=lambda row: row.result == EntitlementCheck.Result.PENDING,
    goes_to=lambda check: row_link(check).url,
)


class OnForm(ActForm):
    on = DayField(label=gettext_lazy("Checked on"))

    def prepare(self) -> None:
        self.fields["on"].initial = today(self.row.institution)


def _entitled(checks: Sequence[EntitlementCheck], said: dict[str, Any], by: Any) -> list[Outcome]:
    passed = EntitlementCheck.Result.PASSED
    outcomes = []
    for one in checks:
        try:
            record_entitlement(one.student, passed, on=said["on"], by=by)
        except DomainError as refusal:
            outcomes.append(Outcome(one, str(refusal.message)))
        else:
            outcomes.append(Outcome(one, after=passed.label))
    return outcomes


ALL_ENTITLED = ManyAct(
    name="entitled",
    verb="enrollment.record_entitlement",
    label=gettext_lazy("Find them entitled"),
    form=OnForm,
    carry_out=_entitled,
    related=("student__person", "student__institution", "institution"),
    most=300,
)
