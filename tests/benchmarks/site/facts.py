"""Prints, as JSON, what the client must know of our seeded database: addresses, and a session of a signed-in shopper.

Gives the products that are bought stock enough for every run.
"""

import json
from uuid import uuid4

import django

django.setup()

from django.db import connection  # noqa: E402  # reason: after setup
from django.db.models import Count  # noqa: E402  # reason: after setup
from django.utils import timezone  # noqa: E402  # reason: after setup
from oscar.apps.catalogue.models import Category  # noqa: E402  # reason: after setup

from catalog.models import Listing, ListingCard, Specification, Stock, Village  # noqa: E402  # reason: after setup
from catalog.operations.cards import rebuild_cards  # noqa: E402  # reason: after setup
from catalog.operations.facets import rebuild_facets  # noqa: E402  # reason: after setup
from catalog.states import ListingState  # noqa: E402  # reason: after setup
from shop.accounts.models import User  # noqa: E402  # reason: after setup
from tests.benchmarks.site.signing import session_for  # noqa: E402  # reason: after setup

BOUGHT = 300


def session_of(email: str) -> str:
    """Sign somebody in, who is made when there is none, and return the session's key."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, "orchard-2026")
    return session_for(user)


def facts() -> dict[str, object]:
    """Collect the addresses."""
    if not ListingCard.objects.exists():
        rebuild_cards(at=timezone.now())
        rebuild_facets(timezone.now())
    bought = list(
        Listing.objects.filter(
            state=ListingState.LIVE, card__in_stock=True, card__is_preorder=False, purchase_limit__isnull=True
        )
        .order_by("-pk")
        .values_list("pk", flat=True)[:BOUGHT]
    )
    specs = Specification.objects.filter(listing__in=bought, is_offered=True)
    Stock.objects.filter(stockrecord__in=specs.values("stockrecord")).update(on_hand=1_000_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    largest = ListingCard.objects.values("category_top_id").annotate(n=Count("pk")).order_by("-n")[0]
    return {
        "session": session_of("consumer@demo.heqiao.example"),
        # Somebody with an empty basket and no address.
        "buyer": session_of(f"{uuid4().hex}@example.com"),
        "category": f"/shop/c/{Category.objects.get(pk=largest['category_top_id']).slug}/",
        "in_category": largest["n"],
        "products": [
            f"/shop/p/{slug}/" for slug in Listing.objects.filter(pk__in=bought).values_list("slug", flat=True)
        ],
        "specs": list(specs.order_by("pk").values_list("pk", flat=True)[:BOUGHT]),
        "village": f"/villages/{Village.objects.order_by('pk').values_list('slug', flat=True)[0]}/",
        "listings": ListingCard.objects.count(),
    }


print(json.dumps(facts()))
