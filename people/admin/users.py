from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.forms import SetPasswordMixin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import ScopedAdmin
from people.models import Membership, Role, User


class NewUserForm(SetPasswordMixin, forms.ModelForm):
    password1, password2 = SetPasswordMixin.create_password_fields()

    class Meta:
        model = User
        fields = ["username", "display_name", "email", "language"]

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        return super().clean() or self.cleaned_data

    def _post_clean(self) -> None:
        super()._post_clean()
        self.validate_password_for_user(self.instance)

    def save(self, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - the signature is Django’s
        self.instance.set_password(self.cleaned_data["password1"])
        return super().save(commit)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 1
    fields = ["role", "institution", "school", "center", "begin", "end"]
    autocomplete_fields = ["center"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return Membership.objects.visible_to(request.user, "people.manage_users")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        rows = db_field.remote_field.model.objects.visible_to(request.user)
        kwargs["queryset"] = rows.current() if hasattr(rows, "current") else rows
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _may(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("people.manage_users")

    has_view_permission = has_add_permission = has_change_permission = has_delete_permission = _may


@admin.register(User)
class UserAdmin(ScopedAdmin):
    """Accounts. A user without any membership is seen by nobody, so the page asks for the first one at once."""

    verb_to_view = verb_to_edit = "people.manage_users"
    list_display = ["username", "display_name", "is_active", "last_login"]
    search_fields = ["username__startswith", "display_name__startswith"]
    search_help_text = _("Beginning of the user name or of the name")
    fields = ["username", "display_name", "email", "language", "is_active"]
    inlines = [MembershipInline]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        if obj is None:
            kwargs |= {"form": NewUserForm, "fields": [*NewUserForm.Meta.fields, "password1", "password2"]}
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else [*NewUserForm.Meta.fields, "password1", "password2"]


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    verb_to_view = verb_to_edit = "people.manage_users"
    list_display = ["user", "role", "institution", "school", "center", "begin", "end"]
    list_select_related = ["user", "role", "institution", "school", "center"]
    list_filter: Any = []
    ordering = ["user__username", "id"]
    sortable_by = ()
    search_fields = ["user__username__startswith"]
    search_help_text = _("Beginning of the user name")
    autocomplete_fields = ["center", "user"]


@admin.register(Role)
class RoleAdmin(ScopedAdmin):
    """Roles are read here; who may change what a role means is whoever installs the system."""

    verb_to_view = "people.manage_users"
    list_display = ["code", "name", "name_zh", "verbs"]
    sortable_by = ()
