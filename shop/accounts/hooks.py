"""What packages above may add to accounts. Wired in `shop/config/wiring.py`; called in the caller's transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from shop.accounts.models import User
from shop.accounts.one_time_codes import Pending


@dataclass(frozen=True)
class Shortcut:
    """One tile or row of 我的: where it leads, its icon, and how many things wait there (0 shows none)."""

    label: str | Promise
    url: str
    icon: str
    count: int = 0
    testid: str = ""


OnLogin = Callable[[HttpRequest, User, datetime], None]
Shortcuts = Callable[[User], list[Shortcut]]
OnProved = Callable[[HttpRequest, Pending], HttpResponse]

# After a login (basket merge, adoption of a guest's purchases); `user` has proved its phone or e-mail.
on_login: list[OnLogin] = []
# Tiles with the states of one's orders, shown first on 我的.
order_shortcuts: list[Shortcuts] = []
# Rows of 我的 that belong to other packages (favourites, reminders, consoles).
account_rows: list[Shortcuts] = []
# What a code that came back was for, by its purpose; those of accounts itself stand in `views.signing`.
on_proved: dict[str, OnProved] = {}


def connect(hooks: list[Any], function: Any) -> None:
    """Add `function` to one of the lists above, once."""
    if function not in hooks:
        hooks.append(function)
