from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.forms import SetPasswordMixin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.admin import ScopedAdmin
from common.templatetags.cells import shown
from common.verbs import verb_label
from learning_centers.models import Institution, LearningCenter, Organization, School
from people.admin.asking import AskingAdmin
from people.admin.memberships import managed_by
from people.models import ApprovalRequest, Role, User
from people.models.users import AT_ONE_LEVEL_ONLY
from people.services.accounts import LEVELS, grant_role, wrong_places
from people.services.giving import (
    MANAGE,
    give_password,
    is_guarded,
    manages_wholly,
    may_give_password,
    must_choose_anew,
)
from people.services.granting import ask_for_account, ask_for_password, ask_to_reactivate

LANGUAGES = [("", _("as the browser asks")), *settings.LANGUAGES]


class NewUserForm(SetPasswordMixin, forms.ModelForm):
    """An account with its first role: a user without any membership would be seen by nobody."""

    password1, password2 = SetPasswordMixin.create_password_fields()
    role = forms.ModelChoiceField(label=_("role"), queryset=Role.objects.all())
    institution = forms.ModelChoiceField(label=_("institution"), queryset=Institution.objects.none())
    school = forms.ModelChoiceField(label=_("school"), queryset=School.objects.none(), required=False)
    center = forms.ModelChoiceField(label=_("learning centre"), queryset=LearningCenter.objects.none(), required=False)
    partner = forms.ModelChoiceField(label=_("partner"), queryset=Organization.objects.none(), required=False)
    language = forms.ChoiceField(label=_("language"), choices=LANGUAGES, required=False)

    class Meta:
        model = User
        fields = ["username", "display_name", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("password1", "password2"):
            self.fields[name].required = False
        self.fields["password2"].help_text = _(
            "None is needed for a role that reads personal data or decides: a second person lets it through and hands one over."
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if "role" in said and not said["role"].is_given_by_two:
            self._need_password(said)
        for level, sentence in wrong_places(said):
            self.add_error(level, sentence)
        if sum(bool(said.get(level)) for level in LEVELS) > 1:
            self.add_error(None, AT_ONE_LEVEL_ONLY)
        return said

    def _need_password(self, said: dict[str, Any]) -> None:
        self.validate_passwords()
        for name in ("password1", "password2"):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, self.fields[name].error_messages["required"])

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.cleaned_data.get("password1"):
            self.validate_password_for_user(self.instance)

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - the signature is Django’s
        self.instance.set_password(self.cleaned_data["password1"] or None)
        return super().save(commit)


class UserForm(SetPasswordMixin, forms.ModelForm):
    """A known account. Who has forgotten the password gets another one here, and chooses an own one with it."""

    password1, password2 = SetPasswordMixin.create_password_fields(_("new password"), _("new password again"))
    language = forms.ChoiceField(label=_("language"), choices=LANGUAGES, required=False)
    new_password = forms.BooleanField(
        label=_("set the password anew"),
        required=False,
        help_text=_("A second person lets it through and hands the password over."),
    )
    manager: Any = None

    class Meta:
        model = User
        fields = ["username", "display_name", "email", "language", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = password_fields(self.instance, self.manager)
        for name in {"password1", "password2", "new_password"} - set(given):
            del self.fields[name]
        if "password1" in given:
            for name in ("password1", "password2"):
                self.fields[name].required = False
            self.fields["password2"].help_text = _("Leave both empty to keep the password.")

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        said = super().clean() or self.cleaned_data
        if bool(said.get("password1")) != bool(said.get("password2")) and "password2" not in self.errors:
            self.add_error("password2", _("The two password fields didn’t match."))
        return said

    def _post_clean(self) -> None:
        super()._post_clean()
        self.validate_password_for_user(self.instance)


def password_fields(user: User, by: Any) -> list[str]:
    """Typed by who manages the account, or asked for where that takes two."""
    if not may_give_password(user, by=by):
        return []
    return ["new_password"] if is_guarded(user) else ["password1", "password2"]


@admin.register(User)
class UserAdmin(AskingAdmin):
    """Accounts. A user without any membership is seen by nobody, so the page asks for the first one at once. One that also works
    elsewhere is only read here: its name, its letters and whether it is open concern the other house as well."""

    verb_to_view = verb_to_edit = MANAGE
    list_display = ["username", "display_name", "active", "last_login"]
    search_fields = ["username__startswith", "display_name__startswith"]
    search_help_text = _("Beginning of the user name or of the name")
    fields = ["username", "display_name", "email", "language", "is_active"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        wholly = obj is None or manages_wholly(obj, by=request.user)
        return wholly and super().has_change_permission(request, obj)

    @admin.display(description=pgettext_lazy("account", "active"))
    def active(self, row: Any) -> Any:
        return shown(row.is_active)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        if obj is not None:
            form = super().get_form(request, obj, change, form=UserForm, fields=UserForm.Meta.fields)
            form.manager = request.user
            return form
        form = super().get_form(request, obj, change, form=NewUserForm, fields=NewUserForm.Meta.fields)
        form.base_fields["institution"].queryset = managed_by(request.user)
        for level, model in LEVELS.items():
            form.base_fields[level].queryset = model.objects.visible_to(request.user).current()
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ["username", "display_name", "email", "language"]
        if obj:
            return [*self.fields, *password_fields(obj, request.user)]
        return [*own, "password1", "password2", "role", "institution", *LEVELS]

    def save_or_ask(self, request: HttpRequest, obj: User, form: Any) -> ApprovalRequest | None:
        said = form.cleaned_data
        if obj.pk is None:
            return self._open_or_ask(obj, said, request.user)
        asked = None
        if "is_active" in form.changed_data and obj.is_active and is_guarded(obj):
            obj.is_active = False
            asked = ask_to_reactivate(obj, by=request.user)
        obj.save()
        if said.get("password1"):
            give_password(obj, said["password1"], by=request.user)
        return ask_for_password(obj, by=request.user) if said.get("new_password") else asked

    def _open_or_ask(self, obj: User, said: dict[str, Any], by: Any) -> ApprovalRequest | None:
        held = {name: said[name] for name in ("role", "institution", *LEVELS)}
        if said["role"].is_given_by_two and not by.is_system:
            facts = {name: said[name] for name in ("display_name", "email", "language")}
            return ask_for_account(said["username"], by=by, **held, **facts)
        obj.save()
        must_choose_anew(obj)
        grant_role(obj, by=by, **held)
        return None

    def told_to_auditors(self, obj: User) -> dict[str, Any]:
        return {"username": obj.username, "active": obj.is_active}

    def audited_at(self, obj: User) -> list[int | None]:
        return list(obj.memberships.order_by("institution").values_list("institution", flat=True).distinct())


@admin.register(Role)
class RoleAdmin(ScopedAdmin):
    """Roles are read here; who may change what a role means is whoever installs the system."""

    verb_to_view = MANAGE
    list_display = ["code", "__str__", "acts"]
    sortable_by = ()

    @admin.display(description=_("rights"))
    def acts(self, row: Any) -> str:
        return " · ".join(str(verb_label(verb)) for verb in row.verbs)
