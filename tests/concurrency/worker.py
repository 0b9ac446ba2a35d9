"""Loads the project once and forks the processes of races: each reads its job, waits for the start, runs its buyers in
threads, and says how it went.

`python -m tests.concurrency.worker` reads lines, each a JSON list of job files; for each it prints how they ended. A job
names the race, the numbers of its buyers, and whether the lock is on.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.config.settings.test")
django.setup()

from django.db import connection  # noqa: E402

from catalog.operations import stocktaking  # noqa: E402
from catalog.queries.shelf import shelves_of  # noqa: E402
from procurement.models import PurchaseRequest  # noqa: E402
from procurement.operations.deciding import decide_request  # noqa: E402
from shop.accounts.models import User  # noqa: E402
from shop.core.errors import DomainError  # noqa: E402
from shop.sales.models import LineFacts, OrderFacts, Shipment  # noqa: E402
from shop.sales.operations import baskets  # noqa: E402
from shop.sales.operations.payments import capture_payment, start_payment  # noqa: E402
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place  # noqa: E402
from shop.sales.operations.refunds import refund_order_part  # noqa: E402
from shop.sales.operations.shipping import Parcel, ship_order  # noqa: E402
from tests.concurrency import (  # noqa: E402
    answering,
    approving,
    arbitrating,
    arriving,
    bookkeeping,
    checking_out,
    condemning,
    consenting,
    declaring,
    discounting,
    flooring,
    going_live,
    guessing,
    numbering,
    packing,
    receiving,
    reporting,
    reviewing,
    settling_kept,
    sharing_phone,
    unlocked,
    using_again,
)
from tests.concurrency.buying import buy_one, dropped, spec_of_id  # noqa: E402
from tests.factories import AT  # noqa: E402
from traceability.errors import AlreadyRecorded  # noqa: E402
from traceability.operations import assigning, recording  # noqa: E402

THINKING_SECONDS = 0.01
LONGEST_SECONDS = 180


def buy(job: dict[str, Any], number: int) -> str:
    specifications = job.get("specifications") or [job["specification"]]
    return buy_one({**job, "specification": specifications[number % len(specifications)]}, number)


def drop_or_shop(job: dict[str, Any], number: int) -> str:
    """Every other buyer comes to the drop, the rest to the shop; one in twenty is the beat that ends drops."""
    from livestream.operations.drops import end_due_drops  # reason: after django.setup

    at = datetime.fromisoformat(job["at"])
    if number % 20 == 19:
        end_due_drops(at=at + timedelta(hours=1))
        return "beat"
    return buy_one(job, number, dropped(job["drop"], at) if number % 2 else None, at)


def same_key(job: dict[str, Any], number: int) -> str:
    spec = spec_of_id(job["specification"])
    purchase = place(
        actor=None,
        at=AT,
        lines=[PlaceLine(spec, 1, spec.price_fen)],
        buyer=Buyer(phone="+8613800002046"),
        ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"),
        key="one-click",
        basket_id=job["basket"],
    )
    payment, _ = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    return f"purchase {purchase.pk}"


def capture(job: dict[str, Any], number: int) -> str:
    return f"captured {capture_payment(payment_id=job['payment'], at=AT)}"


def add(job: dict[str, Any], number: int) -> str:
    basket = baskets.open_basket(user=User.objects.get(pk=job["user"]))
    baskets.add(basket=basket, specification_id=job["specification"], quantity=1, at=AT)
    return f"basket {basket.pk}"


def refund(job: dict[str, Any], number: int) -> str:
    order = OrderFacts.objects.get(pk=job["order"])
    refund_order_part(
        order=order, amount_fen=3000, reason="damaged", key=f"{job['prefix']}-{number}", actor=None, at=AT
    )
    return "refunded"


def approve(job: dict[str, Any], number: int) -> str:
    request = PurchaseRequest.objects.get(pk=job["requests"][number])
    decide_request(
        request_id=request.pk, version=request.version, approve=True, actor=User.objects.get(pk=job["approver"]), at=AT
    )
    return "approved"


def approve_one(job: dict[str, Any], number: int) -> str:
    request = PurchaseRequest.objects.get(pk=job["request"])
    actor = User.objects.get(pk=job["approvers"][number % len(job["approvers"])])
    decide_request(request_id=request.pk, version=job["version"], approve=True, actor=actor, at=AT)
    return "approved"


def door(job: dict[str, Any], number: int) -> str:
    from tests.concurrency.doors import come  # reason: after django.setup

    return come(job, number)


def harvest(job: dict[str, Any], number: int) -> str:
    weight = number % job["weights"]
    try:
        lot = recording.record_harvest(
            supplier_id=job["supplier"], listing_id=job["listing"], base_id=job["base"], grams=1000 + weight,
            occurred_at=AT, actor=None, at=AT, key=f"page-{weight}",
        )  # fmt: skip
    except AlreadyRecorded:
        return "already recorded"
    return f"lot {lot.code}"


def send_lot(job: dict[str, Any], number: int) -> str:
    line = assigning.AssignLine(number + 1, job["listing"], 1, 1, job["grams"], ("柚", ""))
    assigning.assign_lots(shipment_id=number + 1, supplier_id=job["supplier"], lines=[line], actor=None, at=AT)
    return "sent"


def shelf(job: dict[str, Any], number: int) -> str:
    """One in three buys, one sends an order, one counts the shelf and writes what really stands there.

    The first to count saw the shelf before the race and writes after an order was sent: its figure is surely old. In the
    control it alone counts, or a later count that happens to be right would hide what it undid.
    """
    if number % 3 == 0:
        return buy_one(job, number)
    if number % 3 == 1:
        order_id = job["orders"][number // 3]
        pieces = dict(LineFacts.objects.filter(order=order_id).values_list("pk", "ordered"))
        ship_order(order_id=order_id, parcel=Parcel("sf", f"SF{number:013d}", pieces), actor=None, at=AT)
        return "sent"
    if number == 2:
        total, version = job["seen"]
        until = time.monotonic() + LONGEST_SECONDS / 2
        while not Shipment.objects.exists():
            if time.monotonic() > until:
                return "nothing was sent"
            time.sleep(THINKING_SECONDS)
    elif job["lock"]:
        shown = shelves_of([job["record"]])[job["record"]]
        total, version = shown.total, shown.version
        time.sleep(THINKING_SECONDS)
    else:
        return "stayed away"
    stocktaking.take_stock(stockrecord_id=job["record"], counted=total, version=version, actor=None, at=AT)
    return "counted"


RACES = {
    "pack_or_cancel": packing.come,
    "number": numbering.come,
    "report": reporting.come,
    "go_live": going_live.come,
    "floor": flooring.come,
    "judge": arbitrating.judge_or_withdraw,
    "match": bookkeeping.match,
    "match_line": bookkeeping.match_line,
    "account": bookkeeping.account_or_pay_out,
    "reference": bookkeeping.in_or_out,
    "claim": arbitrating.claim_and_grant,
    "pay_out": bookkeeping.pay_out_once,
    "pay_out_some": bookkeeping.pay_out_some,
    "check_out": checking_out.come,
    "consent": consenting.come,
    "discount": discounting.come,
    "use_again": using_again.come,
    "add_at_page": discounting.add_at_page,
    "test_or_send": condemning.come,
    "accept_or_confirm": receiving.come,
    "amend": declaring.amend,
    "decide": declaring.decide,
    "confirm_or_amend": declaring.confirm_or_amend,
    "withdraw_or_decide": declaring.withdraw_or_decide,
    "settle_kept": settling_kept.come,
    "answer_consent": answering.come,
    "share_phone": sharing_phone.come,
    "shelf": shelf,
    "arrive": arriving.come,
    "guess": guessing.guess,
    "tries": guessing.tries,
    "answer_reset": guessing.answer_reset,
    "decide_listing": reviewing.come,
    "revoke": reviewing.revoke,
    "revoke_or_buy": reviewing.revoke_or_buy,
    "send_lot": send_lot,
    "harvest": harvest,
    "approve": approve,
    "approve_one": approve_one,
    "approve_offer": approving.come,
    "buy": buy,
    "door": door,
    "drop_or_shop": drop_or_shop,
    "same_key": same_key,
    "capture": capture,
    "add": add,
    "refund": refund,
}


def run_one(job: dict[str, Any], number: int) -> str:
    try:
        return RACES[job["race"]](job, number)
    except DomainError as error:
        return f"refused {error.code}"
    except Exception as error:  # noqa: BLE001
        return f"BROKEN {type(error).__name__}: {error}"[:200]
    finally:
        connection.close()


def run(job: dict[str, Any]) -> None:
    """Be one process of a race."""
    if not job["lock"]:
        unlocked.take_lock_off(job)
    Path(job["ready"]).touch()
    start = Path(job["start"])
    while not start.exists():
        time.sleep(0.002)
    with ThreadPoolExecutor(job["threads"]) as pool:
        outcomes = Counter(pool.map(lambda number: run_one(job, number), job["numbers"]))
    Path(job["outcomes"]).write_text(json.dumps(outcomes))


def forked(path: str) -> int:
    """Fork a process that runs a job; return its number."""
    child = os.fork()
    if child:
        return child
    try:
        # Else all would draw the same numbers.
        random.seed()
        run(json.loads(Path(path).read_text()))
    except BaseException:  # noqa: BLE001  # whatever it is, this is no nursery
        traceback.print_exc()
        Path(f"{path}.fell").touch()
        os._exit(1)
    os._exit(0)


def ends_of(children: list[int]) -> list[int]:
    """Wait for the processes and return how they ended; those that take too long are ended."""
    until, ends = time.monotonic() + LONGEST_SECONDS, dict.fromkeys(children, -1)
    waiting = set(children)
    while waiting and time.monotonic() < until:
        for child in list(waiting):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                waiting.remove(child)
                ends[child] = os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    for child in waiting:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return list(ends.values())


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(ends_of([forked(path) for path in json.loads(line)])), flush=True)


if __name__ == "__main__":
    main()
