"""What the visitor has typed into the form of this page and not sent, for the script that puts it back."""

from typing import Any

from django import template

from people.services.unsent import unsent_at

register = template.Library()


@register.inclusion_tag("unsent.html", takes_context=True)
def unsent(context: Any) -> dict[str, Any]:
    """Stands inside the form. A page that answers a form that was sent shows what was sent, so nothing is put back there."""
    request = context["request"]
    return {"address": request.path, "values": unsent_at(request.user, request.path) if request.method == "GET" else []}
