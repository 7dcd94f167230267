"""Who holds which role where. Nobody gives rights to themselves, and a role that reads personal data or decides takes two."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learning_centers.models import Institution
from people.admin.asking import AskingAdmin
from people.models import ApprovalRequest, Membership, User
from people.services.accounts import LEVELS, wrong_places
from people.services.giving import MANAGE
from people.services.granting import change_membership_or_ask, grant_role_or_ask


def managed_by(user: Any) -> Any:
    """The institutions whose roles the user may give: who manages at one school or centre gives none for the whole house."""
    return Institution.objects.visible_to(user, MANAGE)


class MembershipForm(forms.ModelForm):
    """Nobody gives rights to themselves, and nobody gives them outside of where they manage."""

    manager: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "institution" in self.fields:
            self.fields["institution"].queryset = managed_by(self.manager)
        if "user" in self.fields:
            self.fields["user"].queryset = User.objects.visible_to(self.manager, MANAGE).exclude(pk=self.manager.pk)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if set(self.changed_data) - {"begin", "end"}:  # what is wrong already can still be ended
            for level, sentence in wrong_places(said):
                self.add_error(level, sentence)
        return said


@admin.register(Membership)
class MembershipAdmin(AskingAdmin):
    verb_to_view = verb_to_edit = MANAGE
    form = MembershipForm
    fields = ["user", "role", "institution", "school", "center", "partner", "begin", "end"]
    list_display = ["user", "role", "institution", "school", "center", "partner", "begin", "end"]
    list_select_related = ["user", "role", "institution", "school", "center", "partner"]
    ordering = ["user__username", "id"]
    sortable_by = ()
    search_fields = ["user__username__startswith"]
    search_help_text = _("Beginning of the user name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A role does not pass from one account to another."""
        return ["user"] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        form = super().get_form(request, obj, change, **kwargs)
        form.manager = request.user
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own = obj is not None and obj.user_id == request.user.pk
        return not own and super().has_change_permission(request, obj)

    def save_or_ask(self, request: HttpRequest, obj: Membership, form: Any) -> ApprovalRequest | None:
        said = {name: form.cleaned_data[name] for name in ("role", "institution", *LEVELS, "begin", "end")}
        if obj.pk:
            return change_membership_or_ask(obj, said, by=request.user)
        made = grant_role_or_ask(obj.user, by=request.user, **said)
        return made if isinstance(made, ApprovalRequest) else None

    def _audit(self, request: HttpRequest, obj: Membership, act: str, message: Any) -> None:
        """The services write it."""
