"""Prints how many queries `place` takes for three lines of a signed-in buyer; the purchase is rolled back."""

import sys

import django

django.setup()

from django.db import connection, transaction  # noqa: E402  # reason: after setup
from django.test.utils import CaptureQueriesContext  # noqa: E402  # reason: after setup
from django.utils import timezone  # noqa: E402  # reason: after setup

from catalog.queries import specifications_for_sale  # noqa: E402  # reason: after setup
from shop.accounts.models import User  # noqa: E402  # reason: after setup
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place  # noqa: E402  # reason: after setup

specs = specifications_for_sale([int(text) for text in sys.argv[1:]])
user = User.objects.get(email="consumer@demo.heqiao.example")
with transaction.atomic():
    with CaptureQueriesContext(connection) as captured:
        place(
            actor=user,
            at=timezone.now(),
            lines=[PlaceLine(spec, 1, spec.price_fen) for spec in specs.values()],
            buyer=Buyer(user=user, phone="+8613800002046"),
            ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"),
            key="benchmark",
        )
    transaction.set_rollback(True)
print(len(captured))
