"""Compiles every message catalogue with Babel: no gettext needed on the machine."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Compile every .po beside which a .mo belongs."""
    for top in ("shop", "catalog", "traceability", "procurement", "livestream"):
        for source in (ROOT / top).rglob("*.po"):
            with source.open("rb") as stream:
                catalogue = read_po(stream, locale="zh_Hans_CN", domain="django")
            with source.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, catalogue)


if __name__ == "__main__":
    main()
