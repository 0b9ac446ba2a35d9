"""Requests that nobody's page sends: whatever stands in them is answered, never with a failure of ours.

Run against the loaded world: each case as its account, with what it needs looked up first.
"""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client

from catalog.models import Specification
from livestream.models import LiveSession
from procurement.models import PurchaseRequest
from procurement.states import RequestState
from shop.accounts.models import User
from shop.campaigns.models import CampaignPage, HomePage
from tests.cases.reading import entries, named

pytestmark = pytest.mark.usefixtures("world")
CASES = entries("http.json")
CODE = "LB-004-01"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def person(name: str) -> User:
    return User.objects.get(email=f"{name}@demo.heqiao.example")


def requests_of(name: str, *states: str) -> PurchaseRequest:
    unit = person(name).memberships.values("organisation")
    found = PurchaseRequest.objects.filter(state__in=states, unit__organisation__in=unit).order_by("-pk").first()
    assert found is not None
    return found


def clip() -> str:
    name = default_storage.save(f"live/{'c1' * 12}.mp4", ContentFile(b"\0" * 2000))
    LiveSession.objects.filter(pk=LOOKED_UP["live"]()).update(clip=name)
    return f"/live/clips/{name[5:29]}.mp4"


LOOKED_UP: dict[str, Callable[[], Any]] = {
    "live": lambda: LiveSession.objects.order_by("-pk").values_list("pk", flat=True)[0],
    "campaign": lambda: CampaignPage.objects.live().values_list("pk", flat=True)[0],
    "home": lambda: HomePage.objects.values_list("pk", flat=True)[0],
    "supplier": lambda: Specification.objects.get(stockrecord__partner_sku=CODE).listing.supplier_id,
    "request": lambda: requests_of("budget_buyer", RequestState.DRAFT, RequestState.RETURNED).number,
    "waiting_request": lambda: requests_of("budget_approver", RequestState.SUBMITTED).number,
    "version": lambda: requests_of("budget_approver", RequestState.SUBMITTED).version,
    "clip": clip,
}


def filled(value: Any) -> Any:
    if isinstance(value, dict):
        return value["repeat"] * value["times"]
    for name, look_up in LOOKED_UP.items():
        if f"{{{name}}}" in value:
            value = value.replace(f"{{{name}}}", str(look_up()))
    return value


def sent(case: dict[str, Any], client: Client) -> Any:
    if "piece" in case.get("before", ""):
        spec = Specification.objects.get(stockrecord__partner_sku=CODE)
        assert client.post("/shop/basket/add/", {"spec": spec.pk, "quantity": "1"}).status_code < 400
    if "countdown" in case.get("before", ""):
        page = CampaignPage.objects.live()[0]
        page.body = json.dumps([{"type": "countdown", "value": {"title": "春茶", "until": None, "over": ""}}])
        page.save_revision()
    path = filled(case["path"])
    query = {filled(name): filled(value) for name, value in case.get("query", {}).items()}
    body = {filled(name): filled(value) for name, value in case.get("body", {}).items()}
    if case["method"] == "GET":
        return client.get(path, query, headers=case.get("headers", {}))
    return client.post(path, body, query_params=query, headers=case.get("headers", {}))


@pytest.mark.parametrize("case", CASES, ids=named(CASES, "fault", "method", "path"))
def test_a_request_is_answered_as_its_case_says(case: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    if case["database"] == "postgresql" and connection.vendor != "postgresql":
        # What SQLite takes may be other than what PostgreSQL does; a failure it may be on neither.
        case = case | {"status": [*case["status"], 200]}
    client = Client(raise_request_exception=False)
    if case["as"] != "guest":
        client.force_login(person(case["as"]), backend=BACKEND)
    with caplog.at_level(logging.ERROR, "django.request"), transaction.atomic():
        answer = sent(case, client)
        transaction.set_rollback(True)
    assert answer.status_code in case["status"]
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
