"""What is said to who must wait: for how long, and which other way is open now. A way that is shut is never named.

What it depends on was counted alike for accounts and orders that are there and for those that are not.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from shop.accounts import code_limits, limits, password_limits
from shop.accounts.code_limits import Asked
from shop.accounts.devices import device_of
from shop.accounts.names import as_credentials, name_tried

OF_NETWORK = frozenset({"login_failed_address", "login"})
OF_DEVICE = frozenset({"login_failed_device", "login_device"})


def _wait(seconds: float) -> dict[str, str]:
    return {"wait": limits.wait_words(limits.whole_minutes(seconds))}


def _code_for(credentials: dict[str, Any]) -> Asked | None:
    """Return the code that lets in who signs in with this phone, or sets a new password for this e-mail."""
    if credentials.get("phone"):
        return Asked("sign_in", str(credentials["phone"]))
    return Asked("reset", str(credentials["email"])) if credentials.get("email") else None


def _by_code(request: HttpRequest, credentials: dict[str, Any]) -> tuple[str, bool]:
    """Return what is said of the code beside a password that is shut, and whether one is sent now."""
    asked = _code_for(credentials)
    if asked is None:
        return "", False
    left = code_limits.seconds_left(request, asked)
    is_phone = asked.purpose == "sign_in"
    if left:
        if is_phone:
            return _("The next code to your phone can be sent in %(wait)s.") % _wait(left), False
        return _("The next code to your e-mail can be sent in %(wait)s.") % _wait(left), False
    if is_phone:
        return _("You can sign in by a code now."), True
    return _("You can set a new password by a code to your e-mail now."), True


def password_refused(
    request: HttpRequest, refused: password_limits.Refused, credentials: dict[str, Any]
) -> ValidationError:
    """Return the refusal of one more password: why, how long it lasts, and what works meanwhile."""
    wait = _wait(refused.seconds)
    if refused.action in OF_NETWORK:
        why = _("Many wrong passwords came from the network you are on: by password again in %(wait)s.") % wait
    elif refused.action == "login_failed_account":
        why = _("Too many wrong passwords came from different places: by password again in %(wait)s.") % wait
    else:
        why = _("Too many wrong passwords: by password again in %(wait)s.") % wait
    known = "" if refused.action in OF_DEVICE else _("Where you signed in before, the password works now.")
    text = limits.sentences(why, _by_code(request, credentials)[0], known)
    return ValidationError(text, code="too_many_login_attempts")


def wrong_password(request: HttpRequest, credentials: dict[str, Any]) -> ValidationError:
    """Return the refusal of a password that is not that of the account."""
    if _by_code(request, credentials)[1]:
        return ValidationError(_("Phone or e-mail and password do not match. Try again, or sign in by code."))
    return ValidationError(_("Phone or e-mail and password do not match."))


def locked(request: HttpRequest, credentials: dict[str, Any]) -> tuple[str, bool]:
    """Return what is said to who had too many wrong passwords for a quarter of an hour, and whether a code works."""
    given = credentials if credentials.get("phone") or credentials.get("email") else {}
    name = str(credentials.get("username") or "")
    if not given and name and not name.startswith("account:"):
        given = as_credentials(name)
    words, is_open = _by_code(request, given)
    return limits.sentences(_("The password was wrong too often: by password again in 15 minutes."), words), is_open


def code_refused(request: HttpRequest, asked: Asked) -> limits.TooOften:
    """Return the refusal of one more code: why, when the next is sent, and what works meanwhile."""
    wait = _wait(code_limits.seconds_left(request, asked))
    if code_limits.is_busy_network(request, asked):
        why = _(
            "Many codes were asked for from the network you are on: the next can be sent in %(wait)s. "
            "On another network it is sent now."
        )
    else:
        why = _(
            "Many codes were asked for there: the next can be sent in %(wait)s. The last one is good for ten minutes."
        )
    return limits.TooOften(limits.sentences(why % wait, *_beside_code(request, asked)))


def _beside_code(request: HttpRequest, asked: Asked) -> list[str]:
    """Return the other ways that are open to who asks for a code; a guest has neither password nor known device."""
    said: list[str] = []
    if asked.purpose == "confirm":
        mine = request.user.has_usable_password()  # type: ignore[union-attr]  # who confirms is signed in
        if mine and not limits.seconds_left(request, action="reauthenticate"):
            said.append(_("You can confirm by your password now."))
    if asked.purpose not in {"sign_in", "reset"}:
        return said
    given = as_credentials(asked.destination)
    name = name_tried(request, given)
    device = device_of(request, name)
    if asked.purpose == "sign_in" and password_limits.is_open(request, name, device, given):
        said.append(_("By password you can sign in now, if you have set one."))
    is_phone = asked.purpose == "reset" and "phone" in given
    if is_phone and not code_limits.seconds_left(request, Asked("sign_in", asked.destination)):
        said.append(_("You can sign in by a code now."))
    if device is None:
        said.append(_("Where you signed in before, a code is sent now."))
    return said


def too_many_passwords(request: HttpRequest) -> limits.TooOften:
    """Return the refusal of another password of who is signed in: how long it lasts, and what works meanwhile."""
    user: Any = request.user
    to = (user.phone if user.phone_verified else user.email) or user.phone
    is_open = not code_limits.seconds_left(request, Asked("confirm", to))
    return limits.TooOften(
        limits.sentences(
            _("Too many wrong passwords: by password again in %(wait)s.")
            % _wait(limits.seconds_left(request, action="reauthenticate")),
            _("You can confirm by a code now.") if is_open else "",
        )
    )


def too_many_phones(request: HttpRequest, *, phone: str, number: str) -> limits.TooOften:
    """Return the refusal of another phone for the order `number`: whether a code to it is sent now, or when."""
    why = _("Too many phones were tried for this order.")
    left = code_limits.seconds_left(request, Asked("find_order", phone, number))
    if left:
        return limits.TooOften(
            limits.sentences(why, _("A code to the phone given with it can be sent in %(wait)s.") % _wait(left))
        )
    return limits.TooOften(limits.sentences(why, _("A code to the phone given with it shows the order now.")))
