"""A certificate's number is found however it was typed, by page and API."""

import pytest
from django.test import Client

from catalog.rules.numbers import plain_number
from tests.factories import make_certificate, make_listing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "typed", ["lb-44-2026-0117", "LB4420260117", "LB 44 2026 0117", "ＬＢ－４４－２０２６－０１１７", "lb·44·2026·0117"]
)
def test_a_number_is_found_in_any_spelling(typed):
    make_certificate(make_listing(), number="LB-44-2026-0117")
    answer = Client().get(f"/shop/certificates/{typed}/")
    assert (answer.status_code, answer["Location"]) == (301, "/shop/certificates/LB-44-2026-0117/")
    assert Client().get(f"/api/v1/certificates/{typed}").json()["number"] == "LB-44-2026-0117"


def test_another_number_is_not_found():
    make_certificate(make_listing(), number="LB-44-2026-0117")
    assert Client().get("/shop/certificates/LB-44-2026-0118/").status_code == 404
    assert Client().get("/shop/certificates/---/").status_code == 404
    assert Client().get("/api/v1/certificates/LB-44-2026-0118").status_code == 404


def test_marks_and_width_do_not_count():
    assert plain_number(" ｌｂ－44 — 2026_0117 ") == "LB4420260117"
