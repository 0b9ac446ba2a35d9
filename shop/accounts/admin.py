"""Accounts and organisations for platform administrators."""

from typing import Any

from django.contrib.admin import ModelAdmin, RelatedFieldListFilter, TabularInline
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import CheckboxSelectMultiple, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shop.accounts import rules
from shop.accounts.models import Membership, Organisation, User
from shop.accounts.operations import people
from shop.accounts.queries import group_name
from shop.core import audit
from shop.core.back_office import site
from shop.core.fields import CreditCodeField

# Proved by a code, so changed by their person alone.
PROVED = ("email", "phone", "phone_verified")
# By role (group) alone: single permissions would be rights that no list of roles tells of.
RIGHTS = ("is_staff", "is_superuser", "groups")


class MembershipInline(TabularInline):
    """Who acts for an organisation, or for which ones someone acts."""

    model = Membership
    autocomplete_fields = ("user", "organisation")
    extra = 0


class GroupFilter(RelatedFieldListFilter):
    """Groups by their names."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        """Return the groups as they are called."""
        return [(group.pk, group_name(group)) for group in Group.objects.order_by("pk")]


class NewAccountForm(ModelForm):
    """An account to be taken over by its person: without a password, which a code to the phone or e-mail replaces."""

    class Meta:
        model = User
        fields = ("email", "phone", "name")

    def clean(self) -> dict[str, Any]:
        """Ask for one of phone and e-mail. An empty one is none."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["email"], data["phone"] = data.get("email") or None, data.get("phone") or None
        if not data["email"] and not data["phone"]:
            raise ValidationError(_("Enter a phone or an e-mail."))
        return data

    def save(self, commit: bool = True) -> Any:
        """Save it without a password."""
        self.instance.set_unusable_password()
        return super().save(commit)


class UserAdmin(DjangoUserAdmin):
    """Accounts. What changes here is audited like everything else.

    Phone, e-mail and password are their person's: each is changed with a code, on our own pages. Staff changes no
    account that may more than itself; rights are given by superusers.
    """

    ordering = ("pk",)
    filter_horizontal = ()
    list_display = ("id", "name", "email", "phone", "is_staff", "is_active")
    list_filter = ("is_staff", "is_active", ("groups", GroupFilter))
    search_fields = ("name", "email", "phone")
    fieldsets = (
        (None, {"fields": ("email", "phone", "phone_verified")}),
        (_("Person"), {"fields": ("name", "language", "large_text")}),
        (_("Rights"), {"fields": ("is_active", *RIGHTS)}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "phone", "name")}),)
    add_form = NewAccountForm
    inlines = (MembershipInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only superusers hand out staff rights: nobody raises itself."""
        proved = PROVED if obj is not None else ()
        return proved if request.user.is_superuser else (*proved, *RIGHTS)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Have the groups called as everywhere else, each with a box to tick."""
        if db_field.name == "groups":
            # The library's two lists with arrows speak English to a Chinese reader, and need a wide screen.
            options["widget"] = CheckboxSelectMultiple
        field = super().formfield_for_manytomany(db_field, request, **options)
        if db_field.name == "groups" and field is not None:
            field.label_from_instance = group_name
        return field

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes an account that may more than itself."""
        return super().has_change_permission(request, obj) and rules.may_edit_account(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: an account is erased by `operations.privacy.erase_person`, which keeps the books."""
        return False

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Set nobody's password: a forgotten one is replaced by its person, with a code."""
        raise PermissionDenied

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Save; an account that is closed here is closed for good for every session and token of it."""
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            people.close_account(user=obj, actor=request.user, at=timezone.now())

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """Save, and note who changed what (names of fields, never their values)."""
        super().save_related(request, form, formsets, change)
        note(request, "user", form, formsets)


def note(request: HttpRequest, kind: str, form: ModelForm, formsets: Any) -> None:
    """Write into the audit trail who changed which fields of what, and which memberships."""
    members = [
        {"how": how, "user": row.user_id, "organisation": row.organisation_id, "role": row.role}
        for formset in formsets
        for how, rows in (
            ("added", formset.new_objects),
            ("changed", [row for row, _fields in formset.changed_objects]),
            ("removed", formset.deleted_objects),
        )
        for row in rows
    ]
    audit.record(
        action="change_by_admin",
        object_kind=kind,
        object_id=form.instance.pk,
        actor=request.user,
        at=timezone.now(),
        fields=sorted(form.changed_data),
        **({"memberships": members} if members else {}),
    )


class OrganisationForm(ModelForm):
    """An organisation, its credit code read as everywhere: with its check character, in one spelling."""

    credit_code = CreditCodeField(label=_("Credit code"), required=False, help_text=_("18 characters (GB 32100)"))

    class Meta:
        model = Organisation
        fields = ("kind", "name_zh", "name_en", "credit_code", "division", "phone", "is_active")

    def clean_credit_code(self) -> str | None:
        """Return None for nothing: "" would be one code of several organisations."""
        return self.cleaned_data["credit_code"] or None


class OrganisationAdmin(ModelAdmin):
    """Organisations and who acts for them."""

    form = OrganisationForm
    list_display = ("id", "name_zh", "kind", "credit_code", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("name_zh", "name_en", "credit_code")
    raw_id_fields = ("division",)
    inlines = (MembershipInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: an organisation is switched off."""
        return False

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """Save, and note who changed what."""
        super().save_related(request, form, formsets, change)
        note(request, "organisation", form, formsets)


def register() -> None:
    """Put people and organisations into the back office; called once when the apps are ready."""
    site.register(User, UserAdmin)
    site.register(Organisation, OrganisationAdmin)
