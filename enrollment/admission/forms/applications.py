"""The form for one applicant: what the number says is filled in, a draft may be incomplete, faults stand at their field."""

import datetime as dt
import uuid
from dataclasses import fields as fields_of
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.codes.countries import country_name, country_named
from common.codes.ethnicities import ETHNICITIES, ethnicity_name
from common.dates import today
from common.errors import DomainError
from common.identifiers import is_foreigner, nationality_of
from common.masking import mask, mask_beside_birth_date, mask_email
from enrollment.admission.models.applications import Application
from enrollment.admission.models.places import AdmissionPlace
from enrollment.admission.services.applying import ApplicationDraft, judge_identity
from enrollment.admission.services.transferring import FORMER
from enrollment.attachments.models.attachments import Attachment
from enrollment.records.forms.fields import FilesField, NumberField, PortalForm
from enrollment.records.models.students import StudentEntry
from enrollment.records.reasons import reasons
from learning_centers.rules import rule
from people.models.persons import IdentityType, PoliticalStatus, Sex

SEALED = {"id_no": mask_beside_birth_date, "phone": mask, "email": mask_email}
"""Fields that are shown masked when a draft is opened again: left empty, they stay as they are."""
PAPERS = ("photo", "identity", "prior_diploma", "residence")
KIND = StudentEntry.Kind
ONLY_OF_TRANSFERS = (*FORMER, "evidence")
CHOOSE = ("", _("Choose"))
HALF_A_YEAR = dt.timedelta(days=184)
"""Offered are the present batch and those to come; their windows say what is open."""
HAN = "01"


class PlaceField(forms.ModelChoiceField):
    """A programme in a batch, as the places are counted; what is left is said beside it."""

    several_centers = False

    def label_from_instance(self, place: Any) -> str:
        offering = place.center_offering
        version = offering.programme_version
        where = f" · {offering.center}" if self.several_centers else ""
        free = _("%(free)s of %(quota)s places free") % {"free": place.quota - place.taken, "quota": place.quota}
        return f"{place.batch} · {version.programme} · {version.get_study_form_display()}{where} ({free})"


class ApplicationForm(PortalForm):
    """`own` is the application that is edited, if any; a new one is of the kind that is said or given initially, and who does
    not come by transfer is not asked where from. Nothing but the place and the name is needed to keep a draft."""

    entry_kind = forms.ChoiceField(choices=KIND, initial=KIND.ADMISSION, required=False, widget=forms.HiddenInput)

    token = forms.UUIDField(initial=uuid.uuid4, required=False, widget=forms.HiddenInput)

    place = PlaceField(label=_("Programme and batch"), queryset=AdmissionPlace.objects.none(), empty_label=_("Choose"))
    id_type = forms.ChoiceField(label=_("Kind of document"), choices=IdentityType, initial=IdentityType.RESIDENT_ID)
    id_no = NumberField(label=_("Document number"), required=False, max_length=40)
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=100)
    sex = forms.ChoiceField(label=_("Sex"), choices=[CHOOSE, *Sex.choices], required=False)
    birth_date = forms.DateField(label=_("Birth date"), required=False)
    phone = NumberField(label=_("Phone"), required=False, max_length=40)
    ethnicity = forms.ChoiceField(label=_("Ethnicity"), required=False)
    candidate_no = NumberField(
        label=_("Candidate number"),
        required=False,
        max_length=14,
        help_text=_("14 digits, from the adult entrance exam."),
    )
    exam_score = forms.DecimalField(
        label=_("Exam score"), required=False, max_digits=5, decimal_places=1, min_value=0, max_value=1000
    )
    prior_school = forms.CharField(label=_("School of the junior-college diploma"), required=False, max_length=100)
    prior_certificate_no = NumberField(label=_("Number of that diploma"), required=False, max_length=20)
    prior_graduated_on = forms.DateField(label=_("Its date"), required=False)
    former_institution = forms.CharField(label=_("Former institution"), required=False, max_length=100)
    former_student_no = forms.CharField(label=_("Student number there"), required=False, max_length=30)
    former_major_code = forms.CharField(label=_("Major code there"), required=False, max_length=8)
    transferred_on = forms.DateField(label=_("Day of the transfer"), required=False)
    release_no = forms.CharField(label=_("Number of the release document"), required=False, max_length=60)
    evidence = FilesField(label=_("Release of the former institution"), required=False)
    photo = forms.FileField(label=_("Photo"), required=False)
    identity = FilesField(label=_("Identity document, both sides"), required=False)
    prior_diploma = FilesField(label=_("Junior-college diploma"), required=False)
    residence = FilesField(label=_("Residence or work in the province"), required=False)
    latin_name = forms.CharField(label=_("Latin name"), required=False, max_length=100)
    nationality = forms.CharField(label=_("Nationality"), required=False, max_length=60)
    political_status = forms.ChoiceField(
        label=_("Political status"), choices=[CHOOSE, *PoliticalStatus.choices], required=False
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    class_name = forms.CharField(label=_("Class"), required=False, max_length=200)
    remark = forms.CharField(label=_("Remark"), required=False, max_length=300)

    SECTIONS = (
        (_("Where to"), ("place",)),
        (_("Transfer from another institution"), ONLY_OF_TRANSFERS),
        (_("Who"), ("id_type", "id_no", "name", "sex", "birth_date", "ethnicity", "phone")),
        (_("Entrance exam"), ("candidate_no", "exam_score")),
        (_("Junior-college diploma (for bachelor programmes)"), ("prior_school", "prior_certificate_no", "prior_graduated_on")),
        (_("Documents"), PAPERS),
    )  # fmt: skip
    MORE = ("latin_name", "nationality", "political_status", "email", "class_name", "remark")

    def __init__(self, places: Any, *args: Any, own: Application | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        if own is None:
            self._offer(places)
        else:
            del self.fields["place"]
            del self.fields["entry_kind"], self.fields["token"]
            self._mask(own)
        if not self.is_transfer:
            for name in ONLY_OF_TRANSFERS:
                del self.fields[name]
        self.fields["ethnicity"].choices = [CHOOSE, *((code, ethnicity_name(code)) for code in ETHNICITIES)]
        self.fields["nationality"].help_text = _("Empty: Chinese, or with a passport not known.")
        self._help_the_keyboard()

    @property
    def is_transfer(self) -> bool:
        if self.own is not None:
            return self.own.is_transfer
        return (self.data if self.is_bound else self.initial).get("entry_kind") == KIND.TRANSFER_IN

    def say_limits(self, institution: Any) -> None:
        """The rules on files, so that the browser can look at one when it is chosen; the server judges it again."""
        on = today(institution)
        most = rule("attachment_most_kilobytes", institution, on=on) * 1024
        for item in self._papers():
            self.fields[item].widget.attrs["data-most-bytes"] = most
        width, height = (rule(f"photo_least_{side}", institution, on=on) for side in ("width", "height"))
        self.fields["photo"].widget.attrs |= {"data-least-width": width, "data-least-height": height}
        self.fields["photo"].help_text = _("JPEG or PNG, at least %(width)s × %(height)s pixels.") % {
            "width": width,
            "height": height,
        }

    def _offer(self, places: Any) -> None:
        recent = places.filter(batch__starts_on__gte=today() - HALF_A_YEAR)
        if not self.is_transfer:  # who is admitted must still be able to arrive
            for one in {place.institution for place in recent.order_by().distinct("institution")}:
                latest = max(rule(name, one, on=today(one)) for name in ("late_arrival_days", "late_leave_days"))
                gone = {"institution": one, "batch__starts_on__lt": today(one) - dt.timedelta(days=latest)}
                recent = recent.exclude(**gone)
        related = ("batch", "center_offering__center", "center_offering__programme_version__programme__major")
        field = self.fields["place"]
        field.queryset = recent.select_related(*related).order_by("batch__starts_on", "center_offering__center", "pk")
        field.several_centers = len(set(recent.order_by().values_list("center_offering__center", flat=True)[:200])) > 1
        self.fields["ethnicity"].initial = HAN

    def _mask(self, own: Application) -> None:
        for name, masked in SEALED.items():
            if value := getattr(own, name):
                self.fields[name].widget.attrs["placeholder"] = masked(value)
                self.fields[name].help_text = _("Kept as it is unless you type another.")

    def _help_the_keyboard(self) -> None:
        for name, attrs in {
            "id_no": {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
            "name": {"autocomplete": "off"},
            "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "off"},
            "candidate_no": {"inputmode": "numeric", "autocomplete": "off"},
            "email": {"autocomplete": "off"},
            "photo": {"accept": "image/jpeg,image/png", "data-check-file": ""},
            "identity": {"data-check-file": ""},
            "prior_diploma": {"data-check-file": ""},
            "residence": {"data-check-file": ""},
            "evidence": {"data-check-file": ""},
        }.items():
            if name not in self.fields:
                continue
            if "type" in attrs:
                self.fields[name].widget.input_type = attrs.pop("type")
            self.fields[name].widget.attrs.update(attrs)

    def sections(self) -> list[tuple[Any, list[Any]]]:
        """(heading, bound fields) in the order in which a person tells it."""
        return [(head, [self[name] for name in names if name in self.fields]) for head, names in self.SECTIONS]

    def more(self) -> list[Any]:
        return [self[name] for name in self.MORE]

    def more_errors(self) -> bool:
        return any(name in self.errors for name in self.MORE)

    def clean_entry_kind(self) -> str:
        return self.cleaned_data["entry_kind"] or KIND.ADMISSION

    def clean_nationality(self) -> str:
        """Documents of foreigners do not say that somebody is Chinese; left empty it is not known, as in a file."""
        text = self.cleaned_data["nationality"]
        if not text:
            return nationality_of(self.cleaned_data.get("id_type", ""))
        country = country_named(text)
        if country is None:
            raise forms.ValidationError(_("There is no such country; write its name in Chinese or English."))
        return country.iso3

    def clean(self) -> dict[str, Any]:
        """What the number says is filled in where nothing was typed."""
        said = super().clean() or self.cleaned_data
        for name in SEALED:
            if self.own is not None and not said.get(name):
                said[name] = getattr(self.own, name) or ""
        verdict = judge_identity(said.get("id_type", ""), said.get("id_no", ""))
        if verdict.valid:
            said["sex"] = said.get("sex") or verdict.sex
            said["birth_date"] = said.get("birth_date") or verdict.birth
        if is_foreigner(said.get("id_type", ""), said.get("nationality")) and said.get("ethnicity") == HAN:
            said["ethnicity"] = ""  # offered to everybody
        return said

    @property
    def draft(self) -> ApplicationDraft:
        """Also of a form that is not yet right: what is wrong counts as not said."""
        own = {one.name: getattr(self.own, one.name) for one in fields_of(ApplicationDraft)} if self.own else {}
        said = {
            one.name: self.cleaned_data[one.name]
            for one in fields_of(ApplicationDraft)
            if one.name in self.cleaned_data
        }
        return ApplicationDraft(
            **{name: value for name, value in (own | said).items() if value is not None or name in DATES}
        )

    @property
    def sent_as(self) -> uuid.UUID | None:
        """The same for a form that is sent again as it was, whichever button was pressed."""
        token = self.cleaned_data.get("token")
        said = sorted((name, value) for name, value in self.data.lists() if name in self.fields)
        files = sorted((name, one.name, one.size) for name, found in self.files.lists() for one in found)
        return token and uuid.uuid5(token, repr((said, files)))

    def papers(self) -> list[tuple[str, Any]]:
        """(item, uploaded file) of what was chosen."""
        chosen = []
        for item in self._papers():
            files = self.cleaned_data.get(item) or []
            chosen += [(item, file) for file in (files if isinstance(files, list) else [files])]
        return chosen

    def _papers(self) -> list[str]:
        return [item for item in (*PAPERS, "evidence") if item in self.fields]

    def show_faults(self, faults: Any) -> None:
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, str(fault.sentence))

    def show_stored(self, application: Application) -> None:
        """Where somebody else has stored otherwise meanwhile, at the field; what is sealed stays behind."""
        for name, stored in self.data_of(application).items():
            if name in self.fields and stored != (self.data.get(name) or ""):
                known = dict(getattr(self.fields[name], "choices", ())).get(stored, stored)
                self.add_error(name, _("Stored meanwhile: %(value)s") % {"value": known or "—"})

    @staticmethod
    def data_of(application: Application) -> dict[str, Any]:
        """What an application says, as a browser would send it; what is sealed stays behind."""
        values = {
            one.name: getattr(application, one.name) for one in fields_of(ApplicationDraft) if one.name not in SEALED
        }
        values["nationality"] = country_name(application.nationality)
        return {name: "" if value is None else str(value) for name, value in values.items()}


DATES = {"birth_date", "prior_graduated_on", "exam_score", "transferred_on"}


class WithdrawForm(PortalForm):
    ABOUT = {"reason_unknown": "reason_code"}

    reason_code = forms.ChoiceField(label=_("Reason"))
    comment = forms.CharField(
        label=_("Comment"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, institution: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason_code"].choices = [CHOOSE, *reasons("withdraw", institution)]


class CheckInForm(PortalForm):
    on = forms.DateField(label=_("Checked in on"))

    def day(self) -> dt.date:
        """The day that was typed; raises DomainError `value_not_possible` where it is none."""
        if not self.is_valid():
            raise DomainError(" ".join(self.errors["on"]), code="value_not_possible")
        return self.cleaned_data["on"]


class PaperForm(PortalForm):
    item = forms.ChoiceField(label=_("What it is"), choices=[(one.value, one.label) for one in Attachment.Item])
    file = FilesField(label=_("File"))

    def papers(self) -> list[tuple[str, Any]]:
        return [(self.cleaned_data["item"], file) for file in self.cleaned_data["file"]]
