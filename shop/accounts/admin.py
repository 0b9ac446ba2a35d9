"""Accounts and organisations for platform administrators."""

from typing import Any

from django.contrib.admin import ModelAdmin, TabularInline
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from shop.accounts.models import Membership, Organisation, User
from shop.core import audit
from shop.core.back_office import site


class MembershipInline(TabularInline):
    """Who acts for an organisation, or for which ones someone acts."""

    model = Membership
    autocomplete_fields = ("user", "organisation")
    extra = 0


class UserAdmin(DjangoUserAdmin):
    """Accounts. What changes here is audited like everything else."""

    ordering = ("pk",)
    list_display = ("pk", "name", "email", "phone", "is_staff", "is_active")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("name", "email", "phone")
    fieldsets = (
        (None, {"fields": ("email", "phone", "phone_verified", "password")}),
        ("Person", {"fields": ("name", "language", "large_text")}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "phone", "password1", "password2")}),)
    inlines = (MembershipInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only superusers hand out staff rights: nobody raises itself."""
        return () if request.user.is_superuser else ("is_staff", "is_superuser", "groups", "user_permissions")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: an account is erased by `operations.privacy.erase_person`, which keeps the books."""
        return False

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """Save, and note who changed what (names of fields, never their values)."""
        super().save_related(request, form, formsets, change)
        audit.record(
            action="change_by_admin",
            object_kind="user",
            object_id=form.instance.pk,
            actor=request.user,
            at=timezone.now(),
            fields=sorted(form.changed_data),
        )


class OrganisationAdmin(ModelAdmin):
    """Organisations and who acts for them."""

    list_display = ("pk", "name_zh", "kind", "credit_code", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name_zh", "name_en", "credit_code")
    raw_id_fields = ("division",)
    inlines = (MembershipInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: an organisation is switched off."""
        return False


def register() -> None:
    """Put people and organisations into the back office; called once when the apps are ready."""
    site.register(User, UserAdmin)
    site.register(Organisation, OrganisationAdmin)
