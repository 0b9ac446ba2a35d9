"""What `manage.py check_ledger` checks of lots."""

from collections.abc import Iterator

from django.db.models import Sum
from django.db.models.functions import Coalesce

from shop.core.projections import Mismatch, check
from traceability.models import ProduceLot


@check("what is assigned of a lot is what its parcels hold")
def _assigned() -> Iterator[Mismatch]:
    rows = ProduceLot.objects.annotate(sent=Coalesce(Sum("parcels__grams"), 0)).order_by("pk")
    for pk, stored, sent in rows.values_list("pk", "assigned_grams", "sent"):
        if stored != sent:
            yield Mismatch(f"assigned grams of lot {pk}", stored, sent)
