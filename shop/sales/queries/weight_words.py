"""What was weighed of goods that are charged by weight, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from shop.core.money import to_yuan
from traceability.rules.weights import in_words


def weight_words(line: Any) -> str:
    """Return what the sent pieces of a weighed line weigh and what went back for it; "" before, and for other lines."""
    if not line.is_weighed or not line.weighed_grams:
        return ""
    weighed = line.weighed_grams + line.heavy_grams
    words = _("Weighed %(weight)s, charged up to %(most)s: %(back)s back")
    return words % {
        "weight": in_words(weighed),
        "most": in_words(line.shipped * line.net_grams),
        "back": f"¥{to_yuan(line.weighed_back_fen):,}",
    }
