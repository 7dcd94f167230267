"""Who may come in at all, whichever part of the site it is then."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm

from common.access import can

PORTAL, ADMIN = "portal.enter", "admin.enter"


class SignInForm(AuthenticationForm):
    """Refuses who has no door to go through, with the words for a wrong password."""

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if not any(can(user, door) for door in (PORTAL, ADMIN)):
            raise self.get_invalid_login_error()
