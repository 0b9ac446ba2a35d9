"""How many passwords are tried: few by strangers, and some on a known device whatever strangers try.

docs/decisions/0061 computes from it what guessing is worth.
"""

from dataclasses import dataclass

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest

from shop.accounts import limits
from shop.accounts.devices import Device
from shop.core.client_address import client_ip

# Who counts them all counts right ones too: each is much work.
ALL_COUNT = frozenset({"login", "login_device"})
BUSY = {"login_failed_address": "login_failed_busy"}
Lanes = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Usages:
    """What one attempt was counted under, to be taken back when it was right."""

    usages: tuple[limits.Usage, ...]

    def rollback(self) -> None:
        """Take it back from all counts."""
        for usage in self.usages:
            usage.rollback()


@dataclass(frozen=True)
class Refused:
    """What stopped an attempt, and for how long."""

    action: str
    seconds: float


def of_stranger(request: HttpRequest, name: str) -> Lanes:
    """Return what a stranger's try of `name` counts under: (action, key)."""
    here = f"{name} {client_ip(request)}"
    return (
        ("login_failed", here),
        ("login_failed_address", here),
        ("login_failed_account", name),
        ("login", here),
    )


def of_device(request: HttpRequest, name: str, device: Device) -> Lanes:
    """Return what a try on a known device counts under: where it signed in, else together with all other addresses."""
    here = f"{name} {device.number} {client_ip(request)}"
    if device.is_home:
        return (("login_failed_device", here), ("login_device", here))
    return (("login_failed_away", f"{name} {device.number}"), ("login_device", here))


def take(request: HttpRequest, lanes: Lanes) -> Usages | Refused:
    """Count one try under all of `lanes`, or under none of them."""
    usages: list[limits.Usage] = []
    for action, key in lanes:
        counted, used = action, limits.consume(request, action=action, key=key)
        if used is None and action in BUSY:
            counted = BUSY[action]
            used = limits.consume(request, action=counted, key=key)
        if used is None:
            Usages(tuple(usages)).rollback()
            return Refused(action, limits.seconds_left(request, action=counted, key=key))
        if action not in ALL_COUNT:
            usages.append(used)
    return Usages(tuple(usages))


def is_open(request: HttpRequest, name: str, device: Device | None, credentials: dict[str, str]) -> bool:
    """Tell whether a password of `name` would be looked at here and now. Counts nothing."""
    if device and not _is_shut(request, of_device(request, name, device)):
        return True
    if device and device.is_home:
        return False
    if _is_shut(request, of_stranger(request, name)):
        return False
    return bool(AxesProxyHandler.is_allowed(request, credentials))


def _is_shut(request: HttpRequest, lanes: Lanes) -> bool:
    for action, key in lanes:
        tried = [action, *([BUSY[action]] if action in BUSY else [])]
        if all(limits.seconds_left(request, action=each, key=key) for each in tried):
            return True
    return False
