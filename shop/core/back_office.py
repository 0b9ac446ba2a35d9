"""Django's admin, kept small: only what packages register here, and no door of its own."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite, AllValuesFieldListFilter, ModelAdmin, display
from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop.core import audit
from shop.core.audit_words import action_name, kind_name
from shop.core.dated import overlaps
from shop.core.fields import DayField, LineField, NumberField, ParagraphsField, SplitMomentField
from shop.core.models import AuditEntry, DatedRow, OutboxEntry

# What staff types is cleaned and read like what everybody types; addresses and the like have fields of their own.
TEXTS: dict[Any, dict[str, Any]] = {
    models.CharField: {"form_class": LineField},
    models.TextField: {"form_class": ParagraphsField},
    models.EmailField: {},
    models.SlugField: {},
    models.URLField: {},
    models.DecimalField: {"form_class": NumberField},
    models.DateField: {"form_class": DayField},
    models.DateTimeField: {"form_class": SplitMomentField},
}


class BackOffice(AdminSite):
    """Platform administration. Who is not signed in goes through the shop's own door, with its limits."""

    site_header = _("Heqiao, platform administration")
    site_title = _("Heqiao, platform administration")

    def get_urls(self) -> list[Any]:
        """Leave out the door to the address that a row of a library names itself: it has no page here."""
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", "") != "view_on_site"]

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register an admin; it and its inlines read texts and numbers by the shop's fields, and lead to no page."""
        for each in (admin_class, *admin_class.inlines):
            each.formfield_overrides = {**TEXTS, **each.formfield_overrides}
            each.view_on_site = False
        super().register(model_or_iterable, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the shop's sign-in. Raises PermissionDenied for someone signed in who is not staff."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(reverse("admin:index"))

    def password_change(  # type: ignore[override]  # the stubs know a page only
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send to the shop's own page, which asks who it is first and ends tokens."""
        return HttpResponseRedirect(reverse("accounts:change-password"))

    def password_change_done(  # type: ignore[override]  # the stubs know a page only
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send to the shop's own page."""
        return HttpResponseRedirect(reverse("accounts:security"))


site = BackOffice(name="admin")


class Audited(ModelAdmin):
    """Rows that staff may add and change: who did it to which fields stands in the audit trail, without their values."""

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """Save what hangs on the row, and note who did it, in the same transaction."""
        super().save_related(request, form, formsets, change)
        beside = {name for formset in formsets for each in formset.forms for name in each.changed_data}
        audit.record(
            action="change_by_admin" if change else "add_by_admin",
            object_kind=str(form.instance._meta.model_name),
            object_id=form.instance.pk,
            actor=request.user,
            at=timezone.now(),
            fields=sorted({*form.changed_data, *beside}),
        )


class ReadOnly(ModelAdmin):
    """Rows that may be looked at, never changed: they are written by operations only."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


class DatedForm(ModelForm):
    """A number of the platform with its days: why it is written, and no other row of its kind in force meanwhile.

    Days that went by are not written anew: what was decided on them was decided by the row in force then.
    """

    reason = LineField(
        label=_("Reason"), max_length=200, help_text=_("Kept in the log with what was changed. Nothing is deleted.")
    )
    # The fields of the first and the last day, or year. Without a last one a row goes on until the next begins.
    days: tuple[str, str | None] = ("valid_from", "valid_until")
    of_one_kind: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Refuse a row that would be in force together with another of its kind, or on days that went by."""
        data = super().clean() or {}
        if self.errors:
            return data
        first, last = (self._value(name) for name in self.days)
        if first is None:
            return data
        if last is not None and last < first:
            self.add_error(self._shown(1), _("The last day is before the first."))
            return data
        kind = {name: self._value(name) for name in self.of_one_kind}
        wanted = {f"{name}__isnull" if value is None else name: True if value is None else value
                  for name, value in kind.items()}  # fmt: skip
        others = self._meta.model._default_manager.filter(**wanted).exclude(pk=self.instance.pk)
        now = today_as(first)
        if self._shown(0) and first < now and first != self._was(0) and others.exists():
            self.add_error(self._shown(0), _("It can't begin in the past: only the first of its kind may."))
        if self._shown(1) and last is not None and last < now and last != self._was(1):
            self.add_error(self._shown(1), _("The last day can't be in the past."))
        if self.errors:
            return data
        spans = [(getattr(row, self.days[0]), self.days[1] and getattr(row, self.days[1])) for row in others]
        if overlaps(first, last, spans):
            self.add_error(self._shown(0), _("Another row is in force in that time: let it end before."))
        return data

    def _value(self, name: str | None) -> Any:
        if name is None:
            return None
        return self.cleaned_data[name] if name in self.fields else getattr(self.instance, name)

    def _was(self, which: int) -> Any:
        name = self.days[which]
        return self.initial.get(name) if name and self.instance.pk else None

    def _shown(self, which: int) -> str | None:
        return self.days[which] if self.days[which] in self.fields else None


def today_as(day: Any) -> Any:
    """Return today, or this year where `day` is a year."""
    today = timezone.localdate()
    return today.year if isinstance(day, int) else today


class DatedAdmin(ModelAdmin):
    """Numbers with dates: each change says why and stands in the audit log; a row ends, it is never deleted.

    Once a row has begun its figures stay: it can only get its last day, and another number is a row of its own.
    """

    form = DatedForm
    # Words that may be put right at any time: nothing is decided by them.
    words: tuple[str, ...] = ()

    def has_begun(self, obj: Any) -> bool:
        """Tell whether something may have been decided by the row."""
        first = getattr(obj, self.form.days[0])
        return bool(first <= today_as(first))

    def may_change(self, obj: Any) -> set[str]:
        """Return the fields of a row that may be changed: all of one that has not begun."""
        own = {field.name for field in obj._meta.fields if field.editable and not field.primary_key}
        if not self.has_begun(obj):
            return own
        until = self.form.days[1]
        last = getattr(obj, until) if until else None
        is_over = last is not None and last < today_as(last)
        return {*self.words, *([until] if until and not is_over else [])}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields in the order they are read; no reason where nothing is changed: it would be an empty line."""
        found = list(super().get_fields(request, obj))
        # The number itself stands first, its document and days behind it.
        base = {field.name for field in DatedRow._meta.fields}
        found.sort(key=lambda name: (name == "reason", name in base))
        return found if obj is None or self.has_change_permission(request, obj) else [n for n in found if n != "reason"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return what stays of a row that has begun."""
        if obj is None:
            return ()
        may = self.may_change(obj)
        return [field.name for field in obj._meta.fields
                if field.editable and not field.primary_key and field.name not in may]  # fmt: skip

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the row and say in the log what was changed, from what to what, and why."""
        super().save_model(request, obj, form, change)
        changed = [name for name in form.changed_data if name != "reason"]
        audit.record(
            action="change_rule" if change else "add_rule", object_kind=obj._meta.model_name or "", object_id=obj.pk,
            actor=request.user, at=timezone.now(), reason=form.cleaned_data["reason"],
            was={name: str(form.initial.get(name)) for name in changed} if change else {},
            now={name: str(form.cleaned_data.get(name)) for name in changed},
        )  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only of a row of which something may still be changed."""
        return super().has_change_permission(request, obj) and (obj is None or bool(self.may_change(obj)))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: something was decided by it."""
        return False


class CodeFilter(AllValuesFieldListFilter):
    """Rows by a code, each code by its name."""

    name_of: Callable[[str], str]

    def choices(self, changelist: Any) -> Any:
        """Return the choices with their names."""
        for choice in super().choices(changelist):
            code = choice["display"]
            yield choice | {"display": self.name_of(code) if isinstance(code, str) else code}


class ActionFilter(CodeFilter):
    """Entries by what was done."""

    name_of = staticmethod(action_name)


class AuditAdmin(ReadOnly):
    """Who did what. The name is read when the page is shown: the trail holds the number only."""

    list_display = ("done", "who", "thing", "object_id", "at")
    list_display_links = ("done",)
    list_filter = (("action", ActionFilter),)
    fields = readonly_fields = ("at", "who", "done", "thing", "object_id", "data")
    search_fields = ("object_id",)
    ordering = ("-pk",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """Return the entries, each with the name of who did it, by the same query."""
        people = get_user_model()._base_manager.filter(pk=OuterRef("actor_id"))
        return super().get_queryset(request).annotate(actor_name=Subquery(people.values("name")[:1]))

    @display(description=_("Done by"), ordering="actor_id")
    def who(self, obj: Any) -> str:
        """Say who did it, with the number of the account, which stays when the name is forgotten."""
        if obj.actor_id is None:
            return gettext("A guest, or the system")
        number = gettext("account %(number)d") % {"number": obj.actor_id}
        name = (obj.actor_name or "").strip()
        return gettext("%(name)s (%(number)s)") % {"name": name, "number": number} if name else number

    @display(description=AuditEntry._meta.get_field("action").verbose_name, ordering="action")
    def done(self, obj: AuditEntry) -> str:
        """Say what was done."""
        return action_name(obj.action)

    @display(description=AuditEntry._meta.get_field("object_kind").verbose_name, ordering="object_kind")
    def thing(self, obj: AuditEntry) -> str:
        """Say what it was done to."""
        return kind_name(obj.object_kind)


class OutboxAdmin(ReadOnly):
    """Effects that wait or failed."""

    list_display = ("number", "task", "created_at", "attempts", "done_at")
    list_filter = ("task",)
    ordering = ("-pk",)
    show_full_result_count = False

    @display(description=_("Its number"), ordering="pk")
    def number(self, obj: OutboxEntry) -> int:
        """Return its number."""
        return int(obj.pk)


site.register(AuditEntry, AuditAdmin)
site.register(OutboxEntry, OutboxAdmin)
