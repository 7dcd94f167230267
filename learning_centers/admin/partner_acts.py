"""What becomes of organizations outside of the institution, and of agreements with them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from common.admin import Act, ActForm, DayField
from common.admin.fields import OnForm, in_order
from learning_centers.models import Agreement
from learning_centers.services import Terms, rename_organization, renew_agreement, sign_agreement


class NewNameForm(OnForm):
    name = forms.CharField(label=gettext_lazy("New name"), max_length=200)
    field_order = ["name", "on"]


class TermsForm(ActForm):
    """A version of an agreement: on which days it holds and what it says."""

    begin = DayField(label=gettext_lazy("From"))
    end = DayField(label=gettext_lazy("Until (exclusive)"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What it says"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        return in_order(self, super().clean() or {})


class SigningForm(TermsForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Agreement.Kind.choices)
    number = forms.CharField(label=gettext_lazy("Number"), max_length=50, required=False)
    field_order = ["kind", "number", "begin", "end", "text"]


def terms_of(said: dict[str, Any]) -> Terms:
    return Terms(**{name: said[name] for name in ("begin", "end", "text")})


ORGANIZATION_ACTS = (
    Act(
        name="rename",
        verb="learning_centers.rename_organization",
        label=gettext_lazy("Rename"),
        explanation=gettext_lazy("The same legal person under another name. For a host this counts as a new filing."),
        form=NewNameForm,
        carry_out=lambda row, said, by: rename_organization(row, by=by, **said),
        done=gettext_lazy("The name was recorded; the earlier one stays with its days."),
    ),
    Act(
        name="sign",
        verb="learning_centers.sign_agreement",
        label=gettext_lazy("Record an agreement"),
        form=SigningForm,
        carry_out=lambda row, said, by: sign_agreement(row, said["kind"], terms_of(said), number=said["number"], by=by),
        done=gettext_lazy("The agreement is on file."),
    ),
)

RENEW = Act(
    name="renew",
    verb="learning_centers.renew_agreement",
    label=gettext_lazy("Record a new version"),
    explanation=gettext_lazy("Earlier versions stay as they were signed."),
    form=TermsForm,
    carry_out=lambda row, said, by: renew_agreement(row, terms_of(said), by=by),
    done=gettext_lazy("The new version is on file."),
)
