"""Two hundred guests with browsers of their own, who all press 提交订单 at the same moment."""

import asyncio
import re
import time
from collections import Counter

import httpx

PREPARING = 12


async def _prepare(http: httpx.AsyncClient, specification: int, number: int) -> dict[str, str]:
    page = await http.get("/shop/me/")
    page.raise_for_status()
    token = http.cookies["csrftoken"]
    added = await http.post(
        "/shop/basket/add/",
        data={"spec": specification, "quantity": 1, "csrfmiddlewaretoken": token},
        headers={"Accept": "application/json"},
    )
    added.raise_for_status()
    checkout = await http.get("/shop/checkout/")
    checkout.raise_for_status()
    fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', checkout.text))
    return fields | {
        "csrfmiddlewaretoken": token,
        "s": str(specification),
        "address": "new",
        "name": f"买家{number}",
        "phone": f"138{number:08d}",
        "province": "44",
        "city": "4401",
        "division": "440106",
        "street": "龙口西路 8 号",
    }


async def _race(base: str, specification: int, buyers: int) -> tuple[Counter[str], float]:
    # A connection for each request: one that waited for the others would be closed by the server as it is used.
    alone = httpx.Limits(max_keepalive_connections=0)
    clients = [httpx.AsyncClient(base_url=base, timeout=120, limits=alone) for _ in range(buyers)]
    try:
        gate = asyncio.Semaphore(PREPARING)

        async def ready(number: int) -> dict[str, str]:
            async with gate:
                return await _prepare(clients[number], specification, number)

        forms = await asyncio.gather(*(ready(number) for number in range(buyers)))
        start = time.monotonic()
        answers = await asyncio.gather(
            *(client.post("/shop/checkout/", data=form) for client, form in zip(clients, forms, strict=True))
        )
        taken = time.monotonic() - start
    finally:
        await asyncio.gather(*(client.aclose() for client in clients))
    outcomes: Counter[str] = Counter()
    for answer in answers:
        placed = answer.status_code == 302 and answer.headers["location"].startswith("/pay/")
        outcomes["placed" if placed else str(answer.status_code)] += 1
    return outcomes, taken


def race(base: str, *, specification: int, buyers: int) -> tuple[Counter[str], float]:
    """Let `buyers` guests buy one piece each; return outcomes (placed, or the status) and the seconds of the rush."""
    return asyncio.run(_race(base, specification, buyers))
