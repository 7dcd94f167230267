"""How values stand in a page: dates as 2025-09-01, instants to the minute, numbers with thousands, nothing as a dash."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.masking import mask_in

register = template.Library()


@register.filter
def grouped(value: Any) -> str:
    """A number with its thousands apart, the same in every language: 75,471."""
    return f"{value:,}" if isinstance(value, (int, Decimal)) else str(value)


@register.filter
def shown(value: Any) -> Any:
    if value is None or value == "" or value == {}:
        return "—"
    if value is True:
        return _("Yes")
    if value is False:
        return _("No")
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (int, Decimal)):
        return grouped(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {shown(one)}" for key, one in value.items())
    return value


@register.filter
def masked(text: str) -> str:
    return mask_in(text or "")


def _linked(context: Any, cell: Any) -> Any:
    """A `Fact` as a link if it has a URL that the reader may open; anything else as it is shown."""
    url, verb = getattr(cell, "url", None), getattr(cell, "verb", "")
    value = shown(getattr(cell, "value", cell))
    if url and (not verb or context["user"].has_perm(verb)):
        return format_html('<a href="{}">{}</a>', url, value)
    return value


@register.simple_tag(takes_context=True)
def value_of(context: Any, fact: Any) -> Any:
    return _linked(context, fact)


@register.simple_tag(takes_context=True)
def cell_of(context: Any, cell: Any) -> SafeString:
    """A table cell: numbers to the right."""
    value = getattr(cell, "value", cell)
    kind = "number" if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else ""
    kind = "date" if isinstance(value, dt.date) else kind
    return format_html('<td class="{}">{}</td>', kind, _linked(context, cell))
