"""Seal purchases, refunds and cases of before, as they are now: the seal's time says so."""

from collections.abc import Iterator
from typing import Any

from django.db import migrations, models
from django.db.models import F
from django.utils import timezone

import shop.core.models
from shop.core.sealed import digest_of

AT_ONCE = 500
PURCHASE = (
    *("pk", "number", "key", "placed_at", "terms", "term_days", "coupon_code", "basket_id"),
    *("goods_fen", "discount_fen", "freight_fen", "total_fen", "ship_division_id", "invoice_title", "invoice_tax_no"),
)
CONTACT = ("contact_phone", "contact_email", "invoice_title", "invoice_email", "content_digest")
SHIP_TO = ("ship_name", "ship_phone", "ship_street", "ship_postcode")
BROWSER = ("guest_token_hash", "link_token_hash")
PAYMENT = ("payable_kind", "payable_id", "gateway", "method", "key", "started_at")
REFUND = ("pk", "payment_id", "order_id", "amount_fen", "reason", "key", "requested_at")
CASE = ("pk", "line_id", "kind", "quantity", "amount_fen", "opened_at")
OTHERS = ("unit", "pledge")
Rows = Iterator[tuple[str, dict[str, Any]]]


def salt(apps: Any, _editor: Any) -> None:
    """Give each purchase a salt of its own, and none to those whose person was erased."""
    purchases = apps.get_model("sales", "Purchase").objects
    found = []
    for purchase in purchases.only("pk", "erased_phone", *CONTACT).order_by("pk").iterator(AT_ONCE):
        is_erased = purchase.erased_phone and not (purchase.contact_phone or purchase.contact_email)
        purchase.seal_salt = "" if is_erased else shop.core.models.new_salt()
        found.append(purchase)
        if len(found) == AT_ONCE:
            purchases.bulk_update(found, ["seal_salt"])
            found = []
    purchases.bulk_update(found, ["seal_salt"])


def fill(apps: Any, _editor: Any) -> None:
    seals, now = apps.get_model("core", "SealedFacts"), timezone.now()
    found = []
    for kind, facts in _facts(apps):
        found.append(seals(kind=kind, object_id=facts["pk"], digest=digest_of(facts), at=now))
        if len(found) == AT_ONCE:
            seals.objects.bulk_create(found)
            found = []
    seals.objects.bulk_create(found)


def _facts(apps: Any) -> Rows:
    for kind, name, names in (("refund", "Refund", REFUND), ("after_sale", "AfterSale", CASE)):
        for row in apps.get_model("sales", name).objects.order_by("pk").values(*names).iterator(AT_ONCE):
            yield kind, row
    attempts = {name: F(f"payment__{name}") for name in PAYMENT}
    rows = apps.get_model("sales", "Remittance").objects.order_by("pk").values("pk", "payment_id", **attempts)
    for row in rows.iterator(AT_ONCE):
        yield "remittance_payment", row
    purchases = apps.get_model("sales", "Purchase").objects.order_by("pk")
    for row in purchases.iterator(AT_ONCE):
        yield from _of_purchase(row)


def _of_purchase(row: Any) -> Rows:
    facts = {name: getattr(row, name) for name in PURCHASE}
    title = "" if row.invoice_tax_no else row.invoice_title
    terms = "online" if row.terms == "transfer" else row.terms
    yield "purchase", facts | {"terms": terms, "invoice_title": row.invoice_title if row.invoice_tax_no else ""}
    said = {name: getattr(row, name) for name in CONTACT} | {"invoice_title": title}
    if any(said.values()):
        yield "purchase_contact", {"pk": row.pk, "salt": row.seal_salt, **said}
    address = {name: getattr(row, name) for name in SHIP_TO}
    if address != dict.fromkeys(SHIP_TO, "") | {"ship_name": "**"}:
        own = "" if row.attribution_kind in OTHERS else row.seal_salt
        yield "purchase_address", {"pk": row.pk, "salt": own, **address}
    tokens = {name: getattr(row, name) for name in BROWSER}
    if any(tokens.values()):
        yield "purchase_browser", {"pk": row.pk, **tokens}


class Migration(migrations.Migration):
    dependencies = [("sales", "0033_seal_terms"), ("core", "0008_sealed_facts")]

    operations = [
        migrations.AddField(
            "purchase",
            "seal_salt",
            models.CharField(
                blank=True,
                default=shop.core.models.new_salt,
                help_text="Of the seals of contact and address: erased with them, so that nobody guesses them",
                max_length=32,
            ),
        ),
        migrations.RunPython(salt, migrations.RunPython.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
