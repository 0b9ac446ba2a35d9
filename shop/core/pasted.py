"""What a pasted address does to a form: it fills what was found, clears what an earlier paste had set, and says what is left.

What a person typed stays unless the text says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from shop.core import regions
from shop.core.regions import ParsedAddress
from shop.core.texts import sentences

TEXTS = ("name", "phone", "street", "postcode")
PLACE = ("province", "city", "division")
FIELDS = (*TEXTS, *PLACE)


@dataclass(frozen=True, slots=True)
class Pasted:
    """The form's values after a paste, and what to say: nothing when all was found."""

    values: dict[str, str]
    told: str


def values_of(found: ParsedAddress) -> dict[str, str]:
    """Return what a form's fields get of a recognised text; "" for what was not found."""
    code = found.division_code
    return {
        "name": found.name,
        "phone": found.phone,
        "street": found.street,
        "postcode": found.postcode,
        "province": code[:2],
        "city": code[:4] if len(code) >= 4 else "",
        "division": code if len(code) == 6 else "",
    }


def paste(text: str, *, before: str, given: Mapping[str, str]) -> Pasted:
    """Return a form's values after `text` was pasted into it; `before` is the text that was pasted last time."""
    found = regions.parse_address(text)
    new = values_of(found)
    old = values_of(regions.parse_address(before)) if before else dict.fromkeys(FIELDS, "")
    values = {name: new[name] or _kept(name, given, old) for name in TEXTS}
    if new["province"]:
        place = {name: new[name] for name in PLACE}
    elif old["province"] and all(given.get(name, "") == old[name] for name in PLACE):
        place = dict.fromkeys(PLACE, "")
    else:
        place = {name: given.get(name, "") for name in PLACE}
    values |= place
    return Pasted(values, _told(found, values))


def _kept(name: str, given: Mapping[str, str], old: Mapping[str, str]) -> str:
    """Return what stands in a field, unless the last paste put it there."""
    value = given.get(name, "")
    return "" if old[name] and value.strip() == old[name] else value


def _told(found: ParsedAddress, values: Mapping[str, str]) -> str:
    missing = [
        word
        for name, word in (
            ("name", _("recipient")),
            ("phone", _("mobile number")),
            ("division", _("county")),
            ("street", _("street")),
        )
        if not values[name]
    ]
    row = regions.division(found.division_code) if found.is_guess else None
    numbers = _(", ").join(found.left_out)
    return sentences(
        _("Not found in the text: %(fields)s. Please fill it in.") % {"fields": _(", ").join(missing)}
        if missing
        else "",
        _("Is %(place)s right? The text does not say it plainly.") % {"place": regions.full_name(row)} if row else "",
        _("Extension %(extension)s has no field here: add it to the street if the courier needs it.")
        % {"extension": found.extension}
        if found.extension
        else "",
        _("Left out: %(numbers)s. One mobile number is taken.") % {"numbers": numbers} if numbers else "",
    )
