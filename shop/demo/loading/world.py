"""The sample world, in order: places, pictures, sellers, listings, people, orders, pages."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from catalog.operations.cards import rebuild_cards
from catalog.operations.facets import rebuild_facets
from shop.accounts.models import Message
from shop.core import audit
from shop.core.models import AuditEntry
from shop.demo.loading.campaigns import credit_campaigns, load_campaigns
from shop.demo.loading.certificates import load_certificates, revoke_some
from shop.demo.loading.gifts import load_gifts
from shop.demo.loading.listings import load_categories, load_listings
from shop.demo.loading.live import load_live
from shop.demo.loading.lots import load_lots
from shop.demo.loading.offers import load_deep, load_funded, load_offers
from shop.demo.loading.orders import load_orders, settle_effects
from shop.demo.loading.pages import load_pages
from shop.demo.loading.people import load_people, load_wishes
from shop.demo.loading.pictures import load_pictures
from shop.demo.loading.places import load_places
from shop.demo.loading.proposals import load_proposals
from shop.demo.loading.sellers import load_suppliers, load_villages
from shop.demo.loading.units import load_units

LOADED = "demo_loaded"

Say = Callable[[str], object]


def is_loaded() -> bool:
    """Tell whether the world stands. It is loaded whole, in one transaction, or not at all."""
    return AuditEntry.objects.filter(object_kind="demo", object_id="world", action=LOADED).exists()


def _take_time() -> None:
    """Let statements of this transaction take as long as they need: a page's limit is not that of a bulk load."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")


def load_world(*, at: datetime, say: Say) -> bool:
    """Load the world as of `at`; return False, changing nothing, when it is there already."""
    if is_loaded():
        say("The demo world is loaded already.")
        return False
    began = time.monotonic()
    pictures = load_pictures(progress=lambda done, total: say(f"  pictures {done}/{total}"))
    with transaction.atomic():
        _take_time()
        say(f"  {load_places()} assisted counties, {len(pictures)} pictures")
        villages = load_villages(pictures)
        suppliers = load_suppliers(villages, pictures)
        categories = load_categories(pictures)
        listings = load_listings(suppliers=suppliers, categories=categories, pictures=pictures, at=at)
        say(f"  {len(villages)} villages, {len(suppliers)} suppliers, {len(listings)} listings")
        people = load_people(suppliers, at)
        by_slug = {listing.slug: listing for listing in listings}
        say(f"  {load_certificates(listings=by_slug, at=at - timedelta(days=400))} certificates")
        load_wishes(people, by_slug, villages, at - timedelta(days=1))
        lots = load_lots(suppliers=suppliers, listings=by_slug, members=people.members, at=at)
        say(f"  {lots} lots with their histories")
        load_offers(at)
        load_pages(at)
        say(f"  {len(people.by_login)} accounts, {len(people.consumers)} consumers; living their purchases")
        made = load_proposals(
            people=people, suppliers=suppliers, listings=by_slug, categories=categories, pictures=pictures, at=at
        )
        say(f"  {made} drafts and proposals")
        names = {picture.pk: name for name, picture in pictures.items()}
        say(f"  {load_orders(people=people, pictures=names, at=at)} purchases")
        events = load_live(people=people, suppliers=suppliers, listings=by_slug, pictures=pictures, at=at)
        staff = people.by_login["campaign_staff"]
        songyuan = suppliers["songyuan"]
        load_funded(supplier=songyuan, member=people.members[songyuan.pk], staff=staff, at=at)
        load_deep(staff=staff, at=at)
        pages = load_campaigns(listings=by_slug, villages=villages, at=at, staff=staff)
        credited = credit_campaigns(pages, at)
        say(f"  {events} events in two live rooms, {len(pages)} campaigns, {credited} purchases from them")
        say(f"  {load_units(people=people, at=at)} units with their year")
        say(f"  {load_gifts(people=people, pictures=pictures, at=at)} needs")
        revoke_some(reviewer=people.by_login["platform_reviewer"], at=at)
        settle_effects(at)
        # People read their messages within a few days.
        Message.objects.filter(created_at__lt=at - timedelta(days=4)).update(
            read_at=F("created_at") + timedelta(hours=5)
        )
        rebuild_cards(at=at)
        rebuild_facets(at=at)
        audit.record(action=LOADED, object_kind="demo", object_id="world", actor=None, at=at)
        _let_the_planner_know()
    say(f"The demo world is loaded ({time.monotonic() - began:.0f} s).")
    return True


def _let_the_planner_know() -> None:
    """PostgreSQL still takes the tables for empty, and would join them row by row for a while."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
