"""Codes that people type: phone, postcode, credit code, GTIN, division code.

Each function returns the code as we store it, or raises InvalidCode whose message says the fix.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

from shop.core.errors import InvalidInput
from shop.core.numbers import has_raised
from shop.core.texts import bare

PHONE_DIGITS = 11
POSTCODE_DIGITS = 6
CREDIT_CODE_LENGTH = 18
CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: without I, O, S, V, Z
GTIN_LENGTHS = (8, 12, 13, 14)
DIVISION_LENGTHS = (2, 4, 6, 9, 12)
COUNTRY_PREFIX = "86"


class InvalidCode(InvalidInput):
    """What was typed is not such a code; the message says what to change."""

    code = "invalid_code"


DASHES = "\\-‐-―−﹘﹣－⁃·"


def plain_code(text: str) -> str:
    """Return a typed code's own characters: nothing unseen, full-width forms plain, each dash the usual one.

    Raised and circled digits stay what they are: they are no digits of a code.
    """
    seen = bare(text)
    plain = seen if has_raised(seen) else unicodedata.normalize("NFKC", seen)
    return re.sub(f"[{DASHES}]", "-", plain).strip()


def packed_code(text: str) -> str:
    """Return a typed code without what people put between its characters: spaces, dashes, dots, brackets."""
    return re.sub(r"[\s\-_.()]+", "", plain_code(text))


def _length_message(found: int, wanted: int) -> str:
    if found < wanted:
        return _("%(count)d short: enter all %(wanted)d.") % {"count": wanted - found, "wanted": wanted}
    return _("%(count)d too many: enter %(wanted)d.") % {"count": found - wanted, "wanted": wanted}


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def clean_phone(text: str) -> str:
    """Return the 11 digits of a mobile number of mainland China. +86, 0086, spaces and dashes are understood."""
    typed = packed_code(text)
    if not typed:
        raise InvalidCode(_("Enter a mobile number of 11 digits."), field="phone")
    digits = typed.removeprefix("+")
    if not _is_digits(digits):
        raise InvalidCode(_("Digits only: enter the 11 digits of a mobile number."), field="phone")
    for prefix in (f"00{COUNTRY_PREFIX}", COUNTRY_PREFIX):
        if digits.startswith(prefix) and (typed.startswith("+") or len(digits) > PHONE_DIGITS):
            digits = digits.removeprefix(prefix)
            break
    if typed.startswith("+") and not typed.startswith(f"+{COUNTRY_PREFIX}"):
        raise InvalidCode(_("Only numbers of mainland China (+86) can be used here."), field="phone")
    if len(digits) != PHONE_DIGITS:
        raise InvalidCode(_length_message(len(digits), PHONE_DIGITS), field="phone")
    if not re.match(r"1[3-9]", digits):
        raise InvalidCode(_("Mobile numbers start with 13 to 19: check the first digits."), field="phone")
    return digits


def international_phone(text: str) -> str:
    """Return the number in E.164 (+8613…), as accounts store it. Raises InvalidCode."""
    return f"+{COUNTRY_PREFIX}{clean_phone(text)}"


def national_phone(phone: str | None) -> str:
    """Return the 11 digits of a stored E.164 number; other text as it is."""
    return (phone or "").removeprefix(f"+{COUNTRY_PREFIX}")


def clean_postcode(text: str) -> str:
    """Return the six digits of a postcode."""
    typed = packed_code(text)
    if not _is_digits(typed):
        raise InvalidCode(_("A postcode is six digits."), field="postcode")
    if len(typed) != POSTCODE_DIGITS:
        raise InvalidCode(_length_message(len(typed), POSTCODE_DIGITS), field="postcode")
    return typed


def credit_code_check(body: str) -> str:
    """Return the check character (GB 32100) of the first 17 characters. Raises ValueError for others than its own."""
    total = sum(CREDIT_CODE_ALPHABET.index(character) * pow(3, i, 31) for i, character in enumerate(body))
    return CREDIT_CODE_ALPHABET[-total % 31]


def clean_credit_code(text: str) -> str:
    """Return a unified social credit code 统一社会信用代码: 18 characters, upper case, right check character."""
    typed = packed_code(text).upper()
    if len(typed) != CREDIT_CODE_LENGTH:
        raise InvalidCode(_length_message(len(typed), CREDIT_CODE_LENGTH), field="credit_code")
    strange = sorted(set(typed) - set(CREDIT_CODE_ALPHABET))
    if strange:
        raise InvalidCode(
            _("“%(character)s” can't be in it: I and O are 1 and 0, and S, V, Z are never used.")
            % {"character": strange[0]},
            field="credit_code",
        )
    if credit_code_check(typed[:-1]) != typed[-1]:
        raise InvalidCode(_("One character is wrong: compare it with the licence."), field="credit_code")
    return typed


def gtin_check(body: str) -> str:
    """Return the check digit of a GTIN without its last digit."""
    total = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(body)))
    return str(-total % 10)


def clean_gtin(text: str) -> str:
    """Return the 14 digits of a GTIN of 8, 12, 13 or 14, padded with zeros at the left."""
    typed = packed_code(text)
    if not _is_digits(typed) or len(typed) not in GTIN_LENGTHS:
        raise InvalidCode(_("A barcode number has 8, 12, 13 or 14 digits."), field="gtin")
    if gtin_check(typed[:-1]) != typed[-1]:
        raise InvalidCode(_("One digit is wrong: compare it with the barcode."), field="gtin")
    return typed.zfill(max(GTIN_LENGTHS))


def clean_division_code(text: str) -> str:
    """Return a division code (GB/T 2260) of 2, 4, 6, 9 or 12 digits; zeros that fill up to six are taken off."""
    typed = packed_code(text)
    if not _is_digits(typed) or len(typed) not in DIVISION_LENGTHS:
        raise InvalidCode(_("A division code has 2, 4, 6, 9 or 12 digits."), field="division_code")
    if len(typed) == POSTCODE_DIGITS:
        return typed.removesuffix("00").removesuffix("00")
    return typed
