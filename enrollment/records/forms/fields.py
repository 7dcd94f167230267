"""What the portal's forms share: dates as the browser's own picker, and fields that say what is wrong where it is wrong."""

from typing import Any

from django import forms

from enrollment.admission.services.judging import written


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class PortalForm(forms.Form):
    """Fields in one column; `refused_at` puts a refusal of a service at the field that its code is about."""

    use_required_attribute = False
    """The server says what is missing, at the field and in the reader's language; a draft may miss anything."""
    ABOUT: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            field = self.fields[name]
            if isinstance(field, forms.DateField):
                field.widget = DayInput()

    def faulty_fields(self) -> list[Any]:
        """The fields that need another look, in their order."""
        return [field for field in self if field.errors]

    def refused_at(self, refusal: Any) -> None:
        """Show the sentence of a DomainError at its field, or above the form."""
        field = refusal.details.get("field") or self.ABOUT.get(refusal.code)
        self.add_error(field if field in self.fields else None, str(refusal.message))


class NumberField(forms.CharField):
    """A number of a person or a paper: how wide it is typed, and with which gaps, makes no difference to its length."""

    def to_python(self, value: Any) -> str:
        return written(super().to_python(value) or "")


PAPERS = "image/jpeg,image/png,application/pdf"


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Several files at once; what they are is judged by their content when they are kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=FilesInput({"multiple": True, "accept": PAPERS}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in files if one]
