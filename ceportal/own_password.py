"""The own password is changed by who knows the present one; guesses at it count like those at a sign-in."""

from typing import Any

from django.contrib.auth import authenticate, logout
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse


class OwnPasswordForm(PasswordChangeForm):
    request: HttpRequest

    def clean_old_password(self) -> str:
        """By the same door as a sign-in, which counts and locks."""
        said = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=said) is None:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return said


class ChangeOwnPassword(PasswordChangeView):
    """Too many guesses end the session: whoever sits there does not know the password."""

    form_class = OwnPasswordForm

    def get_form(self, form_class: Any = None) -> Any:
        form: Any = super().get_form(form_class)
        form.request = self.request
        return form

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        if getattr(self.request, "axes_locked_out", False):
            logout(self.request)
        return response
