"""Prints, as JSON, a live room: its address, what its host may pin, sessions of its host and of many who chat."""

import json
import sys

import django

django.setup()

from livestream.models import LiveSession  # noqa: E402  # reason: after setup
from livestream.queries.rooms import tray_rows  # noqa: E402  # reason: after setup
from livestream.states import SessionState  # noqa: E402  # reason: after setup
from shop.accounts.models import User  # noqa: E402  # reason: after setup
from shop.demo.loading.live import ORCHARD  # noqa: E402  # reason: after setup
from shop.demo.loading.people import DOMAIN  # noqa: E402  # reason: after setup
from tests.benchmarks.site.signing import session_for  # noqa: E402  # reason: after setup


def audience(writers: int) -> dict[str, object]:
    """Return the orchard's live session, as the demo world has it, with accounts for who writes."""
    session = LiveSession.objects.select_related("room").get(room__slug=ORCHARD, state=SessionState.LIVE)
    host = User.objects.get(email=f"coop-{ORCHARD}@{DOMAIN}")
    names = [f"viewer-{number}@bench.example" for number in range(writers)]
    known = set(User.objects.filter(email__in=names).values_list("email", flat=True))
    User.objects.bulk_create([User(email=name, name="林小满", password="!") for name in names if name not in known])
    people = User.objects.filter(email__in=names).order_by("pk")
    return {
        "room": f"/live/{session.room.slug}/",
        "socket": f"/ws/live/{session.room.slug}/",
        "console": f"/live/console/{session.pk}/",
        "items": [row.item_id for row in tray_rows(session) if row.is_live][:2],
        "host": session_for(host),
        "writers": [session_for(user) for user in people],
    }


print(json.dumps(audience(int(sys.argv[1]))))
