"""How many codes are sent to a phone or e-mail: few for strangers, and some for its person whatever strangers ask for.

A code bears five tries, so the number of codes is what bounds guessing (docs/decisions/0061). What may be asked for
without a message being sent counts apart from what always sends one: else who asks for nothing at all uses up what the
person of the phone needs, or the count tells whether there is an account.
"""

from dataclasses import dataclass

from django.http import HttpRequest

from shop.accounts import limits
from shop.accounts.devices import device_of
from shop.accounts.names import as_credentials, name_tried
from shop.accounts.one_time_codes import ASKED_OF_ANYBODY
from shop.core.client_address import client_ip

# To the phone of an order that is known: strangers who know the phone alone can't use these up.
OF_AN_ORDER = frozenset({"find_order", "open_order"})


@dataclass(frozen=True)
class Asked:
    """A code that is asked for: `about` is the order's number, where it is for one; a `decoy` sends nothing."""

    purpose: str
    destination: str
    about: str = ""
    decoy: bool = False

    @property
    def whose(self) -> str:
        """The key of what counts together."""
        apart = self.purpose if self.purpose in ASKED_OF_ANYBODY | OF_AN_ORDER else "any"
        return f"{apart} {self.destination.strip().lower()} {self.about}"

    @property
    def has_slow_way(self) -> bool:
        """Whether one an hour is sent whatever was asked for. Who has a phone signs in by it, and needs no reset."""
        return self.purpose != "reset" or "@" in self.destination


def take(request: HttpRequest, asked: Asked) -> float:
    """Count one code; 0, or for how many seconds none can be sent."""
    own = _own(request, asked)
    if own and limits.consume(request, action="send_code_own", key=own):
        return 0
    if own and _is_signed_in(request, asked):
        return limits.seconds_left(request, action="send_code_own", key=own)
    return _take_as_stranger(request, asked)


def _take_as_stranger(request: HttpRequest, asked: Asked) -> float:
    sent = None
    if asked.purpose in OF_AN_ORDER and not asked.decoy:
        sent = limits.consume(request, action="send_code_found", key=asked.destination)
        is_over = sent is None
    else:
        # What sends nothing only reads it: who asks is told what follows from messages of before, whatever is asked for.
        is_over = _ceiling_left(request, asked) > 0
    if not is_over and (_take_all(request, asked) or _take_slow(request, asked)):
        return 0
    if sent is not None:
        sent.rollback()
    return seconds_left(request, asked) or 1


def _take_slow(request: HttpRequest, asked: Asked) -> bool:
    return asked.has_slow_way and bool(limits.consume(request, action="send_code_slow", key=asked.whose))


def may_join(request: HttpRequest, asked: Asked, sent: str) -> bool:
    """Count one more person who may answer the code `sent` (its salt); few, so that guessing stays bounded."""
    near = limits.consume(request, action="join_code_here", key=f"{asked.whose} {client_ip(request)}")
    if near is None:
        return False
    if limits.consume(request, action="join_code", key=sent) is None:
        near.rollback()
        return False
    return True


def seconds_left(request: HttpRequest, asked: Asked) -> float:
    """Return for how long no code can be sent; 0 where one can. Counts nothing."""
    own = _own(request, asked)
    if own:
        left = limits.seconds_left(request, action="send_code_own", key=own)
        if not left or _is_signed_in(request, asked):
            return left
    fast = max(
        min(limits.seconds_left(request, action=action, key=key) for action, key in tried)
        for tried in _lanes(request, asked)
    )
    if fast and asked.has_slow_way:
        fast = min(fast, limits.seconds_left(request, action="send_code_slow", key=asked.whose))
    return max(fast, _ceiling_left(request, asked))


def is_busy_network(request: HttpRequest, asked: Asked) -> bool:
    """Tell whether it is what others asked for at the address that stops a code."""
    here, *others = (
        min(limits.seconds_left(request, action=action, key=key) for action, key in tried)
        for tried in _lanes(request, asked)
    )
    return bool(here) and not any(others)


def _lanes(request: HttpRequest, asked: Asked) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return what a stranger's code counts under: all of these, each by its first that is not used up."""
    here = f"{asked.whose} {client_ip(request)}"
    is_apart = asked.purpose in ASKED_OF_ANYBODY | OF_AN_ORDER
    return (
        (("send_code", ""), ("send_code_busy", here)),
        (("send_code_here", here),),
        (("send_code_asked" if is_apart else "send_code_everywhere", asked.whose),),
    )


def _take_all(request: HttpRequest, asked: Asked) -> bool:
    counted: list[limits.Usage] = []
    for tried in _lanes(request, asked):
        used = None
        for action, key in tried:
            used = used or limits.consume(request, action=action, key=key)
        if used is None:
            for each in counted:
                each.rollback()
            return False
        counted.append(used)
    return True


def _ceiling_left(request: HttpRequest, asked: Asked) -> float:
    if asked.purpose not in OF_AN_ORDER:
        return 0
    return limits.seconds_left(request, action="send_code_found", key=asked.destination)


def _is_signed_in(request: HttpRequest, asked: Asked) -> bool:
    name = name_tried(request, as_credentials(asked.destination))
    return bool(request.user.is_authenticated and name == f"account:{request.user.pk}")


def _own(request: HttpRequest, asked: Asked) -> str:
    """Return the key of who has shown to be the account of the destination; "" for a stranger.

    Phone and e-mail count apart; a device that may have been copied counts apart from where it signed in.
    """
    name = name_tried(request, as_credentials(asked.destination))
    if _is_signed_in(request, asked):
        return f"{name} {asked.destination}"
    device = device_of(request, name)
    if device is None or asked.purpose in OF_AN_ORDER:
        return ""
    where = client_ip(request) if device.is_home else "away"
    return f"{name} {asked.destination} {device.number} {where}"
