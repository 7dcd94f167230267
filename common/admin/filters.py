"""Filters above a list. They never ask the big table which values it holds: choices come from small tables or from the code."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _


class Choose(SimpleListFilter):
    """A select of `options(request)`, pairs of value and label, that filters `path`; any other value is a bad request."""

    path = ""

    def options(self, request: Any) -> list[tuple[str, Any]]:
        raise NotImplementedError

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return self.options(request)

    def has_output(self) -> bool:
        return True

    def queryset(self, request: Any, queryset: Any) -> Any:
        value = self.value()
        if not value:
            return queryset
        if value not in {str(known) for known, _label in self.lookup_choices}:
            raise BadRequest("a value that the filter does not offer")
        return self.narrow(request, queryset, value)

    def narrow(self, request: Any, queryset: Any, value: str) -> Any:
        """The rows that one of the offered values leaves."""
        return queryset.filter(**{self.path: value})


class Write(SimpleListFilter):
    """A text field; `narrow(queryset, text)` says what it means, `suggestions` is a URL that offers words while one types."""

    is_text = True
    suggestions: str | None = None

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [("", "")]

    def has_output(self) -> bool:
        return True

    def narrow(self, queryset: Any, text: str) -> Any:
        raise NotImplementedError

    def queryset(self, request: Any, queryset: Any) -> Any:
        text = (self.value() or "").strip()
        return self.narrow(queryset, text) if text else queryset


def choose(parameter: str, label: Any, path: str, choices: Any) -> type[Choose]:
    """A select filter over fixed choices (`TextChoices` or pairs)."""
    pairs = list(getattr(choices, "choices", choices))
    members = {
        "parameter_name": parameter,
        "title": label,
        "path": path,
        "options": lambda self, request: pairs,
    }
    return type(f"Choose{parameter.title()}", (Choose,), members)


def choose_row(parameter: str, label: Any, path: str, model: Any, key: str = "pk") -> type[Choose]:
    """A select filter over the rows of a small table that the user may see."""

    def options(self: Choose, request: Any) -> list[tuple[str, Any]]:
        rows = model.objects.visible_to(request.user)
        rows = rows.current() if hasattr(rows, "current") else rows
        return [(str(getattr(row, key)), str(row)) for row in rows[:500]]

    members = {"parameter_name": parameter, "title": label, "path": path, "options": options}
    return type(f"Choose{parameter.title()}", (Choose,), members)


YES_NO = [("yes", _("Yes")), ("no", _("No"))]
