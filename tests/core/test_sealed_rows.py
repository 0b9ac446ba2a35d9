"""Rows whose columns are sealed: each column that is changed past the application is noticed, for every such model."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Certificate
from procurement.models import DeclarationSnapshot, QuotaPolicy
from shop.accounts import roles
from shop.accounts.operations.groups import give_role, take_role
from shop.core.models import SealedRow, SealedWrite
from shop.core.models.sealed_rows import columns_of
from shop.core.row_projections import altered, sealed_models
from tests.factories import AT, make_certificate, make_listing, make_user
from tests.tampering import faults, tamper

pytestmark = pytest.mark.django_db
ALL = sorted(sealed_models(), key=lambda model: model._meta.label)
COVERED = {
    *(
        "accounts.Membership",
        "accounts.Organisation",
        "accounts.User",
        "catalog.Certificate",
        "catalog.CertifiedListing",
    ),
    *("catalog.CertifiedYear", "core.AssistancePairing", "livestream.DropBounds", "procurement.BudgetUnit"),
    *("procurement.DeclarationSnapshot", "procurement.Need", "procurement.NeedLine", "procurement.Pledge"),
    *("procurement.PledgeReceipt", "procurement.QuotaDeclaration", "procurement.QuotaPolicy"),
    *("sales.AfterSaleTerms", "sales.WeightTerms"),
    *("procurement.ReceiptLink", "sales.Carrier", "sales.DeliveryDue", "sales.LateInterest", "sales.OfferApproval"),
    *("sales.OfferBounds", "sales.PayTime", "traceability.HarvestTerm", "traceability.KeepingLimit"),
    "traceability.TestRequirement",
}
DAY = date(2026, 6, 1)


def _kind(field: models.Field[Any, Any]) -> models.Field[Any, Any]:
    """Return the field that says what a column holds: that of the row which it points to."""
    return _kind(field.target_field) if isinstance(field, models.ForeignKey) else field


def _value(field: models.Field[Any, Any]) -> Any:
    """Return a value that a column can hold: of what it points to, there needs to be nothing before the end."""
    kind = _kind(field)
    if field.null:
        return None
    for of, value in (
        (models.DateTimeField, timezone.now()),
        (models.DateField, DAY),
        (models.BooleanField, False),
        (models.JSONField, []),
        (models.IntegerField, 1),
    ):
        if isinstance(kind, of):
            return value
    return "x"


def _other(field: models.Field[Any, Any], value: Any) -> Any:
    """Return another value that the column can hold, as the database is given it."""
    kind = _kind(field)
    if isinstance(kind, models.DateTimeField):
        return (value or timezone.now()) + timedelta(seconds=1)
    if isinstance(kind, models.DateField):
        return (value or DAY) + timedelta(days=1)
    if isinstance(kind, models.BooleanField):
        return not value
    if isinstance(kind, models.JSONField):
        return '["y"]'
    return (value or 0) + 1 if isinstance(kind, models.IntegerField) else "y"


def _made(model: type[SealedRow]) -> SealedRow:
    """Write one row as the application does."""
    facts = {
        field.attname: _value(field) for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)
    }
    row = model(**facts)
    row.save(force_insert=True)
    return row


@contextmanager
def _undone(model: type[SealedRow]) -> Iterator[None]:
    """Undo what is done within: what it points to is not there, and no rule of the table's holds."""
    checks = [each.name for each in model._meta.constraints if isinstance(each, models.CheckConstraint)]
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            with transaction.atomic():
                for name in () if is_sqlite else checks:
                    cursor.execute(f'ALTER TABLE {model._meta.db_table} DROP CONSTRAINT "{name}"')
                yield
                transaction.set_rollback(True)
        finally:
            if is_sqlite:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def _said(model: type[SealedRow]) -> list[str]:
    return [mismatch.what for mismatch in altered(model)]


def test_these_models_are_sealed() -> None:
    assert {model._meta.label for model in ALL} == COVERED


@pytest.mark.parametrize("model", ALL, ids=lambda model: model._meta.label)
def test_every_column_is_sealed_or_says_why_not(model: type[SealedRow]) -> None:
    fields = {field.name: field for field in model._meta.concrete_fields if not field.primary_key}
    left_out = {name for name, field in fields.items() if field.attname not in columns_of(model)}
    assert left_out == set(model.not_sealed)
    assert all(len(why) > 20 for why in model.not_sealed.values())


@pytest.mark.parametrize("model", ALL, ids=lambda model: model._meta.label)
def test_each_column_that_is_changed_past_the_application_is_noticed(model: type[SealedRow]) -> None:
    table, key = model._meta.db_table, model._meta.pk.column
    noticed = []
    assert _said(model) == []
    for name in columns_of(model):
        field = model._meta.get_field(name)
        with _undone(model):
            row = _made(model)
            assert _said(model) == []
            tamper(f"UPDATE {table} SET {field.column} = %s WHERE {key} = %s", _other(field, _value(field)), row.pk)
            assert _said(model) == [f"{name} of {model._meta.label_lower} {row.pk}"]
            noticed.append(name)
    assert (_said(model), tuple(noticed)) == ([], columns_of(model))


@pytest.mark.parametrize("model", ALL, ids=lambda model: model._meta.label)
def test_rows_that_are_deleted_or_added_past_the_application_are_noticed(model: type[SealedRow]) -> None:
    table, kind = model._meta.db_table, model._meta.label_lower
    key = model._meta.pk
    with _undone(model):
        row = _made(model)
        tamper(f"DELETE FROM {table} WHERE {key.column} = %s", row.pk)
        assert _said(model) == [f"{kind} {row.pk} is missing"]
    with _undone(model):
        row = _made(model)
        tamper(f"UPDATE {table} SET {key.column} = {key.column} + 1000 WHERE {key.column} = %s", row.pk)
        # One that nobody wrote, in the place of one that was.
        assert _said(model) == [f"{kind} {row.pk} is missing", f"{kind} {row.pk + 1000}, which nobody wrote"]
    if model is DeclarationSnapshot:
        # The database lets nobody delete these.
        return
    with _undone(model):
        row = _made(model)
        row.delete()
        assert _said(model) == []


def test_a_lawful_change_seals_its_own_columns_only() -> None:
    certificate = make_certificate(make_listing())
    assert faults() == []
    tamper("UPDATE catalog_certificate SET yearly_output_grams = 7 WHERE id = %s", certificate.pk)
    said = [f"yearly_output_grams of catalog.certificate {certificate.pk}"]
    found = Certificate.objects.get()
    found.is_revoked, found.revoked_reason = True, "过期"
    found.save(update_fields=["is_revoked", "revoked_reason"])
    assert _said(Certificate) == said
    # Saved whole, as a form of the back office does.
    found = Certificate.objects.get()
    found.scope_zh = "柚子"
    found.save()
    assert _said(Certificate) == said
    Certificate.objects.update(area_mu=7)
    assert _said(Certificate) == said
    tamper("UPDATE catalog_certificate SET is_revoked = NOT is_revoked WHERE id = %s", certificate.pk)
    assert _said(Certificate) == [said[0], f"is_revoked of catalog.certificate {certificate.pk}"]


def test_what_is_written_in_any_way_of_the_application_is_no_fault() -> None:
    facts = {"from_year": 2026, "ratio_bp": 3000, "name_zh": "规定", "name_en": "Rule"}
    one, other = QuotaPolicy.objects.bulk_create(QuotaPolicy(region_code=code, **facts) for code in ("65", "54"))
    QuotaPolicy.objects.filter(pk=one.pk).update(ratio_bp=models.F("ratio_bp") + 100)
    one.refresh_from_db()
    one.ratio_bp = models.F("ratio_bp") + 100
    one.save()
    other.ratio_bp, other.until_year = "2000", 2027
    QuotaPolicy.objects.bulk_update([other], ["ratio_bp", "until_year"])
    QuotaPolicy.objects.update_or_create(region_code="44", from_year=2027, defaults=facts | {"from_year": 2027})
    assert (
        sorted(QuotaPolicy.objects.filter(region_code__in=("65", "54")).values_list("ratio_bp", flat=True)),
        faults(),
    ) == ([2000, 3200], [])
    QuotaPolicy.objects.filter(pk=one.pk).delete()
    assert faults() == []


def test_a_write_costs_one_seal_and_what_is_not_sealed_none() -> None:
    certificate = make_certificate(make_listing())
    for names, most in ((["is_revoked", "revoked_reason"], 1), (["document"], 0)):
        before = SealedWrite.objects.count()
        with CaptureQueriesContext(connection) as seen:
            certificate.save(update_fields=names)
        assert (len(seen), SealedWrite.objects.count() - before) == (1 + most, most)


def test_groups_and_permissions_of_an_account_that_nobody_gave_or_took_are_noticed() -> None:
    user, other = make_user(), make_user()
    staff, finance = Group.objects.get(name=roles.CAMPAIGN_STAFF), Group.objects.get(name=roles.PLATFORM_ADMIN)
    give_role(user=user, role=staff.name, actor=None, at=AT)
    user.user_permissions.add(Permission.objects.order_by("pk")[0])
    finance.user_set.add(user, other)
    assert faults() == []
    tamper("INSERT INTO accounts_user_groups (user_id, group_id) VALUES (%s, %s)", other.pk, staff.pk)
    tamper("DELETE FROM accounts_user_groups WHERE user_id = %s AND group_id = %s", user.pk, staff.pk)
    tamper("DELETE FROM accounts_user_user_permissions WHERE user_id = %s", user.pk)
    assert faults() == [
        f"groups of accounts.user {other.pk}: {staff.pk}, which nobody gave",
        f"groups of accounts.user {user.pk}: {staff.pk}, which nobody took",
        f"user_permissions of accounts.user {user.pk}: {Permission.objects.order_by('pk')[0].pk}, which nobody took",
    ]
    # As it is mended: by the operations.
    for each in (user, other):
        take_role(user=each, role=finance.name, actor=None, at=AT)
    give_role(user=user, role=staff.name, actor=None, at=AT)
    user.user_permissions.add(Permission.objects.order_by("pk")[0])
    user.user_permissions.clear()
    take_role(user=other, role=staff.name, actor=None, at=AT)
    finance.user_set.set([other])
    finance.user_set.clear()
    assert faults() == []


def test_who_is_staff_and_by_which_password_is_noticed() -> None:
    user = make_user()
    for change in ("is_staff = NOT is_staff", "is_superuser = NOT is_superuser", "password = 'theirs'"):
        tamper(f"UPDATE accounts_user SET {change} WHERE id = %s", user.pk)
        assert f"{change.split()[0]} of accounts.user {user.pk}" in faults()
