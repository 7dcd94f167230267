from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.forms import SetPasswordMixin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.acts import act_label
from common.admin import ScopedAdmin
from common.templatetags.cells import shown
from learning_centers.models import Institution, LearningCenter, Organization, School
from people.models import Membership, Role, User
from people.models.users import AT_ONE_LEVEL_ONLY
from people.services.accounts import LEVELS, facts_of, grant_role, wrong_places
from people.services.giving import MANAGE, give_password, manages_wholly, may_give_password, must_choose_anew

LANGUAGES = [("", _("as the browser asks")), *settings.LANGUAGES]


def managed_by(user: Any) -> Any:
    """The institutions whose roles the user may give: who manages at one school or centre gives none for the whole house."""
    return Institution.objects.visible_to(user, MANAGE)


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

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        said = super().clean() or self.cleaned_data
        for level, sentence in wrong_places(said):
            self.add_error(level, sentence)
        if sum(bool(said.get(level)) for level in LEVELS) > 1:
            self.add_error(None, AT_ONE_LEVEL_ONLY)
        return said

    def _post_clean(self) -> None:
        super()._post_clean()
        self.validate_password_for_user(self.instance)

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - the signature is Django’s
        self.instance.set_password(self.cleaned_data["password1"])
        return super().save(commit)


class UserForm(SetPasswordMixin, forms.ModelForm):
    """A known account. Who has forgotten the password gets another one here, and chooses an own one with it."""

    password1, password2 = SetPasswordMixin.create_password_fields(_("new password"), _("new password again"))
    language = forms.ChoiceField(label=_("language"), choices=LANGUAGES, required=False)
    manager: Any = None

    class Meta:
        model = User
        fields = ["username", "display_name", "email", "language", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_give_password(self.instance, by=self.manager):
            for name in ("password1", "password2"):
                self.fields[name].required = False
            self.fields["password2"].help_text = _("Leave both empty to keep the password.")
        else:
            del self.fields["password1"], self.fields["password2"]

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        said = super().clean() or self.cleaned_data
        if bool(said.get("password1")) != bool(said.get("password2")) and "password2" not in self.errors:
            self.add_error("password2", _("The two password fields didn’t match."))
        return said

    def _post_clean(self) -> None:
        super()._post_clean()
        self.validate_password_for_user(self.instance)


@admin.register(User)
class UserAdmin(ScopedAdmin):
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
            given = ["password1", "password2"] if may_give_password(obj, by=request.user) else []
            return [*self.fields, *given]
        return [*own, "password1", "password2", "role", "institution", *LEVELS]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 - Django’s
        super().save_model(request, obj, form, change)
        if change and form.cleaned_data.get("password1"):
            give_password(obj, form.cleaned_data["password1"], by=request.user)
        if not change:
            must_choose_anew(obj)
            held = {name: form.cleaned_data[name] for name in ("role", "institution", *LEVELS)}
            grant_role(obj, by=request.user, **held)

    def told_to_auditors(self, obj: User) -> dict[str, Any]:
        return {"username": obj.username, "active": obj.is_active}

    def audited_at(self, obj: User) -> list[int | None]:
        return list(obj.memberships.order_by("institution").values_list("institution", flat=True).distinct())


class MembershipForm(forms.ModelForm):
    """Nobody gives rights to themselves, and nobody gives them outside of where they manage."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "institution" in self.fields:
            self.fields["institution"].queryset = managed_by(self.manager)
        if "user" in self.fields:
            self.fields["user"].queryset = User.objects.visible_to(self.manager, MANAGE).exclude(pk=self.manager.pk)

    manager: Any = None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if set(self.changed_data) - {"begin", "end"}:  # what is wrong already can still be ended
            for level, sentence in wrong_places(said):
                self.add_error(level, sentence)
        return said


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    verb_to_view = verb_to_edit = MANAGE
    form = MembershipForm
    fields = ["user", "role", "institution", "school", "center", "partner", "begin", "end"]
    list_display = ["user", "role", "institution", "school", "center", "partner", "begin", "end"]
    list_select_related = ["user", "role", "institution", "school", "center", "partner"]
    ordering = ["user__username", "id"]
    sortable_by = ()
    search_fields = ["user__username__startswith"]
    search_help_text = _("Beginning of the user name")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        form = super().get_form(request, obj, change, **kwargs)
        form.manager = request.user
        return form

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own = obj is not None and obj.user_id == request.user.pk
        return not own and super().has_change_permission(request, obj)

    def told_to_auditors(self, obj: Membership) -> dict[str, Any]:
        return facts_of(obj)


@admin.register(Role)
class RoleAdmin(ScopedAdmin):
    """Roles are read here; who may change what a role means is whoever installs the system."""

    verb_to_view = MANAGE
    list_display = ["code", "__str__", "acts"]
    sortable_by = ()

    @admin.display(description=_("rights"))
    def acts(self, row: Any) -> str:
        return " · ".join(str(act_label(verb)) for verb in row.verbs)
