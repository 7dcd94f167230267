"""A form of an account or a role, whose saving may have to wait for a second person."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from common.admin import ScopedAdmin, row_link
from people.models import ApprovalRequest

WAITS = _("This waits for a second person, who finds it on the first page.")


class AskingAdmin(ScopedAdmin):
    def save_or_ask(self, request: HttpRequest, obj: Any, form: Any) -> ApprovalRequest | None:
        """Save, or give back what a second person is to decide."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django’s
        obj.asked = self.save_or_ask(request, obj, form)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._to_what_waits(request, obj.asked) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._to_what_waits(request, obj.asked) or super().response_change(request, obj)

    def _to_what_waits(self, request: HttpRequest, asked: ApprovalRequest | None) -> HttpResponse | None:
        if asked is None:
            return None
        messages.success(request, WAITS)
        return redirect(row_link(asked).url or "")

    def _audit(self, request: HttpRequest, obj: Any, act: str, message: Any) -> None:
        """What does not exist yet has nothing to tell."""
        if obj.pk is not None:
            super()._audit(request, obj, act, message)
