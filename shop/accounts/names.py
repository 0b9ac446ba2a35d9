"""Under which name attempts of a sign-in are counted."""

from typing import Any

from django.http import HttpRequest

from shop.accounts import queries


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Return whose sign-in was tried, for the counts of failures: one name for an account, however it was written.

    An unknown phone or e-mail counts as it is written; asking costs the same query. Remembered on the request.
    """
    given: dict[str, Any] = credentials or {}
    text = str(given.get("email") or given.get("phone") or given.get("username") or "").strip().lower()
    if not text:
        return ""
    known: dict[str, str] = getattr(request, "names_tried", {})
    if text not in known:
        found = queries.account_id(**{"email" if "@" in text else "phone": text})
        known = {**known, text: f"account:{found}" if found else text}
        if request is not None:
            request.names_tried = known  # type: ignore[attr-defined]  # ours, of this request
    return known[text]


def as_credentials(destination: str) -> dict[str, str]:
    """Return a phone (E.164) or an e-mail as what a sign-in is tried with."""
    return {"email" if "@" in destination else "phone": destination}
