"""Collects the messages of code and templates into one catalogue per package, without gettext.

English msgids stand in the source; `zh_Hans` must translate each of them.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
PACKAGES = (
    "shop/core",
    "shop/accounts",
    "shop/sales",
    "shop/campaigns",
    "shop/demo",
    "shop/config",
    "catalog",
    "procurement",
    "livestream",
    "traceability",
    "shop",
)
# What the libraries leave in English: their msgids stand in no source of ours.
LIBRARIES = "shop/forks"
LOCALE = "zh_Hans"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def package_of(path: Path) -> str:
    """Return the package whose catalogue holds the messages of `path`."""
    relative = path.relative_to(ROOT).as_posix()
    return next(package for package in PACKAGES if relative.startswith(f"{package}/"))


def catalogue_path(package: str) -> Path:
    """Return the .po file of `package`."""
    return ROOT / package / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def sources() -> Iterator[Path]:
    """Yield every file that may hold messages."""
    for top in ("shop", "catalog", "traceability", "procurement", "livestream"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def _messages(path: Path) -> Iterator[tuple[int, Any, Any]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Python's tokenizer would take a template's indentation for blocks.
        text = "\n".join(line.lstrip() for line in templatize(text).split("\n"))
    stream = io.BytesIO(text.encode())
    for line, message, _comments, context in extract("python", stream, KEYWORDS, options={"encoding": "utf-8"}):
        yield line, message, context


def collect() -> dict[str, Catalog]:
    """Return a catalogue of msgids for each package, from its sources."""
    found = {package: Catalog(domain="django") for package in PACKAGES}
    for path in sources():
        for line, message, context in _messages(path):
            where = [(path.relative_to(ROOT).as_posix(), line)]
            found[package_of(path)].add(message, locations=where, context=context)
    return found


def read(package: str) -> Catalog:
    """Return the translated catalogue of `package` (empty when there is none yet)."""
    path = catalogue_path(package)
    if not path.exists():
        return Catalog(locale="zh_Hans_CN", domain="django")
    with path.open("rb") as stream:
        return read_po(stream, locale="zh_Hans_CN", domain="django")


def update(package: str, found: Catalog) -> Catalog:
    """Write the catalogue of `package` with the msgids of `found`, keeping its translations; return it."""
    known = read(package)
    fresh = Catalog(locale="zh_Hans_CN", domain="django", charset="utf-8")
    for message in sorted((m for m in found if m.id), key=lambda m: (str(m.id), str(m.context))):
        old = known.get(message.id, message.context)
        kept = old.string if old is not None and not old.fuzzy else ("",) if message.pluralizable else ""
        fresh.add(message.id, kept, context=message.context, flags=message.flags)
    if not len(fresh):
        return fresh
    path = catalogue_path(package)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, fresh, omit_header=True, width=0)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    path.write_text(header + buffer.getvalue().decode().lstrip("\n"), encoding="utf-8")
    return fresh


def untranslated(package: str, found: Catalog) -> list[str]:
    """Return a line for each message of `found` that the catalogue of `package` lacks or mistranslates."""
    known = read(package)
    problems = []
    for message in found:
        if not message.id:
            continue
        msgid = message.id[0] if isinstance(message.id, tuple | list) else message.id
        old = known.get(message.id, message.context)
        string = (old.string[0] if isinstance(old.string, tuple | list) else old.string) if old else ""
        where = "{}:{}".format(*message.locations[0])
        if not string:
            problems.append(f"{where}: no Chinese for {msgid!r}")
        elif old is not None and old.fuzzy:
            problems.append(f"{where}: fuzzy Chinese for {msgid!r}")
        elif not isinstance(message.id, tuple | list) and _names(string) - _names(msgid):
            problems.append(f"{where}: unknown placeholder in the Chinese for {msgid!r}")
    return problems


def disagreeing() -> list[str]:
    """Return a line for each message that two packages translate differently: only one of them would be shown."""
    said: dict[tuple[str, str | None], dict[str, str]] = {}
    for package in (*PACKAGES, LIBRARIES):
        for message in read(package):
            if message.id:
                words = said.setdefault((str(message.id), message.context), {})
                words.setdefault(str(message.string), package)
    return [
        f"{msgid!r} is " + ", ".join(f"{words!r} in {package}" for words, package in found.items())
        for (msgid, _context), found in said.items()
        if len(found) > 1
    ]


def _names(text: str) -> set[str]:
    return {first or second for first, second in _PLACEHOLDER.findall(text)}


def compile_all() -> int:
    """Write the .mo of every catalogue; return how many."""
    count = 0
    for package in (*PACKAGES, LIBRARIES):
        path = catalogue_path(package)
        if path.exists():
            with path.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, read(package))
            count += 1
    return count
