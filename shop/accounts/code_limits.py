"""How many codes are sent to a phone or e-mail: few for strangers, and some for its person whatever strangers ask for.

A code bears five tries, so the number of codes is what bounds guessing (docs/decisions/0061).
"""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from shop.accounts import limits
from shop.accounts.adapter import name_tried
from shop.accounts.devices import device_of
from shop.core.client_address import client_ip


def limit_codes(request: HttpRequest, destination: str) -> None:
    """Count one code to `destination` (E.164 phone or e-mail). Raises TooOften, which says what works now.

    Who is signed in with it, or asks on a device where its account signed in before, has a count of its own.
    """
    name = name_tried(request, {"email" if "@" in destination else "phone": destination})
    own = _own(request, name)
    if own:
        used = limits.consume(request, action="send_code_own", key=own)
        if used is None:
            raise _refusal(request, "send_code_own", own)
        return
    here = f"{name} {client_ip(request)}"
    counted: list[limits.Usage] = []
    for action, key in (("send_code", ""), ("send_code_here", here), ("send_code_everywhere", name)):
        used = limits.consume(request, action=action, key=key)
        if used is None:
            for each in counted:
                each.rollback()
            raise _refusal(request, action, key)
        counted.append(used)


def _own(request: HttpRequest, name: str) -> str:
    """Return the key of who has shown to be the account `name`; "" for a stranger."""
    if request.user.is_authenticated and name == f"account:{request.user.pk}":
        return name
    device = device_of(request, name)
    return f"{name} {device}" if device else ""


def _refusal(request: HttpRequest, action: str, key: str) -> limits.TooOften:
    wait = {"wait": limits.wait_words(limits.minutes_left(request, action=action, key=key))}
    if action == "send_code":
        return limits.TooOften(
            _(
                "Many codes were asked for from the network you are on: the next can be sent in %(wait)s. "
                "On another network, or where you signed in before, it is sent now; a password works now, too."
            )
            % wait
        )
    if action == "send_code_everywhere":
        return limits.TooOften(
            _(
                "Many codes were sent there: the next can be sent in %(wait)s. The last one is good for ten minutes. "
                "Where you signed in before, one is sent now; a password works now, too."
            )
            % wait
        )
    return limits.TooOften(
        _(
            "Many codes were sent there: the next can be sent in %(wait)s. The last one is good for ten minutes; "
            "a password works now, too."
        )
        % wait
    )
