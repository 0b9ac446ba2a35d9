"""One form of the checkout, sent many times at once by its browser, and by strangers who know its key."""

from typing import Any

from django.test import Client


def come(job: dict[str, Any], number: int) -> str:
    """Send the form: as its browser, or (every other one, where there are strangers) as another one."""
    client = Client(headers={"host": "localhost"})
    is_stranger = job["strangers"] and number % 2 == 1
    if not is_stranger:
        for name, value in job["cookies"].items():
            client.cookies[name] = value
    answer = client.post("/shop/checkout/", job["form"])
    where = answer.headers.get("location", "")
    return f"{'stranger' if is_stranger else 'owner'} {answer.status_code} {where}".strip()
