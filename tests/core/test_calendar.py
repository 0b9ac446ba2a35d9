"""Days at the edges of the calendar are refused at every door: none is kept that no page could read again."""

import ast
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from pydantic import ValidationError as BodyError
from wagtail.blocks import StructValue

from shop.campaigns.blocks import CountdownBlock
from shop.core import back_office
from shop.core.api import Body
from shop.core.fields import DayField, MomentField, SplitMomentField
from tests.api.conftest import program_of
from tests.factories import make_user
from tests.livestream.rooms import make_room

PACKAGES = ("shop", "catalog", "procurement", "livestream", "traceability")
EDGES = ("0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31")


class Dated(Body):
    on: date
    at: datetime | None = None
    days: list[date] = []


@pytest.mark.parametrize("edge", EDGES)
def test_a_day_out_of_the_calendar_is_refused(edge: str) -> None:
    for field, typed in (
        (DayField(), edge),
        (MomentField(), f"{edge} 10:00"),
        (SplitMomentField(), [edge, "10:00"]),
    ):
        with pytest.raises(ValidationError):
            field.clean(typed)
    for body in (
        {"on": edge},
        {"on": "2026-11-30", "days": [edge]},
        {"on": "2026-11-30", "at": f"{edge}T10:00:00+08:00"},
    ):
        with pytest.raises(BodyError):
            Dated.model_validate(body)


def test_a_day_of_the_calendar_is_taken() -> None:
    assert DayField().clean("2026-11-30") == date(2026, 11, 30)
    assert SplitMomentField().clean(["2026-11-30", "10:00"]) == datetime(2026, 11, 30, 2, tzinfo=UTC)
    given = Dated.model_validate({"on": "2000-01-01", "at": "2026-11-30T10:00:00Z", "days": ["2199-12-31"]})
    assert (given.on, given.at) == (date(2000, 1, 1), datetime(2026, 11, 30, 10, tzinfo=UTC))


def test_no_form_reads_a_day_by_another_field() -> None:
    found = {
        str(path.relative_to(settings.BASE_DIR))
        for package in PACKAGES
        for path in (Path(settings.BASE_DIR) / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in {"DateField", "DateTimeField", "SplitDateTimeField"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "forms"
    }
    assert found == {"shop/core/fields.py"}


@pytest.mark.django_db
def test_the_back_office_reads_days_by_the_same_fields() -> None:
    request = RequestFactory().get("/admin/")
    request.user = make_user(is_superuser=True, is_staff=True)
    loose = []
    for admin in back_office.site._registry.values():
        assert isinstance(admin, ModelAdmin)
        kinds = [admin.get_form(request, None, change=False)]
        kinds += [inline.get_formset(request).form for inline in admin.get_inline_instances(request)]
        loose += [
            f"{admin}.{name}"
            for kind in kinds
            for name, field in kind.base_fields.items()
            if isinstance(field, forms.DateField | forms.DateTimeField | forms.SplitDateTimeField)
            and not isinstance(field, DayField | MomentField | SplitMomentField)
        ]
    assert loose == []


@pytest.mark.django_db
def test_a_countdown_ends_within_the_calendar() -> None:
    block = CountdownBlock()
    given: dict[str, Any] = {"title": "集市", "until": datetime(2026, 12, 31, 23, tzinfo=UTC), "over": ""}
    assert block.clean(StructValue(block, list(given.items())))["title"] == "集市"
    for year in (1, 1999, 2200, 9999):
        given["until"] = datetime(year, 6, 1, tzinfo=UTC)
        with pytest.raises(ValidationError) as refused:
            block.clean(StructValue(block, list(given.items())))
        assert list(refused.value.block_errors) == ["until"]


@pytest.mark.django_db
@pytest.mark.parametrize("edge", EDGES)
def test_no_page_breaks_on_such_a_day(edge: str) -> None:
    admin = make_user(is_superuser=True, is_staff=True)
    program = program_of(admin)
    for query in (f"since={edge}", f"until={edge}", f"since={edge}&until={edge}"):
        answer = program.get(f"/reports/sales?{query}")
        assert (answer.status_code, {each["field"] for each in answer.data["errors"]} <= {"since", "until"}) == (
            422,
            True,
        )
    browser = Client()
    browser.force_login(admin)
    answer = browser.get(f"/reports/?period=custom&since={edge}&until={edge}")
    assert answer.status_code < 500
    host = make_user()
    room = make_room(host=host)
    browser.force_login(host)
    facts = {"room": room.pk, "title_zh": "冬", "title_en": "", "planned_at": f"{edge}T00:00"}
    answer = browser.post("/live/console/plan/", facts, headers={"Accept-Language": "zh-hans"})
    assert (answer.status_code, "2000 年到 2199 年" in answer.content.decode()) == (422, True)
    body = {"room_id": room.pk, "title": "冬", "title_en": "", "planned_at": f"{edge}T00:00:00Z"}
    answer = program_of(host).post("/live/host/sessions", body, key=edge)
    assert (answer.status_code, answer.data["errors"][0]["field"]) == (422, "planned_at")
    assert not room.sessions.exists()
