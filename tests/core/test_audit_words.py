"""The audit trail is read by people: everything that is written into it has a name, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from catalog.states import ProposalState
from livestream.states import EventKind
from procurement.states import CancelState, DeclarationState, RequestState
from shop.core.audit_words import ACTIONS, KINDS, action_name, kind_name
from shop.core.models import AuditEntry
from shop.sales.states import AfterSaleState, ConsentState
from tests.factories import AT, make_user

PACKAGES = ("shop", "catalog", "procurement", "traceability", "livestream")
HAN = re.compile("[\u4e00-\u9fff]")
# What is made of a state: the beginning, and the states.
OF_STATES: dict[str, list[str]] = {
    "request_": [state.value for state in RequestState],
    "declaration_": [state.value for state in DeclarationState],
    "cancel_": [state.value for state in CancelState if state != CancelState.OPEN],
    "after_sale_": [state.value for state in AfterSaleState],
    "offer_consent_": [state.value for state in ConsentState],
    "proposal_": [state.value for state in ProposalState],
    "session_": [EventKind.STARTED.value, EventKind.ENDED.value, "planned"],
}


def written() -> Iterator[tuple[str, str, ast.expr]]:
    """Yield each place that names an action or a kind: where, which of both, and how."""
    for package in PACKAGES:
        for path in (Path(settings.BASE_DIR) / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                given = {word.arg: word.value for word in node.keywords}
                if {"action", "object_kind"} <= given.keys():
                    yield path.name, "action", given["action"]
                    yield path.name, "kind", given["object_kind"]


def texts(node: ast.expr) -> list[str]:
    """Return the words a constant or a choice of two stands for."""
    if isinstance(node, ast.IfExp):
        return [*texts(node.body), *texts(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_everything_that_is_written_has_a_name() -> None:
    known = {"action": ACTIONS, "kind": KINDS}
    found = [(where, text) for where, which, node in written() for text in texts(node) if text not in known[which]]
    assert found == []


def test_what_is_made_of_a_state_has_a_name_for_each() -> None:
    begun = {
        node.values[0].value
        for _where, _which, node in written()
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
    }
    assert begun <= OF_STATES.keys()
    assert [f"{begin}{state}" for begin, states in OF_STATES.items() for state in states
            if f"{begin}{state}" not in ACTIONS] == []  # fmt: skip


def test_names_are_chinese_on_a_chinese_page_and_english_on_an_english_one() -> None:
    for language, is_chinese in (("zh-hans", True), ("en", False)):
        with translation.override(language):
            names = [str(name) for name in (*ACTIONS.values(), *KINDS.values())]
        assert [name for name in names if bool(HAN.search(name)) != is_chinese] == []


def test_a_code_without_a_name_is_shown_as_it_is() -> None:
    assert (action_name("of_tomorrow"), kind_name("of_tomorrow")) == ("of_tomorrow", "of_tomorrow")
    assert kind_name("paytime") == "紧俏商品付款时限"


@pytest.mark.django_db
def test_the_list_and_its_filter_say_names() -> None:
    AuditEntry.objects.create(at=AT, actor_id=None, action="lot_packed", object_kind="lot", object_id="7")
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/admin/core/auditentry/").content.decode()
    assert page.count("批次装箱") == 2
    assert "lot_packed</" not in page
    entry = AuditEntry.objects.get()
    assert "批次装箱 · 批次 7" in client.get(f"/admin/core/auditentry/{entry.pk}/change/").content.decode()
    chosen = client.get("/admin/core/auditentry/?action=lot_packed").content.decode()
    assert 'class="field-done"' in chosen


@pytest.mark.django_db
def test_the_list_names_who_did_it_in_one_query(django_assert_max_num_queries: Any) -> None:
    person, nameless = make_user(name="李文静"), make_user(name="")
    for actor_id in (person.pk, nameless.pk, None, 987_654, *[person.pk] * 20):
        AuditEntry.objects.create(at=AT, actor_id=actor_id, action="lot_packed", object_kind="lot", object_id="7")
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    with django_assert_max_num_queries(9):
        page = client.get("/admin/core/auditentry/").content.decode()
    assert page.count(f"李文静（账号 {person.pk}）") == 21
    assert (page.count(f">账号 {nameless.pk}<"), page.count(">账号 987654<"), page.count("游客或系统")) == (1, 1, 1)
    entry = AuditEntry.objects.filter(actor_id=person.pk).latest("pk")
    assert f"李文静（账号 {person.pk}）" in client.get(f"/admin/core/auditentry/{entry.pk}/change/").content.decode()
