"""manage.py demo_info: whom to sign in as, and where to look first. Everything is read from the database."""

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shop.demo.showing import Info, demo_info


class Command(BaseCommand):
    """Prints accounts, addresses and codes of the demo; `--json` for machines."""

    help = "List the demo's accounts, one address of each kind of page, and sample codes"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --json."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        info = demo_info()
        if options["json"]:
            self.stdout.write(json.dumps(info.as_dict(), ensure_ascii=False, indent=2))
            return
        if not info.accounts:
            self.stdout.write("The demo world is not loaded: manage.py load_demo")
            return
        self._tables(info)

    def _tables(self, info: Info) -> None:
        self._table("账号 Accounts", [(each.role_zh, each.role, each.login, each.phone) for each in info.accounts])
        self.stdout.write(f"\n密码 Password   {info.password}   （每个账号都一样 the same for all）")
        self._table("页面 Pages", [(each.kind_zh, each.kind, each.path) for each in info.pages])
        self._table("代码 Codes", [(each.kind_zh, each.kind, each.value) for each in info.codes])

    def _table(self, title: str, rows: Sequence[Sequence[str]]) -> None:
        self.stdout.write(f"\n{title}")
        widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))] if rows else []
        for row in rows:
            cells = [text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)]
            self.stdout.write("  " + "  ".join(cells).rstrip())


def _width(text: str) -> int:
    """Return the columns that `text` takes on a terminal: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
