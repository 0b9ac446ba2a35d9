"""Every table that can hold something of a person is named in `shop.core.personal`, with what becomes of it."""

import re

import pytest
from django.apps import apps
from django.db import models

from shop.accounts.models import User
from shop.core import personal

# What a column is called that says who somebody is, where they live, or how they are reached.
_PERSON = re.compile(
    r"(^|_)(phone|phone_number|email|street|postcode|line[1-4]|ip|ip_address|user_agent|first_name|last_name|ship_name|receiver_name|second_name"
    r"|contact_name|donor_name|head_name|shown_name|full_name|username|session_key|session_data|payer|avatar"
    r"|invoice_title|destination)$|(_by_id|actor_id|user_id)$"
)
# What people type in free words.
_WORDS = re.compile(r"(^|_)(note|notes|reason|words|answer|plea|dispute|reply|refusal|text|body|comment|message)$")
# Free words about goods, places and the shop itself, of its staff or its suppliers; no buyer writes there.
NOT_OF_PEOPLE = {
    "accounts.Organisation", "campaigns.CampaignPage", "campaigns.HomePage", "catalog.CertifiedListing",
    "catalogue.Option", "catalogue.Product", "communication.CommunicationEventType", "order.OrderDiscount",
    "catalogue.ProductAttributeValue", "wagtailsearch.IndexEntry", "wagtailsearch.SQLiteFTSIndexEntry",
    "order.ShippingEvent", "offer.RangeProductFileUpload", "order.Line",
}  # fmt: skip


def says_who(column: models.Field) -> bool:
    """Tell whether a column names, places or reaches a person, or points to one."""
    return (
        (column.is_relation and column.related_model is User)
        or isinstance(column, models.EmailField | models.GenericIPAddressField)
        or bool(_PERSON.search(column.name))
    )


def is_free(column: models.Field) -> bool:
    """Tell whether people write what they like into a column."""
    return isinstance(column, models.CharField | models.TextField) and bool(_WORDS.search(column.name))


def tables() -> dict[str, list[models.Field]]:
    """Return every table of ours and of the libraries with its own columns."""
    return {
        model._meta.label: [*model._meta.concrete_fields, *model._meta.local_many_to_many]
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
    }


def named() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for holding in personal.holdings:
        for held in holding.held:
            found.setdefault(held.table, set()).update(held.columns)
    return found


def test_every_column_that_says_who_somebody_is_is_named() -> None:
    known = named()
    unnamed = [
        f"{table}.{column.name}"
        for table, columns in tables().items()
        for column in columns
        if says_who(column) and column.name not in known.get(table, set())
    ]
    assert unnamed == [], "name these in the package's personal_data.py"


def test_every_table_that_people_write_into_is_named() -> None:
    known = named()
    unnamed = sorted(
        table
        for table, columns in tables().items()
        if any(is_free(column) for column in columns) and table not in known and table not in NOT_OF_PEOPLE
    )
    assert unnamed == [], "name these in the package's personal_data.py"


def test_what_is_named_is_there_and_says_what_becomes_of_it() -> None:
    there = {table: {column.name for column in columns} for table, columns in tables().items()}
    for holding in personal.holdings:
        for held in holding.held:
            assert held.table in there, held.table
            assert set(held.columns) <= there[held.table], (held.table, set(held.columns) - there[held.table])
            assert held.erased or held.kept, held.table


@pytest.mark.django_db
def test_what_is_said_to_be_exported_is_a_part_of_every_copy(django_user_model: type[User]) -> None:
    user = django_user_model.objects.create_user("zhou@example.cn", "orchard-2026")
    copy = personal.export_all(user)
    for holding in personal.holdings:
        for held in holding.held:
            assert not held.exported or held.exported in copy, (held.table, held.exported)
