"""Names of goods as buyers write them in their lists: when they say one of ours word for word, and what to look for."""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

# What stands for how much of something, and says nothing of what it is: 5斤装, 2.5kg, 10 枚, 500g*2.
_AMOUNT = re.compile(
    r"[0-9]+(?:\.[0-9]+)?(?:\s*[-~\uff5e至]\s*[0-9]+(?:\.[0-9]+)?)?\s*"
    r"(?:斤|公斤|千克|克|吨|kg|g|ml|l|升|毫升|mm|cm|个|枚|只|条|袋|盒|箱|瓶|罐|包|件|提|粒|片)?\s*(?:装|/\S+)?"
)
# Weights in grams and volumes in millilitres.
_MEASURES = {
    **{unit: ("g", Decimal(grams)) for unit, grams in (("g", 1), ("克", 1), ("两", 50), ("斤", 500))},
    **{unit: ("g", Decimal(grams)) for unit, grams in (("kg", 1000), ("公斤", 1000), ("千克", 1000), ("吨", 10**6))},
    **{unit: ("ml", Decimal(ml)) for unit, ml in (("ml", 1), ("毫升", 1), ("l", 1000), ("升", 1000))},
}
_MEASURE = re.compile(
    r"(?:([0-9]+)\s*[*x×]\s*)?([0-9]+(?:\.[0-9]+)?)\s*(公斤|千克|毫升|kg|ml|斤|两|克|吨|升|g|l)(?![a-z])(?:\s*[*x×]\s*([0-9]+))?"
)
_BRACKETED = re.compile(r"[(（【\[][^)）】\]]*[)）】\]]")
_SIGNS = re.compile(r"[\W_]+")


def plain_name(text: str) -> str:
    """Return a name as two of them are compared: half width, lower case, without spaces and signs."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text).casefold())


def says(name: str, spec: str, *, known_name: str, known_spec: str, is_only: bool) -> bool:
    """Tell whether a typed name and specification say known goods word for word.

    The specification may stand behind the name, and be left out where the goods come in no other (`is_only`).
    """
    typed, whole = plain_name(f"{name}{spec}"), plain_name(f"{known_name}{known_spec}")
    return typed == whole or (is_only and typed == plain_name(known_name))


def wider_names(name: str) -> Iterator[str]:
    """Yield what to look for to find goods that a name may mean, the closest first: 精品土豆(5斤装), 精品土豆, 土豆."""
    seen = {""}
    bare = _AMOUNT.sub(" ", _BRACKETED.sub(" ", name))
    heads = re.findall(r"[㐀-䶿一-鿿]{2,}", bare)
    for each in (name, bare, *(head[-2:] for head in heads[:1])):
        wanted = " ".join(each.split())
        if wanted not in seen:
            seen.add(wanted)
            yield wanted


def names_same(name: str, known_name: str) -> bool:
    """Tell whether a typed name may be known goods': it, or what it says more widely, stands in their name."""
    known = plain_name(known_name)
    return plain_name(known_name) in plain_name(name) or any(
        plain_name(wider) in known for wider in wider_names(name) if plain_name(wider)
    )


def differ_in_measure(text: str, known: str) -> bool:
    """Tell whether two texts both say how much it is, in weight or in volume, and never the same: 5斤, 3斤."""
    said, there = _measures(text), _measures(known)
    return any(said[kind].isdisjoint(there[kind]) for kind in said.keys() & there.keys())


def _measures(text: str) -> dict[str, set[Decimal]]:
    found: dict[str, set[Decimal]] = {}
    for before, number, unit, behind in _MEASURE.findall(unicodedata.normalize("NFKC", text).casefold()):
        kind, size = _MEASURES[unit]
        one = Decimal(number) * size
        found.setdefault(kind, set()).update({one, one * int(before or 1) * int(behind or 1)})
    return found
