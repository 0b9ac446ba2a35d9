from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin

from .models import User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Accounts for platform administrators."""

    ordering = ("pk",)
    list_display = ("pk", "name", "email", "phone", "is_staff")
    search_fields = ("name", "email", "phone")
    fieldsets = (
        (None, {"fields": ("email", "phone", "phone_verified", "password")}),
        ("Person", {"fields": ("name", "language", "large_text")}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "phone", "password1", "password2")}),)
