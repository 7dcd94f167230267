"""The form in which staff propose a new learning centre; it is filed, agreed on and activated afterwards (docs/rules.md §2.8)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from common.admin import Act, row_link
from common.admin.fields import PlaceForm
from common.codes.countries import COUNTRIES, country_name
from learning_centers.models import Institution, LearningCenter, School
from learning_centers.models.centers import CenterStatus, CenterType, Regime
from learning_centers.services import CenterDraft, OrganizationDraft, Place, open_center

CHINA = "CHN"
BY_PROVINCE = {"HKG", "MAC", "TWN"}
"""Said by their province codes 810000, 820000 and 710000 (docs/rules.md §3)."""
NOT_MAINLAND = {"810000", "820000", "710000"}


class OpeningForm(PlaceForm):
    code = forms.RegexField(
        r"^[0-9A-Z]+\Z", label=gettext_lazy("Code"), max_length=10,
        help_text=gettext_lazy("Four digits, so that files can name the centre; otherwise digits and capital letters."),
        error_messages={"invalid": gettext_lazy("A code has digits and capital letters only.")},
    )  # fmt: skip
    name = forms.CharField(label=pgettext_lazy("unit", "Name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=200, required=False)
    school = forms.ModelChoiceField(label=gettext_lazy("School"), queryset=None)
    regime = forms.ChoiceField(label=gettext_lazy("Regime"), choices=Regime.choices, initial=Regime.FILED)
    type = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=[("", gettext_lazy("as usual for the regime")), *CenterType.choices],
        required=False,
    )
    country = forms.ChoiceField(label=gettext_lazy("Country or region"), choices=[])
    host_uscc = forms.CharField(label=gettext_lazy("Credit code of the host"), max_length=18, required=False)
    host_name = forms.CharField(
        label=gettext_lazy("Name of the host"), max_length=200, required=False,
        help_text=gettext_lazy("An off-campus centre needs one."),
    )  # fmt: skip
    field_order = ["code", "name", "name_en", "school", "regime", "type", "country"]

    def prepare(self) -> None:
        super().prepare()
        self.fields["province_code"].choices = [("", "—"), *self.fields["province_code"].choices]
        self.fields["province_code"].required = False
        countries = ((code, country_name(code)) for code in COUNTRIES if code not in BY_PROVINCE)
        self.fields["country"].choices = sorted(countries, key=lambda one: one[1])
        self.fields["country"].initial = CHINA
        schools = School.objects.visible_to(self.user).current()
        self.fields["school"].queryset = schools.filter(institution=self.row, closed_on=None).order_by("code")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        at_home = said.get("country") == CHINA
        if at_home and not said.get("province_code"):
            self.add_error("province_code", _("Say in which province the centre is."))
        mainland = at_home and said.get("province_code") not in NOT_MAINLAND
        if mainland and said.get("regime") == Regime.OVERSEAS:
            self.add_error("country", _("A branch abroad is in another country, or in Hong Kong, Macao or Taiwan."))
        if not at_home and said.get("province_code"):
            self.add_error("province_code", _("Abroad there is no province of this list."))
        if said.get("host_uscc") and not said.get("host_name"):
            self.add_error("host_name", _("Name the host."))
        return said


def _open(institution: Institution, said: dict[str, Any], by: Any) -> LearningCenter:
    place = Place(**{name: said[name] for name in ("province_code", "region_code", "address", "country")})
    host = OrganizationDraft(name=said["host_name"], uscc=said["host_uscc"].strip().upper(), country=said["country"])
    draft = CenterDraft(
        **{name: said[name] for name in ("code", "name", "name_en", "regime", "type")},
        school_id=said["school"].pk,
        place=place,
        host=host if host.name else None,
        statuses=[(None, CenterStatus.PROPOSED)],
    )
    return open_center(institution, draft, by=by)


OPEN_CENTER = Act(
    name="open-center",
    verb="learning_centers.open_center",
    label=gettext_lazy("Propose a learning centre"),
    explanation=gettext_lazy(
        "It is recorded as proposed. File it, record the agreement with its host and its majors, then open it for intake."
    ),
    form=OpeningForm,
    carry_out=_open,
    done=gettext_lazy("The centre is proposed."),
    goes_to=lambda center: row_link(center).url,
)
