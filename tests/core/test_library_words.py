"""Words of the shop's pages do not change what libraries say: both read one catalogue, in which ours comes first."""

import gettext
from collections.abc import Iterator
from pathlib import Path

import django
import oscar
import wagtail
from django.conf import settings

LIBRARIES = [Path(str(module.__file__)).parent for module in (django, wagtail, oscar)]
PACKAGES = ("shop", "catalog", "procurement", "traceability", "livestream")
FOLDER = "locale/zh_Hans/LC_MESSAGES/django.mo"
# The shop's word for the same thing: it fits the library's pages, too.
SAME_THING = {
    ", ", "Account", "Add to basket", "Addresses", "All orders", "Amount", "Approved", "Benefit", "Benefits", "Category",
    "City", "Clear", "Condition", "Conditional offer", "Conditional offers", "Conditions", "Contact", "Discounts", "Edit",
    "English", "Enter a number.", "Enter a whole number.", "Filters", "From", "In stock", "Key", "Method", "Next", "Note",
    "Offer", "Origin", "Owner", "Payment", "Phone", "Previous", "Privacy", "Profile", "Range", "Ranges", "Register", "Remove",
    "Reports", "Review", "Reviews", "State", "Summary", "Terms", "Text", "Timeline", "Total", "Valid from",
    "Write a review", "Your basket is empty.", "products",
}  # fmt: skip


def _words(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the messages of a compiled catalogue that have neither context nor plural."""
    with path.open("rb") as file:
        catalogue: dict[object, str] = vars(gettext.GNUTranslations(file))["_catalog"]
    yield from (
        (key, text) for key, text in catalogue.items() if isinstance(key, str) and key and "\x04" not in key and text
    )


def test_no_word_of_ours_changes_what_a_library_says() -> None:
    theirs: dict[str, set[str]] = {}
    for library in LIBRARIES:
        for path in library.rglob(FOLDER):
            for key, text in _words(path):
                theirs.setdefault(key, set()).add(text)
    changed = set()
    for path in _ours():
        changed |= {key for key, text in _words(path) if text not in theirs.get(key, {text})}
    assert len(theirs) > 1000
    assert changed - SAME_THING == set()


def _ours() -> list[Path]:
    """Return the compiled catalogues of the shop's packages, without the one that translates for libraries."""
    base = Path(settings.BASE_DIR)
    found = [path for name in PACKAGES for path in (base / name).rglob(FOLDER)]
    return [path for path in found if "forks" not in path.parts]
