"""Fills the database of the outage drill, and says what is in it: `python -m tests.drill.outage_seed` prints JSON.

With `judge`, says afterwards what the database holds of what the journeys were promised.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.config.settings.test")
django.setup()

from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from livestream.models import ChatMessage  # noqa: E402
from shop.core import outbox, projections  # noqa: E402
from shop.core.models import OutboxEntry  # noqa: E402
from shop.sales.models import Payment, Purchase  # noqa: E402
from shop.sales.states import PaymentState  # noqa: E402
from tests.benchmarks.site.signing import session_for  # noqa: E402
from tests.factories import make_division, make_listing, make_user, spec_of  # noqa: E402
from tests.livestream.rooms import make_session  # noqa: E402

STOCK, WRITERS = 100_000, 3


def seed() -> dict[str, object]:
    make_division()
    listings = [make_listing(stock=STOCK) for _ in range(3)]
    session, _host = make_session()
    return {
        "products": [f"/shop/p/{listing.slug}/" for listing in listings],
        "specs": [spec_of(listing).specification_id for listing in listings],
        "room": session.room.slug,
        "writers": [session_for(make_user(f"writer{number}@example.cn")) for number in range(WRITERS)],
    }


def judge() -> dict[str, object]:
    """Return what the database says: purchases by state, lines of chat, effects that wait, books that don't balance."""
    captured = Payment.objects.filter(payable_kind="purchase", state=PaymentState.SUCCEEDED)
    twice = captured.values("payable_id").annotate(n=Count("pk")).filter(n__gt=1)
    return {
        "states": dict(Purchase.objects.values_list("number", "state")),
        "paid_twice": twice.count(),
        "chat": list(ChatMessage.objects.values_list("text", flat=True)),
        "waiting": outbox._waiting(timezone.now()).count(),
        "given_up": OutboxEntry.objects.filter(done_at=None, attempts__gte=outbox.MAX_ATTEMPTS).count(),
        "books": [problem for _name, problem in projections.run_all() if problem],
    }


print(json.dumps(judge() if "judge" in sys.argv else seed(), default=str))
