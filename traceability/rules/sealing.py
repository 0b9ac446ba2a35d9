"""What events hold of the facts that pages assert, and which of a row's facts differ from it. Plain values only.

Names of bodies that can be a person's (a family farm's owner) stand as a digest with the row's own salt; contacts don't
stand at all. So a person can be erased, and the chain stays whole.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from traceability.rules.chain import canonical

PLACE = ("name_zh", "name_en", "place_zh", "place_en", "latitude", "longitude", "altitude_m")
FIELD = ("name_zh", "name_en", "area_tenth_mu", "latitude", "longitude")
PAPER = ("number", "form", "product", "grams", "origin", "basis")


def digest(facts: Mapping[str, Any]) -> str:
    """Return the digest of facts: SHA-256 of their canonical JSON."""
    return hashlib.sha256(canonical(facts).encode()).hexdigest()


def place_facts(base: Any, plot: Any | None) -> dict[str, Any]:
    """Return what a lot's page says of its base and its field."""
    facts = {name: getattr(base, name) for name in PLACE}
    return facts | {f"plot_{name}": getattr(plot, name) if plot else None for name in FIELD}


def producer_digest(producer: str, salt: str) -> str:
    """Return the digest of a producer's name."""
    return hashlib.sha256(f"{salt}\n{producer}".encode()).hexdigest()


def paper_facts(paper: Any) -> dict[str, Any]:
    """Return what an event says of the certificate that its packing issued."""
    return {
        **{name: str(value) if isinstance(value := getattr(paper, name), str) else value for name in PAPER},
        "issuedOn": paper.issued_on.isoformat(),
        "parents": list(paper.parents),
        "producer": producer_digest(paper.producer, paper.salt),
    }


def goods_digest(code: str, rows: Iterable[Any]) -> str:
    """Return the digest of what of a lot is in a parcel: its code, lines, pieces, weights and names."""
    lines = sorted([row.line_id, row.specification_id, row.pieces, row.grams, row.name_zh, row.name_en] for row in rows)
    return digest({"code": code, "lines": lines})


def beginning_facts(lot: Any) -> dict[str, Any]:
    """Return what the first event of a lot holds besides its quantity, number and days."""
    return {
        "listing": lot.listing_id,
        "product": [lot.product_zh, lot.product_en],
        "place": digest(place_facts(lot.base, lot.plot)),
        "required": list(lot.required_tests),
    }


def differing(told: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the names of facts that are other than they were told; facts that were never told are not compared."""
    return [name for name, value in now.items() if name in told and told[name] != value]


def untold(told: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """Return those of `names` of which nothing was told."""
    return [name for name in names if name not in told]
