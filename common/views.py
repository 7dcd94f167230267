"""The base of our own pages: closed by default, rows narrowed by `visible_to`, the same 404 for a foreign and a missing row."""

import uuid
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views import View

from common.access import can
from common.showing import show_rows


class ScopedView(View):
    """A page. `door` is the right to enter this part of the site at all, `verb` the right that the page itself asks for: without
    one nobody may. Every row comes from `rows` or `row_or_404`."""

    door = ""
    verb = ""
    takes: tuple[str, ...] = ()
    """The parameters of the address (`common.parameters`)."""

    sign_in = "admin:login"
    """The route that a visitor who is not signed in is sent to."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        if not request.user.is_authenticated:
            if "HX-Request" in request.headers:  # a sign-in page would be put into a part of the page
                return HttpResponse(status=401)
            return redirect_to_login(request.get_full_path(), reverse(self.sign_in))
        if not self.is_open_to(request.user):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)  # pages name people: none comes back after sign-out
        return response  # type: ignore[return-value]

    def is_open_to(self, user: Any) -> bool:
        return bool(self.verb) and all(can(user, verb) for verb in (self.door, self.verb) if verb)

    def rows(self, model: type[Model], verb: str = "") -> Any:
        """What is known today of the rows that the visitor may see by the page's right, or by another that is named."""
        found = model.objects.visible_to(self.request.user, verb or self.verb)  # type: ignore[attr-defined]
        return found.current() if hasattr(found, "current") else found

    def reachable(self, model: type[Model], verb: str = "") -> Any:
        """The rows whose own page may be asked for; a list may show fewer of them."""
        return self.rows(model, verb)

    def row_or_404(self, model: type[Model], public_id: uuid.UUID, *related: str, verb: str = "") -> Any:
        row = self.reachable(model, verb).filter(public_id=public_id).select_related(*related).first()
        if row is None:
            raise Http404
        show_rows(self.request, model, [row])
        return row
