"""No text of a person's is cut on its way into a record: what is too long is refused beside its field."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from procurement.operations.pledging import give
from procurement.operations.receiving import Arrived, confirm_by_id
from shop.core import sent
from shop.core.errors import InvalidInput
from shop.sales.models import Purchase
from shop.sales.operations.arbitration import ask_platform
from tests.factories import AT, make_listing, make_user, spec_of
from tests.procurement.giving import listing, need
from tests.sales.selling import photo

__all__ = ["listing", "need"]

PACKAGES = ("shop", "catalog", "procurement", "livestream", "traceability")
# Where texts come in from people, and where they are written.
DOORS = ("views", "operations", "api", "forms")
# What reads a text of a person's.
TYPED = re.compile(r"POST|GET|\bgiven\b|one_line|many_lines|strip\(|cleaned_data|\bbody\b")
# Keys and codes that pages send, compared or looked up: nobody reads them again, and none is written as it was typed.
CUT = {
    'request.POST.get("key", "")[:40]',
    'request.POST.get("key", "")[:32]',
    'request.GET.get("key", "")[:120]',
    'request.GET.get("q", "")[:60]',
    'request.GET.get("on", "")[:10]',
    'request.POST.get("quantity", "")[:12]',
    'request.POST.getlist("code")[:600]',
    'request.POST.getlist("count")[:600]',
    'self.given.get("deal", "")[:20]',
    "given.getlist(name)[:200]",
    'request.GET.get("q", "")[:40]',
    "key[:40]",  # a proposal's, made by its page
    "county[:2]",  # the province of a county's code
    # Shown again beside the refusal of what is no number of pieces.
    'request.POST.get(name, str(row["line"].quantity))[:sent.MOST_TYPED]',
    "typed[:40]",  # a code that is unknown, shown to who typed it
}


def slices(tree: ast.AST) -> Iterator[ast.Subscript]:
    """Yield what cuts a text that was typed, or a text that a function was given."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        given = {
            each.arg
            for each in [*function.args.args, *function.args.kwonlyargs]
            if each.annotation is not None and ast.unparse(each.annotation) == "str"
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and node.slice.lower is None:
                value = ast.unparse(node.value)
                if node.slice.upper is not None and (TYPED.search(value) or value in given):
                    yield node


def test_no_door_cuts_what_a_person_typed() -> None:
    found, base = [], Path(settings.BASE_DIR)
    for package in PACKAGES:
        for path in sorted((base / package).rglob("*.py")):
            name = path.relative_to(base).as_posix()
            if not (any(f"/{door}" in name for door in DOORS) or name == "shop/core/sent.py"):
                continue
            tree = ast.parse(path.read_text())
            found += [
                f"{name}: {words}"
                for node in slices(tree)
                if (words := ast.unparse(node).replace("'", '"')) not in CUT and "sha256" not in words
            ]
    assert found == []


def test_what_is_sent_beyond_its_length_is_refused_whole() -> None:
    request = RequestFactory().post("/", {"why": "好" * 201})
    for read in (sent.line, sent.paragraphs):
        assert read(request, "why") == "好" * 201
        with pytest.raises(InvalidInput) as refused:
            read(request, "why", 200)
        assert (refused.value.code, refused.value.field) == ("too_long", "why")


@pytest.mark.django_db
def test_a_long_note_at_the_checkout_is_refused_beside_its_field_and_stays() -> None:
    spec = spec_of(make_listing(stock=9))
    client = Client()
    url = f"/shop/checkout/?buy={spec.specification_id}:1"
    key = client.get(url).content.decode().split('name="key" value="')[1].split('"')[0]
    supplier = make_listing(stock=1).supplier_id and spec.supplier_id
    form = {
        "key": key, "buy": f"{spec.specification_id}:1", "address": "new", "name": "周敏", "phone": "13800002046",
        "province": "44", "city": "4401", "division": "440106", "street": "龙口西路 8 号", f"note_{supplier}": "好" * 201,
    }  # fmt: skip
    answer = client.post("/shop/checkout/", form)
    page = answer.content.decode()
    assert (answer.status_code, 'data-testid="note-error"' in page, "好" * 201 in page) == (422, True, True)
    assert Purchase.objects.count() == 0
    form[f"note_{supplier}"] = "好" * 200
    assert 'data-testid="note-error"' not in client.post("/shop/checkout/quote/", form).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "most"), [("donor_name", 60), ("message", 120)])
def test_a_donors_words_are_not_cut(need: Any, listing: Any, field: str, most: int) -> None:
    facts = {"need_id": need.pk, "pieces": {spec_of(listing).specification_id: 1}, "donor": make_user(), "key": "k"}
    with pytest.raises(InvalidInput) as refused:
        give(at=AT, **facts, **{field: "好" * (most + 1)})
    assert (refused.value.code, refused.value.field) == ("too_long", field)


@pytest.mark.django_db
def test_words_to_the_platform_and_to_a_donor_are_not_cut() -> None:
    with pytest.raises(InvalidInput) as refused:
        ask_platform(case_id=1, words="好" * 301, actor=None, at=AT)
    assert (refused.value.code, refused.value.field) == ("too_long", "words")
    with pytest.raises(InvalidInput) as refused:
        confirm_by_id(link_id=1, photo=photo().file, arrived=Arrived("好" * 201), at=AT)
    assert (refused.value.code, refused.value.field) == ("too_long", "message")
