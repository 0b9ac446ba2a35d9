"""How long texts may be that a unit's people write to each other: the one rule of `shop.core.lengths`."""

from shop.core.lengths import LONGEST, check_length

__all__ = ["LONGEST", "check_length"]
