"""Every door that takes a text takes it without what nobody can see: forms, bodies of the API, the back office."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.test import RequestFactory
from ninja.signature import ViewSignature
from pydantic import BaseModel

import catalog
import livestream
import procurement
import shop
import traceability
from shop.config.api import api
from shop.core import back_office
from shop.core.api import AsItIs, Body
from shop.core.api.values import TEXT
from shop.core.fields import LineField, ParagraphsField, _CodeField
from tests.factories import make_user

PACKAGES = (shop, catalog, procurement, livestream, traceability)
# They understand digits, letters of codes, an address of mail: nothing unseen passes them.
STRICT = (LineField, ParagraphsField, _CodeField, forms.EmailField, forms.URLField, forms.SlugField, forms.RegexField)
# What a page sends, not what a person types: compared with known values, or looked up.
SENT_BY_PAGES = {
    "confirmed", "orders", "unpaid",
    "action", "answer", "as_user", "buy_now", "carrier", "decision", "do", "drop", "first", "how", "key",
    "keep_address", "kind", "language", "listing", "method", "need", "next", "offset", "outcome", "parcel", "payer",
    "quantity", "received", "seen", "shown", "spec", "specification", "supplier", "terms", "fund", "text", "then",
    "total", "replaces", "account_version", "unit", "version", "way", "what", "year", "base", "code", "count",
    "remove", "mode", "also", "order", "row",
}  # fmt: skip
# They read texts for others, digits alone, and signed names of files.
CLEANING = {"shop/core/sent.py", "livestream/views/console.py", "catalog/operations/kept_photos.py"}


def modules() -> Iterator[str]:
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".settings" not in found.name and ".migrations" not in found.name and ".wsgi" not in found.name:
                yield found.name


def below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


def is_loose(field: Any) -> bool:
    """Tell whether a field takes a text as it comes. A password is taken so on purpose: it would be another."""
    if isinstance(field.widget, forms.PasswordInput):
        return isinstance(field, STRICT)
    return isinstance(field, forms.CharField) and not isinstance(field, STRICT)


def test_every_form_of_ours_reads_texts_without_what_is_unseen() -> None:
    for name in modules():
        importlib.import_module(name)
    ours = [each for each in below(forms.BaseForm) if each.__module__.split(".")[0] in {p.__name__ for p in PACKAGES}]
    # Those of the CMS are Wagtail's, for staff.
    ours = [each for each in ours if not each.__module__.startswith("shop.campaigns.image_forms")]
    assert len(ours) > 40
    loose = [
        f"{each.__module__}.{each.__name__}.{name}"
        for each in ours
        for name, field in getattr(each, "base_fields", {}).items()
        if is_loose(field) and not issubclass(each, forms.ModelForm)
    ]
    assert loose == []


@pytest.mark.django_db
def test_every_form_of_the_back_office_reads_texts_without_what_is_unseen() -> None:
    request = RequestFactory().get("/admin/")
    request.user = make_user(is_superuser=True, is_staff=True)
    loose = []
    for admin in back_office.site._registry.values():
        assert isinstance(admin, ModelAdmin)
        if isinstance(admin, back_office.ReadOnly):
            continue
        kinds = [admin.get_form(request, None, change=False)]
        kinds += [inline.get_formset(request).form for inline in admin.get_inline_instances(request)]
        loose += [f"{admin}.{name}" for kind in kinds for name, field in kind.base_fields.items() if is_loose(field)]
    assert loose == []


def texts_in(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "str":
            yield schema
        for key, each in schema.items():
            if key not in {"metadata", "serialization"}:
                yield from texts_in(each)
    elif isinstance(schema, list | tuple):
        for each in schema:
            yield from texts_in(each)


def bodies() -> Iterator[type[BaseModel]]:
    for _prefix, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                signature: ViewSignature = operation.signature
                for model in operation.models:
                    if model.__ninja_param_source__ in {"body", "form"}:
                        yield from (field.annotation for field in model.model_fields.values())
                assert signature is not None


def test_every_body_of_the_api_is_one_that_cleans_its_texts() -> None:
    found = list(bodies())
    assert len(found) > 50
    assert [each for each in found if not (isinstance(each, type) and issubclass(each, Body))] == []
    for each in below(Body):
        assert issubclass(each, BaseModel)
        assert all(TEXT in text.get("metadata", {}) for text in texts_in(each.__pydantic_core_schema__)), each


def test_a_body_cleans_each_text_by_its_kind() -> None:
    class Sent(Body):
        name: str
        lines: dict[str, list[str]] = {}
        secret: AsItIs = ""

    sent = Sent.model_validate({"name": "王\u202e\u3000明\n", "lines": {"a": ["\u200bb"]}, "secret": "\u200bs"})
    assert sent.model_dump() == {"name": "王 明", "lines": {"a": ["b"]}, "secret": "\u200bs"}


def test_no_view_takes_a_typed_text_past_the_cleaning() -> None:
    """`request.POST` is read for what pages send; what people type comes by a form or by shop.core.sent."""
    loose = []
    for package in PACKAGES:
        for path in Path(package.__path__[0]).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                name = _read_from_post(node)
                if (
                    name is not None
                    and name not in SENT_BY_PAGES
                    and str(path.relative_to(settings.BASE_DIR)) not in CLEANING
                ):
                    loose.append(f"{path.relative_to(settings.BASE_DIR)}: {name}")
    assert loose == []


def _read_from_post(node: ast.AST) -> str | None:
    """Return the name that `request.POST.get(name)` or `request.POST[name]` reads."""
    read, key = None, None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"get", "getlist"}:
        read, key = node.func.value, node.args[0] if node.args else None
    elif isinstance(node, ast.Subscript):
        read, key = node.value, node.slice
    if isinstance(read, ast.Attribute) and read.attr == "POST":
        return str(key.value) if isinstance(key, ast.Constant) else "?"
    return None
