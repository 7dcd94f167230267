"""What becomes of the institution and its schools and offices: each act a short form for one service (docs/rules.md §1b)."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.admin import Act, ActForm, Crumb, DayField, ManyAct, Outcome, row_link
from common.admin.fields import OnForm, PartialDateField
from common.codes.countries import COUNTRIES, country_name
from common.dates import today
from learning_centers.models import Designation, Institution, School
from learning_centers.models.schools import SchoolRole
from learning_centers.services import Act as Event
from learning_centers.services import (
    OrganizationDraft,
    SchoolDraft,
    change_code,
    change_role,
    close_school,
    designate,
    found_school,
    hold_identifier,
    merge_schools,
    place_under,
    register_organization,
    rename_institution,
    rename_school,
    split_school,
    state_completeness,
)

ROLES = [("", "—"), *SchoolRole.Role.choices]
A_UNIT = re.compile(r"(\S{1,20})\s+(.{1,200})")


class NameForm(OnForm):
    """Another name from a day on."""

    name = forms.CharField(label=gettext_lazy("New name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("New name in English"), max_length=200, required=False)
    field_order = ["name", "name_en", "on"]

    def prepare(self) -> None:
        self.fields["on"].initial = today(self.row)


class CodeForm(OnForm):
    code = forms.CharField(label=gettext_lazy("New national code"), max_length=5, min_length=5)
    field_order = ["code", "on"]

    def prepare(self) -> None:
        self.fields["on"].initial = today(self.row)


class CompletenessForm(ActForm):
    since = DayField(
        label=gettext_lazy("Complete from"), required=False, help_text=gettext_lazy("Empty: nothing is said about it.")
    )

    def prepare(self) -> None:
        self.fields["since"].initial = self.row.records_complete_from


class IdentifierForm(ActForm):
    identifier = forms.CharField(
        label=gettext_lazy("School identifier"),
        max_length=10,
        min_length=10,
        help_text=gettext_lazy("Ten digits; the last five are the national code."),
    )


class EventForm(ActForm):
    """When something happened to units, by whose approval, and in which words."""

    when = PartialDateField(label=gettext_lazy("Date"))
    approved_by = forms.CharField(
        label=gettext_lazy("Approved by"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("As named on that day."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    note_en = forms.CharField(
        label=gettext_lazy("Note in English"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


def event_of(said: dict[str, Any]) -> Event | None:
    if said["when"] is None:
        return None
    return Event(on=said["when"], **{name: said[name] for name in ("approved_by", "note", "note_en")})


class UnitForm(EventForm):
    """A unit that begins."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=20)
    name = forms.CharField(label=pgettext_lazy("unit", "Name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=School.Kind.choices)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES, required=False)
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Belongs to"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("the institution itself"),
    )
    field_order = ["code", "name", "name_en", "kind", "role", "parent", "when", "approved_by", "note", "note_en"]

    def prepare(self) -> None:
        institution = self.row if isinstance(self.row, Institution) else self.row.institution
        self.fields["parent"].queryset = open_units(self.user, institution).exclude(
            pk__in=[one.pk for one in self.rows if isinstance(one, School)]
        )


class FoundingForm(UnitForm):
    def prepare(self) -> None:
        super().prepare()
        self.fields["when"].required = False
        self.fields["when"].help_text = _(
            "As exactly as it is known: 2017-11-05, 2017-11, 2017 or 1950s; empty: unknown."
        )


def draft_of(said: dict[str, Any]) -> SchoolDraft:
    return SchoolDraft(**{name: said[name] for name in ("code", "name", "name_en", "kind", "role", "parent")})


def open_units(user: Any, institution: Institution) -> Any:
    return School.objects.visible_to(user).current().filter(institution=institution, closed_on=None).order_by("code")


class RenameUnitForm(EventForm):
    name = forms.CharField(label=gettext_lazy("New name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("New name in English"), max_length=200, required=False)
    field_order = ["name", "name_en", "when"]


class RoleForm(EventForm):
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=SchoolRole.Role.choices)
    field_order = ["role", "when"]


class ParentForm(OnForm):
    parent = forms.ModelChoiceField(label=gettext_lazy("Belongs to"), queryset=None)
    field_order = ["parent", "on"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["parent"].queryset = open_units(self.user, self.row.institution).exclude(pk=self.row.pk)


class SplitForm(EventForm):
    units = forms.CharField(
        label=gettext_lazy("New units"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        help_text=gettext_lazy(
            "One a line: the code, a blank, the name. The learning centres go to the first one; place them under another on "
            "their pages."
        ),
    )
    field_order = ["units", "when"]

    def clean_units(self) -> list[tuple[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["units"].splitlines() if line.strip()]
        found = [A_UNIT.fullmatch(line) for line in lines]
        if len(found) < 2 or not all(found):
            raise ValidationError(_("Write at least two lines, each a code, a blank and a name."))
        return [(one[1], one[2].strip()) for one in found if one]


class DesignationForm(ActForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Designation.Kind.choices)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    title_en = forms.CharField(label=gettext_lazy("English title"), max_length=300, required=False)
    issuer = forms.CharField(label=gettext_lazy("Issuer"), max_length=200, required=False)
    issuer_en = forms.CharField(label=gettext_lazy("Issuer in English"), max_length=200, required=False)
    granted = PartialDateField(label=gettext_lazy("Granted on"), required=False)
    ended_on = DayField(label=gettext_lazy("Ended on"), required=False)
    repeat_count = forms.IntegerField(label=gettext_lazy("Times"), min_value=1, max_value=999, required=False)
    school = forms.ModelChoiceField(
        label=gettext_lazy("School or office"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("the institution itself"),
    )

    def prepare(self) -> None:
        self.fields["school"].queryset = open_units(self.user, self.row)


class OrganizationForm(ActForm):
    name = forms.CharField(label=pgettext_lazy("unit", "Name"), max_length=200)
    country = forms.ChoiceField(label=gettext_lazy("Country or region"), choices=[])
    uscc = forms.CharField(
        label=gettext_lazy("Unified social credit code"), max_length=18, required=False,
        help_text=gettext_lazy("Eighteen digits and letters, for organizations in China."),
    )  # fmt: skip
    foreign_code = forms.CharField(label=gettext_lazy("Foreign code"), max_length=50, required=False)

    def prepare(self) -> None:
        self.fields["country"].choices = sorted(
            ((code, country_name(code)) for code in COUNTRIES), key=lambda one: one[1]
        )
        self.fields["country"].initial = "CHN"

    def clean_uscc(self) -> str:
        return str(self.cleaned_data["uscc"]).strip().upper()


def _split(school: School, said: dict[str, Any], by: Any) -> list[School]:
    present = school.roles.current().on(said["when"].first).first()
    role = present.role if present else ""
    drafts = [SchoolDraft(code=code, name=name, kind=school.kind, role=role) for code, name in said["units"]]
    return split_school(school, drafts, act=event_of(said), by=by)


def _merge(rows: Sequence[School], said: dict[str, Any], by: Any) -> list[Outcome]:
    made = merge_schools(rows, draft_of(said), act=event_of(said), by=by)
    after = _("goes on in “%(unit)s”") % {"unit": made}
    return [Outcome(row, after=after, made=made) for row in rows]


def _is_open(school: School) -> bool:
    return school.closed_on is None


FOUND_UNIT = Act(
    name="found-unit",
    verb="learning_centers.found_school",
    label=gettext_lazy("Found a school or office"),
    form=FoundingForm,
    carry_out=lambda row, said, by: found_school(row, draft_of(said), act=event_of(said), by=by),
    done=gettext_lazy("The unit was recorded."),
    goes_to=lambda school: row_link(school).url,
)

DESIGNATE = Act(
    name="designate",
    verb="learning_centers.designate",
    label=gettext_lazy("Record a designation"),
    explanation=gettext_lazy("An award, an accreditation, a base, a test centre or a chair."),
    form=DesignationForm,
    carry_out=lambda row, said, by: designate(row, by=by, **said),
    done=gettext_lazy("The designation was recorded."),
    goes_to=lambda one: row_link(one).url,
)

REGISTER_ORGANIZATION = Act(
    name="register-organization",
    verb="learning_centers.register_organization",
    label=gettext_lazy("Register an organization"),
    explanation=gettext_lazy("One that is known already, by its credit code or else by its name, stays as it is."),
    form=OrganizationForm,
    carry_out=lambda row, said, by: register_organization(row, OrganizationDraft(**said), by=by),
    done=gettext_lazy("The organization is on file."),
    goes_to=lambda organization: row_link(organization).url,
)

INSTITUTION_ACTS = (
    Act(
        name="rename",
        verb="learning_centers.rename_institution",
        label=gettext_lazy("Rename"),
        form=NameForm,
        carry_out=lambda row, said, by: rename_institution(row, by=by, **said),
        done=gettext_lazy("The name was recorded; the earlier one stays with its days."),
    ),
    Act(
        name="change-code",
        verb="learning_centers.change_code",
        label=gettext_lazy("Change the national code"),
        explanation=gettext_lazy("Diplomas conferred earlier keep the code of their day."),
        form=CodeForm,
        carry_out=lambda row, said, by: change_code(row, by=by, **said),
        done=gettext_lazy("The code was recorded; the earlier one stays with its days."),
        danger=True,
    ),
    Act(
        name="identifier",
        verb="learning_centers.hold_identifier",
        label=gettext_lazy("Record the school identifier"),
        form=IdentifierForm,
        carry_out=lambda row, said, by: hold_identifier(row, by=by, **said),
        done=gettext_lazy("The identifier was recorded."),
    ),
    Act(
        name="completeness",
        verb="learning_centers.state_completeness",
        label=gettext_lazy("State from when the records are complete"),
        explanation=gettext_lazy(
            "Figures for earlier days are marked as incomplete and stand beside the published ones."
        ),
        form=CompletenessForm,
        carry_out=lambda row, said, by: state_completeness(row, said["since"], by=by),
    ),
    FOUND_UNIT,
    DESIGNATE,
    REGISTER_ORGANIZATION,
)

SCHOOL_ACTS = (
    Act(
        name="rename",
        verb="learning_centers.rename_school",
        label=gettext_lazy("Rename"),
        form=RenameUnitForm,
        carry_out=lambda row, said, by: rename_school(
            row, said["name"], name_en=said["name_en"], act=event_of(said), by=by
        ),
        done=gettext_lazy("The name was recorded; the earlier one stays with its days."),
        fits=_is_open,
    ),
    Act(
        name="role",
        verb="learning_centers.change_role",
        label=gettext_lazy("Change the role"),
        form=RoleForm,
        carry_out=lambda row, said, by: change_role(row, said["role"], act=event_of(said), by=by),
        done=gettext_lazy("The role was recorded; the earlier one stays with its days."),
        fits=_is_open,
    ),
    Act(
        name="place-under",
        verb="learning_centers.place_under",
        label=gettext_lazy("Place under another unit"),
        form=ParentForm,
        carry_out=lambda row, said, by: place_under(row, by=by, **said),
        fits=_is_open,
    ),
    Act(
        name="split",
        verb="learning_centers.split_school",
        label=gettext_lazy("Split"),
        explanation=gettext_lazy(
            "The unit ends on that day and the new ones begin, of its kind and in its role. "
            "Who holds a role at it needs it anew at a new one."
        ),
        form=SplitForm,
        carry_out=_split,
        done=gettext_lazy("The new units begin on that day."),
        danger=True,
        fits=_is_open,
    ),
    Act(
        name="close",
        verb="learning_centers.close_school",
        label=gettext_lazy("Close"),
        explanation=gettext_lazy("Only when no learning centre belongs to it any more."),
        form=EventForm,
        carry_out=lambda row, said, by: close_school(row, act=event_of(said), by=by),
        done=gettext_lazy("The unit ends on that day."),
        danger=True,
        fits=_is_open,
    ),
)

MERGE = ManyAct(
    name="merge",
    verb="learning_centers.merge_schools",
    label=gettext_lazy("Merge into a new unit"),
    explanation=gettext_lazy(
        "The chosen units end on that day; their learning centres and the units below them belong to the new one from then on. "
        "Who holds a role at one of them needs it anew at the new one."
    ),
    form=UnitForm,
    carry_out=_merge,
    most=50,
    leads_to=lambda outcomes: Crumb(str(outcomes[0].made), row_link(outcomes[0].made).url),
)
