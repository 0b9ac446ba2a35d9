"""Seal the acceptances, versions and decisions that were written before seals were kept, as they are now."""

from typing import Any

from django.db import migrations
from django.utils import timezone

from shop.core.sealed import digest_of

ACCEPTANCE = (
    *("pk", "order_id", "sequence", "unit_id", "kind", "receiver_name", "receiver_account_id", "second_name"),
    *("second_account_id", "second_kind", "short_fen", "note", "actor_id", "at"),
)
LINE = ("acceptance_id", "line_id", "sent", "accepted", "weighed_grams", "short_fen", "weight_fen")
VERSION = ("pk", "request_id", "version", "lines", "facts", "total_fen", "at")
DECISION = ("pk", "request_id", "version", "step", "approved", "reason", "total_fen", "actor_id", "at")


def fill(apps: Any, _editor: Any) -> None:
    def model(name: str) -> Any:
        return apps.get_model("procurement", name).objects

    papers = {
        row["pk"]: row | {"lines": [], "photos": []}
        for row in model("GoodsAcceptance").order_by("pk").values(*ACCEPTANCE)
    }
    for pk, *said in model("AcceptanceLine").order_by("line_id").values_list(*LINE):
        papers[pk]["lines"].append(said)
    for pk, picture in model("AcceptancePhoto").order_by("picture_id").values_list("acceptance_id", "picture_id"):
        papers[pk]["photos"].append(picture)
    rows = [("acceptance", pk, facts) for pk, facts in papers.items()]
    rows += [("request_version", row["pk"], row) for row in model("RequestVersion").order_by("pk").values(*VERSION)]
    rows += [("request_decision", row["pk"], row) for row in model("RequestDecision").order_by("pk").values(*DECISION)]
    seals, now = apps.get_model("core", "SealedFacts"), timezone.now()
    seals.objects.bulk_create(
        [seals(kind=kind, object_id=pk, digest=digest_of(facts), at=now) for kind, pk, facts in rows], batch_size=500
    )


class Migration(migrations.Migration):
    dependencies = [("procurement", "0013_fen_by_its_word"), ("core", "0008_sealed_facts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
