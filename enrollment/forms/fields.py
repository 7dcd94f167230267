"""What the portal's forms share: dates as the browser's own picker, and fields that say what is wrong where it is wrong."""

from typing import Any

from django import forms


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class PortalForm(forms.Form):
    """Fields in one column; `refused_at` puts a refusal of a service at the field that its code is about."""

    use_required_attribute = False
    """The server says what is missing, at the field and in the reader's language; a draft may miss anything."""
    prefix_of_ids = "id_%s"
    ABOUT: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            field = self.fields[name]
            if isinstance(field, forms.DateField):
                field.widget = DayInput()

    def refused_at(self, refusal: Any) -> None:
        """Show the sentence of a DomainError at its field, or above the form."""
        field = refusal.details.get("field") or self.ABOUT.get(refusal.code)
        self.add_error(field if field in self.fields else None, str(refusal.message))
