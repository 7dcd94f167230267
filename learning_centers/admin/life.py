"""What is recorded of a centre's life: status, filing, name, majors; each a short form for one service."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import Act, ActForm, DayField
from common.admin.fields import OnForm, in_order
from common.dates import today
from learning_centers.models import Agreement, CenterFiling, Major, Organization, ProgrammeVersion, School
from learning_centers.models.centers import CenterStatus
from learning_centers.services import (
    Filing,
    OrganizationDraft,
    Terms,
    activate_center,
    agree_with_host,
    change_host,
    file_center,
    file_majors,
    hand_over_center,
    offer_at_center,
    register_organization,
    rename_center,
    stop_intake,
    withdraw_major,
)


class StopForm(OnForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class RenameForm(OnForm):
    name = forms.CharField(label=gettext_lazy("New name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("New name in English"), max_length=200, required=False)
    field_order = ["name", "name_en", "on"]


class SchoolForm(OnForm):
    school = forms.ModelChoiceField(label=gettext_lazy("School"), queryset=None)
    field_order = ["school", "on"]

    def prepare(self) -> None:
        super().prepare()
        units = School.objects.visible_to(self.user).current().filter(institution=self.row.institution_id)
        self.fields["school"].queryset = units.filter(closed_on=None).order_by("code")


class FilingForm(ActForm):
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=1980, max_value=2100)
    decision = forms.ChoiceField(label=gettext_lazy("Decision"), choices=CenterFiling.Decision.choices)
    begin = DayField(label=gettext_lazy("From"))
    end = DayField(label=gettext_lazy("Until (exclusive)"))
    legacy = forms.BooleanField(label=gettext_lazy("Under the transition rule"), required=False)

    def prepare(self) -> None:
        self.fields["year"].initial = today(self.row.institution).year
        self.fields["decision"].initial = CenterFiling.Decision.KEEP

    def clean(self) -> dict[str, Any]:
        return in_order(self, super().clean() or {})


class HostForm(OnForm):
    uscc = forms.CharField(label=gettext_lazy("Credit code of the new host"), max_length=18, required=False)
    name = forms.CharField(
        label=gettext_lazy("Name of the new host"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Not needed where the code is known already."),
    )
    field_order = ["uscc", "name", "on"]

    def clean(self) -> dict[str, Any]:
        """`host` is the organization that is known under the code or, without one, under the name."""
        said = super().clean() or {}
        uscc, name = said.get("uscc", "").strip().upper(), said.get("name", "").strip()
        known = Organization.objects.visible_to(self.user).current().filter(institution=self.row.institution_id)
        found = list(known.filter(uscc=uscc) if uscc else known.filter(name=name))
        if len(found) > 1:
            self.add_error("uscc", _("Several organizations bear this name; give the credit code."))
        if not name and not found:
            self.add_error("name", _("Name the organization; it is not known yet."))
        return {"on": said.get("on"), "uscc": uscc, "name": name, "host": found[0] if len(found) == 1 else None}


class AgreementForm(ActForm):
    renews = forms.ModelChoiceField(
        label=gettext_lazy("Renews the agreement"), queryset=None, required=False, empty_label=gettext_lazy("a new one")
    )
    number = forms.CharField(label=gettext_lazy("Number of a new agreement"), max_length=50, required=False)
    begin = DayField(label=gettext_lazy("From"))
    end = DayField(label=gettext_lazy("Until (exclusive)"))
    text = forms.CharField(
        label=gettext_lazy("What it says"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def prepare(self) -> None:
        kind, hosts = Agreement.Kind.LEARNING_CENTER, self.row.periods.current().values("host")
        known = Agreement.objects.visible_to(self.user).current().filter(kind=kind, organization__in=hosts)
        self.fields["renews"].queryset = known.select_related("organization").order_by("number", "pk")

    def clean(self) -> dict[str, Any]:
        return in_order(self, super().clean() or {})


class MajorsForm(OnForm):
    majors = forms.ModelMultipleChoiceField(label=gettext_lazy("Majors to file"), queryset=None)
    field_order = ["majors", "on"]

    def prepare(self) -> None:
        super().prepare()
        majors = Major.objects.visible_to(self.user).current().filter(institution=self.row.institution_id)
        self.fields["majors"].queryset = majors.order_by("code")


class FiledMajorForm(OnForm):
    major = forms.ModelChoiceField(label=gettext_lazy("Major"), queryset=None)
    field_order = ["major", "on"]

    def prepare(self) -> None:
        super().prepare()
        filed = self.row.filed_majors.current().values("major")
        self.fields["major"].queryset = Major.objects.visible_to(self.user).filter(pk__in=filed).order_by("code")


class OfferForm(OnForm):
    version = forms.ModelChoiceField(label=gettext_lazy("Programme"), queryset=None)
    field_order = ["version", "on"]

    def prepare(self) -> None:
        super().prepare()
        versions = ProgrammeVersion.objects.visible_to(self.user).current().filter(institution=self.row.institution_id)
        self.fields["version"].queryset = versions.select_related("programme__major").order_by(
            "programme__major__code", "id"
        )


@transaction.atomic
def _change_host(center: Any, said: dict[str, Any], by: Any) -> Any:
    draft = OrganizationDraft(name=said["name"], uscc=said["uscc"])
    host = said["host"] or register_organization(center.institution, draft, by=by)
    return change_host(center, host, on=said["on"], by=by)


def _agree(center: Any, said: dict[str, Any], by: Any) -> Any:
    terms = Terms(begin=said["begin"], end=said["end"], text=said["text"])
    return agree_with_host(center, terms, renews=said["renews"], number=said["number"], by=by)


def _is(*statuses: str) -> Any:
    return lambda center: center.status in statuses


NOT_REVOKED = _is(CenterStatus.PROPOSED, CenterStatus.ACTIVE, CenterStatus.STOP_INTAKE)

CENTER_ACTS = (
    Act(
        name="activate",
        verb="learning_centers.activate_center",
        label=gettext_lazy("Open for intake"),
        explanation=gettext_lazy(
            "An off-campus centre needs a filing and an agreement with its host that cover the day."
        ),
        form=OnForm,
        carry_out=lambda row, said, by: activate_center(row, by=by, **said),
        done=gettext_lazy("The centre takes students in from that day on."),
        fits=_is(CenterStatus.PROPOSED, CenterStatus.STOP_INTAKE),
    ),
    Act(
        name="file",
        verb="learning_centers.file_center",
        label=gettext_lazy("Record a filing"),
        form=FilingForm,
        carry_out=lambda row, said, by: file_center(row, Filing(**said), by=by),
        done=gettext_lazy("The filing was recorded."),
        fits=NOT_REVOKED,
    ),
    Act(
        name="agree",
        verb="learning_centers.agree_with_host",
        label=gettext_lazy("Record an agreement with the host"),
        explanation=gettext_lazy("What was signed with the host of the first day; earlier versions stay as they were."),
        form=AgreementForm,
        carry_out=_agree,
        done=gettext_lazy("The agreement is on file."),
        fits=NOT_REVOKED,
    ),
    Act(
        name="change-host",
        verb="learning_centers.change_host",
        label=gettext_lazy("Change the host"),
        explanation=gettext_lazy(
            "For the authorities this is a new centre: its filings end on that day. File it again, and record the agreement "
            "with the new host."
        ),
        form=HostForm,
        carry_out=_change_host,
        done=gettext_lazy("The host was recorded; the earlier one stays with its days."),
        danger=True,
        fits=NOT_REVOKED,
    ),
    Act(
        name="file-majors",
        verb="learning_centers.file_majors",
        label=gettext_lazy("File majors"),
        form=MajorsForm,
        carry_out=lambda row, said, by: file_majors(row, said["majors"], begin=said["on"], by=by),
        done=gettext_lazy("The majors are filed from that day on."),
        fits=NOT_REVOKED,
    ),
    Act(
        name="withdraw-major",
        verb="learning_centers.withdraw_major",
        label=gettext_lazy("Withdraw a filed major"),
        form=FiledMajorForm,
        carry_out=lambda row, said, by: withdraw_major(row, said["major"], on=said["on"], by=by),
        done=gettext_lazy("The centre admits to this major no longer from that day on."),
        fits=NOT_REVOKED,
    ),
    Act(
        name="offer",
        verb="learning_centers.offer_at_center",
        label=gettext_lazy("Offer a programme here"),
        form=OfferForm,
        carry_out=lambda row, said, by: offer_at_center(row, said["version"], on=said["on"], by=by),
        done=gettext_lazy("The programme is offered here; set places for it on the page of an entry batch."),
        fits=NOT_REVOKED,
    ),
    Act(
        name="rename",
        verb="learning_centers.rename_center",
        label=gettext_lazy("Rename"),
        form=RenameForm,
        carry_out=lambda row, said, by: rename_center(row, by=by, **said),
        done=gettext_lazy("The name was recorded; the earlier one stays with its days."),
        fits=NOT_REVOKED,
    ),
    Act(
        name="hand-over",
        verb="learning_centers.hand_over_center",
        label=gettext_lazy("Place under another school"),
        explanation=gettext_lazy("From that day on figures by school, as it was, count its students there."),
        form=SchoolForm,
        carry_out=lambda row, said, by: hand_over_center(row, by=by, **said),
        fits=NOT_REVOKED,
    ),
    Act(
        name="stop-intake",
        verb="learning_centers.stop_intake",
        label=gettext_lazy("Stop the intake"),
        explanation=gettext_lazy("No new students from that day on; those enrolled are served on."),
        form=StopForm,
        carry_out=lambda row, said, by: stop_intake(row, by=by, **said),
        done=gettext_lazy("The centre takes in nobody from that day on."),
        danger=True,
        fits=_is(CenterStatus.ACTIVE),
    ),
)
