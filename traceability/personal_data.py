"""What traceability holds of people; see `shop.core.personal`."""

from shop.core.personal import Held, Holding

HOLDING = Holding(
    "traceability",
    (
        Held(
            "traceability.TraceEvent",
            ("body",),
            kept="chained and append-only: places, lots and weights, people by number only (docs/decisions/0010)",
        ),
    ),
)
