"""Pages of refusals: in the reader's language, each with a next step."""

import pytest
from django.test import Client
from django.utils.html import strip_tags

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("prefix", "said"),
    [("", "这个地址不接收所提交的内容"), ("/en", "This address does not take what was sent")],
)
@pytest.mark.parametrize("address", ["/shop/", "/villages/", "/account/login/"])
def test_a_method_that_an_address_does_not_take_gets_a_page_that_leads_on(
    client: Client, prefix: str, said: str, address: str
) -> None:
    answer = client.put(f"{prefix}{address}")
    page = answer.content.decode()
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]
    assert said in strip_tags(page)
    assert f'href="{prefix}/shop/"' in page
    assert 'data-testid="error-next"' in page


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("status", [403, 404])
def test_refusals_lead_on_in_the_readers_language(prefix: str, status: int) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.get(f"{prefix}/nowhere/at/all/") if status == 404 else client.post(f"{prefix}/shop/basket/add/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert f'<html lang="{"en" if prefix else "zh-Hans"}"' in page
    assert 'data-testid="error-next"' in page
