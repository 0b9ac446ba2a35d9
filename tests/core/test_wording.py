"""How the site speaks to its readers, in every catalogue, template and seeded page."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("shop", "catalog", "traceability", "procurement", "livestream")
# Words that people of the sample world say, not the site: villages, suppliers and what they write about their goods;
# a giver to those who receive.
SAID_BY_PEOPLE = {
    "shop/demo/world/suppliers",
    "shop/demo/world/villages",
    "shop/demo/world/listings",
    "shop/demo/loading/gifts.py",
}


def files(*endings: str) -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in endings and path.is_file():
                yield path


def translations() -> Iterator[tuple[Path, str, str]]:
    """Yield each translation with where it stands and what it translates."""
    for path in files(".po"):
        with path.open("rb") as stream:
            for message in read_po(stream, locale="zh_Hans_CN"):
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                yield from ((path, str(ids[0]), text) for text in texts if ids[0])


def test_readers_are_addressed_politely_in_every_catalogue() -> None:
    assert [(path.parts[-5], zh) for path, _msgid, zh in translations() if "你" in zh] == []


def test_readers_are_addressed_politely_in_templates_code_and_seeded_pages() -> None:
    familiar = []
    for path in files(".html", ".txt", ".py", ".js", ".toml", ".json", ".csv", ".webmanifest"):
        name = path.relative_to(ROOT).as_posix()
        if "node_modules" not in path.parts and not any(name.startswith(each) for each in SAID_BY_PEOPLE):
            familiar += [f"{name}: {line.strip()}" for line in path.read_text().splitlines() if "你" in line]
    assert familiar == []
