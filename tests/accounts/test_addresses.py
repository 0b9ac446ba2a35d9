"""The address book, the picker's data, paste recognition, and where to deliver to."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from shop.accounts import queries
from shop.accounts.models import Address, User
from shop.accounts.operations import addresses as operations
from shop.core.errors import InvalidInput

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
FACTS = {"name": "周敏", "phone": "13800002046", "division_code": "440106", "street": "龙口西路 8 号"}
FORM = {
    "name": "周敏",
    "phone": "138 0000 2046",
    "province": "44",
    "city": "4401",
    "division": "440106",
    "street": "龙口西路 8 号",
}


def add(user: User, **facts: object) -> Address:
    return operations.save_address(actor=user, at=AT, **{**FACTS, **facts})


def defaults(user: User) -> list[str]:
    return list(Address.objects.filter(user=user, is_default=True).values_list("street", flat=True))


def test_there_is_always_one_default(zhou: User) -> None:
    first = add(zhou, street="1")
    assert defaults(zhou) == ["1"]
    second = add(zhou, street="2")
    assert defaults(zhou) == ["1"]
    add(zhou, street="3", is_default=True)
    assert defaults(zhou) == ["3"]
    operations.make_default(actor=zhou, pk=second.pk, at=AT)
    assert defaults(zhou) == ["2"]
    operations.delete_address(actor=zhou, pk=second.pk, at=AT)
    assert len(defaults(zhou)) == 1
    # Saving the default again without the tick does not leave the book without one.
    keeper = Address.objects.get(user=zhou, is_default=True)
    operations.save_address(actor=zhou, at=AT, pk=keeper.pk, **{**FACTS, "street": "kept"})
    assert defaults(zhou) == ["kept"]
    assert first.pk in {row.pk for row in queries.addresses(zhou)}


def test_others_addresses_are_out_of_reach(zhou: User, lin: User) -> None:
    own = add(zhou)
    for attempt in (
        lambda: operations.save_address(actor=lin, at=AT, pk=own.pk, **FACTS),
        lambda: operations.make_default(actor=lin, pk=own.pk, at=AT),
        lambda: operations.delete_address(actor=lin, pk=own.pk, at=AT),
    ):
        with pytest.raises(operations.NoSuchAddress):
            attempt()
    assert queries.address(lin, own.pk) is None


def test_a_city_is_not_enough(zhou: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add(zhou, division_code="4401")
    assert refusal.value.field == "division"


def test_the_book_has_an_end(zhou: User) -> None:
    for number in range(operations.MOST_ADDRESSES):
        add(zhou, street=str(number))
    with pytest.raises(operations.TooMany):
        add(zhou)


def test_adding_editing_and_deleting_in_the_browser(signed_in: Client, zhou: User) -> None:
    answer = signed_in.post("/account/addresses/add/", {**FORM, "tag": "home"})
    assert answer.headers["Location"] == "/account/addresses/"
    address = Address.objects.get(user=zhou)
    assert (address.phone, address.division_id, address.tag, address.is_default) == (
        "13800002046",
        "440106",
        "home",
        True,
    )
    signed_in.post(f"/account/addresses/{address.pk}/", {**FORM, "street": "新港东路 1 号", "division": "440105"})
    address.refresh_from_db()
    assert (address.street, address.division_id) == ("新港东路 1 号", "440105")
    led = signed_in.get(f"/account/addresses/{address.pk}/delete/")
    assert (led.headers["Location"], Address.objects.count()) == (f"/account/addresses/{address.pk}/", 1)
    signed_in.post(f"/account/addresses/{address.pk}/delete/")
    assert not Address.objects.exists()


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(signed_in: Client) -> None:
    answer = signed_in.post("/account/addresses/add/", {**FORM, "phone": "1380204", "division": "", "postcode": "51"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "少了 4 位，请填 11 位" in page
    assert "请选到省、市、区" in page
    assert "少了 4 位，请填 6 位" in page
    assert 'value="龙口西路 8 号"' in page
    assert '<option value="4401" selected>' in page
    assert not Address.objects.exists()


def test_the_picker_works_without_scripts(signed_in: Client) -> None:
    page = signed_in.post("/account/addresses/add/", {"name": "周敏", "province": "44", "pick": "1"}).content.decode()
    assert '<option value="44" selected>' in page
    assert '<option value="4401">广州市</option>' in page
    assert 'value="周敏"' in page
    pasted = {"text": "周敏 13800002046 广州市天河区龙口西路8号", "recognise": "1"}
    page = signed_in.post("/account/addresses/add/", pasted).content.decode()
    assert '<option value="440106" selected>' in page
    assert 'value="13800002046"' in page
    assert 'value="龙口西路8号"' in page


def test_paste_recognition_by_json(client: Client) -> None:
    text = "周敏，13800002046，广州天河龙口西路8号1202"
    assert client.post("/account/addresses/parse/", {"text": text}).json() == {
        "name": "周敏",
        "phone": "13800002046",
        "province": "44",
        "city": "4401",
        "division": "440106",
        "street": "龙口西路8号1202",
        "postcode": "",
        "division_name": "天河区",
        "told": "",
    }
    assert client.get("/account/addresses/parse/").headers["Location"] == "/account/addresses/"
    assert client.post("/account/addresses/parse/", {"text": "号" * 900}).status_code == 200
    assert client.post("/account/addresses/parse/", {"text": "\0" * 900}).status_code == 400


def test_the_pickers_data_in_both_languages(client: Client) -> None:
    assert {"code": "440106", "name": "天河区"} in client.get("/account/divisions/?in=4401").json()["divisions"]
    assert {"code": "440106", "name": "Tianhe District"} in client.get("/en/account/divisions/?in=4401").json()[
        "divisions"
    ]
    assert client.get("/account/divisions/?in=zz").json() == {"divisions": []}


def test_where_to_deliver_is_remembered(client: Client) -> None:
    answer = client.post("/account/deliver-to/", {"division": "440106", "next": "/shop/"})
    assert answer.headers["Location"] == "/shop/"
    assert answer.cookies["hq_to"].value == "440106"
    assert client.post("/account/deliver-to/", {"division": "44"}).status_code == 422


def test_the_book_costs_as_much_for_thirty_as_for_one(
    signed_in: Client, zhou: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    add(zhou)
    with django_assert_max_num_queries(4):
        signed_in.get("/account/addresses/")
    for number in range(29):
        add(zhou, street=str(number))
    with django_assert_max_num_queries(4):
        signed_in.get("/account/addresses/")


def test_queries_of_the_book(zhou: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    add(zhou, street="1")
    add(zhou, street="2", is_default=True)
    with django_assert_num_queries(1):
        assert [row.street for row in queries.addresses(zhou)] == ["2", "1"]
    with django_assert_num_queries(1):
        assert queries.default_address(zhou).division.name_zh == "天河区"


def parsed(client: Client, text: str, **fields: str) -> dict[str, str]:
    answer = client.post("/account/addresses/parse/", {"text": text, **fields})
    assert answer.status_code == 200
    return dict(answer.json())


FIRST = "周敏 13800002046 510620 广州市天河区龙口西路8号"


def test_a_second_paste_clears_what_the_first_had_set(client: Client) -> None:
    first = parsed(client, FIRST)
    assert (first["name"], first["division"], first["postcode"], first["told"]) == ("周敏", "440106", "510620", "")
    second = parsed(client, "新港东路1号", **{**first, "pasted": FIRST})
    assert {name: second[name] for name in ("name", "phone", "division", "postcode", "street")} == {
        "name": "",
        "phone": "",
        "division": "",
        "postcode": "",
        "street": "新港东路1号",
    }
    assert second["told"] == "没有认出：收货人、手机号、区县，请补填。"


def test_a_paste_keeps_what_a_person_typed(client: Client) -> None:
    typed = parsed(client, "广州市天河区龙口西路8号", name="林晓", phone="13900001111")
    assert (typed["name"], typed["phone"], typed["division"], typed["told"]) == ("林晓", "13900001111", "440106", "")
    # Changed by hand since: no longer what the paste had set.
    changed = parsed(client, "新港东路1号", **{**parsed(client, FIRST), "pasted": FIRST, "name": "周敏敏"})
    assert (changed["name"], changed["phone"]) == ("周敏敏", "")


def test_a_paste_says_which_numbers_no_field_takes_and_what_is_not_plain(client: Client) -> None:
    told = parsed(client, "周敏 13800002046-9100 020-87654321 广州市天河区龙口西路8号")
    assert told["phone"] == "13800002046"
    assert "9100" in told["told"]
    assert "没有填入：020-87654321" in told["told"]
    guess = parsed(client, "周敏 13800002046 天河龙口西路8号")
    assert (guess["division"], guess["told"]) == ("440106", "地区可能是天河区，文字里没有写明，请核对。")


def test_pastes_work_alike_without_scripts(signed_in: Client) -> None:
    page = signed_in.post("/account/addresses/add/", {"text": FIRST, "recognise": "1"}).content.decode()
    assert f'name="pasted" data-pasted\n       value="{FIRST}"' in page
    fields = {**parsed(signed_in, FIRST), "text": "林晓 13900001111", "pasted": FIRST, "recognise": "1"}
    page = signed_in.post("/account/addresses/add/", fields).content.decode()
    assert 'value="林晓"' in page
    assert 'value="龙口西路8号"' not in page
    assert '<option value="440106" selected>' not in page
    assert "没有认出：区县、街道门牌，请补填。" in page
