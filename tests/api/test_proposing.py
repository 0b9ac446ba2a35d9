"""上货 by program: a supplier proposes, a reviewer decides on what was read, a consumer buys."""

import base64

import pytest

from catalog.models import ListingDecision, ListingProposal, Supplier
from shop.accounts.models import User
from shop.core import outbox
from tests.catalog.listing import camera, changed, drafted, make_county_reviewer, make_reviewer, pomelo, send, sent
from tests.factories import (
    AT,
    make_category,
    make_certificate,
    make_division,
    make_listing,
    make_supplier,
    make_user,
    make_village,
    spec_of,
)

from .conftest import Program, program_of

pytestmark = pytest.mark.django_db
GOODS = "/seller/proposals"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


@pytest.fixture
def member() -> User:
    return make_user()


@pytest.fixture
def supplier(member: User) -> Supplier:
    return make_supplier(member=member, village=make_village("松源村"))


@pytest.fixture
def farm(member: User, supplier: Supplier) -> Program:
    return program_of(member)


def picture(**fields: object) -> str:
    return base64.b64encode(camera(**fields).read()).decode()  # type: ignore[arg-type]  # size, colour, kind


def decide(proposal: ListingProposal, desk: Program) -> None:
    body = {"version": proposal.version, "approve": True}
    answer = desk.post(f"/review/listings/{proposal.pk}/decision", body, key=f"decide{proposal.pk}")
    assert answer.status_code == 200, answer.data


def fields_of(answer: object) -> dict[str, str]:
    assert answer.status_code == 422, answer.data  # type: ignore[attr-defined]  # a test client's answer
    return {each["field"]: each["message"] for each in answer.data["errors"]}  # type: ignore[attr-defined]


def test_from_an_empty_draft_to_a_parcel_bought(farm: Program, supplier: Supplier, anonymous: Program) -> None:
    category = make_category("柑橘柚类")
    certificate = make_certificate(holder=supplier, yearly_output_grams=900_000)
    choices = farm.get(f"{GOODS}/choices").data
    assert choices["certificates"][0]["number"] == certificate.number
    assert choices["categories"][0]["id"] == category.pk
    assert farm.post(GOODS).data["code"] == "idempotency_key_missing"
    draft = farm.post(GOODS, key="p1").data
    assert farm.post(GOODS, key="p1").headers["Idempotent-Replayed"] == "true"
    assert (draft["state"], draft["facts"]["village_id"]) == ("draft", choices["village"]["id"])
    assert {each["field"] for each in draft["missing"]} == {
        "photos",
        "facts.category_id",
        "facts.name_zh",
        "facts.specs",
    }

    path = f"{GOODS}/{draft['id']}"
    spec = {"text_zh": "5 斤 一级", "price": "32.80", "net_grams": 2500, "stock": 40}
    facts = {
        "category_id": category.pk, "name_zh": "蜜柚 红肉", "name_en": "Red pomelo", "certificate_id": certificate.pk,
        "specs": [spec, {**spec, "text_zh": "10 斤 一级", "net_grams": 5000, "price": ""}],
    }  # fmt: skip
    body = {"version": draft["version"], "facts": facts, "photos": [picture()]}
    assert "facts.specs.1.price" in fields_of(farm.send("PUT", path, body))
    facts["specs"] = [spec]
    saved = farm.send("PUT", path, body).data
    assert (saved["missing"], len(saved["photos"]), saved["from_price"]) == ([], 1, "32.80")
    # What was answered can be sent again.
    again = {"version": saved["version"], "facts": saved["facts"], "photos": [picture(), picture(colour="#224466")]}
    saved = farm.send("PUT", path, again).data
    assert len(saved["photos"]) == 2
    last = saved["photos"][1]["id"]
    saved = farm.send("PUT", path, {"version": saved["version"], "first_photo": last}).data
    assert (saved["photos"][0]["id"], saved["facts"]["name_zh"]) == (last, "蜜柚 红肉")
    assert farm.post(f"{path}/submit", {"version": 1}).data["code"] == "changed_since"
    waits = farm.post(f"{path}/submit", {"version": saved["version"]}).data
    assert waits["state"] == "submitted"
    assert farm.send("PUT", path, {**again, "version": waits["version"]}).data["code"] == "wrong_step"

    desk = program_of(make_reviewer())
    (row,) = desk.get("/review/listings").data["items"]
    assert (row["id"], row["supplier"]["slug"], row["from_price"]) == (draft["id"], supplier.slug, "32.80")
    read = desk.get(f"/review/listings/{row['id']}").data
    assert read["evidence"]["prices"][0]["price_per_jin"] == "6.56"
    output = read["evidence"]["output"]
    assert (output["left_grams"], output["offered_grams"], output["is_short"]) == (900_000, 100_000, False)
    assert {each["field"] for each in read["in_words"]} >= {"name_zh", "category_id", "certificate_id"}
    verdict = f"/review/listings/{row['id']}/decision"
    assert farm.post(verdict, {"version": read["version"], "approve": True}, key="v").data["code"] == "scope_missing"
    decided = desk.post(verdict, {"version": read["version"], "approve": True}, key="v1").data
    assert (decided["state"], decided["decisions"][0]["approved"]) == ("approved", True)
    assert desk.post(verdict, {"version": read["version"], "approve": True}, key="v2").data["code"] in {
        "wrong_step", "changed_since",
    }  # fmt: skip
    assert ListingDecision.objects.count() == 1
    outbox.drain(at=AT)

    (row,) = desk.get("/review/listings?state=decided").data["items"]
    assert (row["decision"]["version"], row["name"]) == (read["version"], "Red pomelo")
    assert farm.get(GOODS).data["items"] == []
    (mine,) = farm.get(f"{GOODS}?state=approved").data["items"]
    goods = farm.get("/seller/goods").data["items"]
    assert [(each["listing_id"], each["on_shelf"]) for each in goods] == [(mine["listing_id"], 40)]
    (found,) = anonymous.get("/products").data["items"]
    assert (found["id"], found["price"], found["available"]) == (mine["listing_id"], "32.80", 40)
    make_division()
    address = {"name": "周敏", "phone": "13800002046", "division": "440106", "street": "龙口西路 8 号"}
    order = {"buy": {"specification_id": found["specification_id"], "quantity": 2}, "address": address}
    bought = program_of(make_user(name="周敏")).post("/purchases", order, key="b1")
    assert (bought.status_code, bought.data["goods"]) == (201, "65.60")


def test_returned_with_a_reason_and_sent_again(farm: Program, supplier: Supplier) -> None:
    proposal = sent(supplier)
    desk = program_of(make_reviewer())
    path, verdict = f"{GOODS}/{proposal.pk}", f"/review/listings/{proposal.pk}/decision"
    body = {"version": proposal.version, "approve": False}
    assert list(fields_of(desk.post(verdict, body, key="r0"))) == ["reason"]
    assert desk.post(verdict, body | {"reason": "净重写错了"}, key="r1").data["state"] == "returned"
    (row,) = farm.get(f"{GOODS}?state=returned").data["items"]
    assert row["reason"] == "净重写错了"
    assert [each["approved"] for each in farm.get(path).data["decisions"]] == [False]
    again = farm.post(f"{path}/submit", {"version": row["version"]}).data
    assert (again["state"], again["reason"]) == ("submitted", "")
    back = farm.post(f"{path}/take-back").data
    assert (back["state"], back["version"] > again["version"]) == ("draft", True)
    late = desk.post(verdict, {"version": again["version"], "approve": True}, key="r2")
    assert (late.status_code, late.data["code"]) == (409, "changed_since")
    assert farm.post(f"{path}/give-up").data["state"] == "given_up"
    assert farm.post(f"{path}/give-up").data["code"] == "wrong_step"


def test_a_change_waits_while_the_product_sells_and_goes_off_and_on(farm: Program, supplier: Supplier) -> None:
    listing = make_listing(supplier=supplier, price_fen=3280, category=make_category("柑橘柚类"))
    opened = farm.post(f"/seller/listings/{listing.pk}/proposal").data
    assert farm.post(f"/seller/listings/{listing.pk}/proposal").data["id"] == opened["id"]
    (spec,) = opened["facts"]["specs"]
    assert (opened["kind"], spec["price"], spec["stock"]) == ("change", "32.80", None)
    facts = opened["facts"] | {"specs": [spec | {"stock": 5}]}
    path = f"{GOODS}/{opened['id']}"
    refused = fields_of(farm.send("PUT", path, {"version": opened["version"], "facts": facts}))
    assert list(refused) == ["facts.specs.0.stock"]
    facts = opened["facts"] | {"specs": [spec | {"price": "29.80"}]}
    body = {"version": opened["version"], "facts": facts, "photos": [picture()]}
    saved = farm.send("PUT", path, body).data
    assert farm.post(f"{path}/submit", {"version": saved["version"]}).data["missing"] == []
    desk = program_of(make_reviewer())
    read = desk.get(f"/review/listings/{opened['id']}").data
    assert (read["photos_changed"], [each["field"] for each in read["changes"]]) == (True, ["spec-0"])
    assert "32.80" in read["changes"][0]["before"]
    assert spec_of(listing).price_fen == 3280
    assert farm.post(f"/seller/listings/{listing.pk}/off-sale").status_code == 204
    assert farm.post(f"/seller/listings/{listing.pk}/off-sale").data["code"] == "wrong_step"
    assert farm.post(f"/seller/listings/{listing.pk}/on-sale").status_code == 204
    approved = desk.post(
        f"/review/listings/{opened['id']}/decision", {"version": read["version"], "approve": True}, key="v1"
    )
    assert (approved.data["state"], approved.data["changes"], spec_of(listing).price_fen) == ("approved", [], 2980)


def test_another_suppliers_things_are_not_there(farm: Program, supplier: Supplier) -> None:
    other = make_supplier()
    draft, listing = drafted(other), make_listing(supplier=other)
    before = ListingProposal.objects.values().get()
    asked = [
        ("GET", f"{GOODS}/{draft.pk}", None),
        ("PUT", f"{GOODS}/{draft.pk}", {"version": draft.version, "facts": {"name_zh": "我的"}, "photos": ["?"]}),
        ("POST", f"{GOODS}/{draft.pk}/submit", {"version": draft.version}),
        ("POST", f"{GOODS}/{draft.pk}/take-back", None),
        ("POST", f"{GOODS}/{draft.pk}/give-up", None),
        ("POST", f"/seller/listings/{listing.pk}/proposal", None),
        ("POST", f"/seller/listings/{listing.pk}/off-sale", None),
        ("POST", f"/seller/listings/{listing.pk}/on-sale", None),
        ("GET", f"{GOODS}?supplier={other.slug}", None),
    ]
    assert [farm.send(*each).status_code for each in asked] == [404] * len(asked)
    assert farm.get(GOODS).data["items"] == []
    assert ListingProposal.objects.values().get() == before
    assert program_of(make_user()).get(GOODS).data["code"] == "scope_missing"
    desk = program_of(make_reviewer())
    # Nobody but its supplier reads a draft; nobody decides on the goods of one's own supplier.
    assert desk.get(f"/review/listings/{draft.pk}").status_code == 404
    reviewer = make_reviewer()
    waits = sent(make_supplier(member=reviewer))
    own = program_of(reviewer).post(
        f"/review/listings/{waits.pk}/decision", {"version": waits.version, "approve": True}, key="o1"
    )
    assert (own.status_code, own.data["code"]) == (403, "own_goods")


def test_bad_input_is_refused_beside_its_field(farm: Program, supplier: Supplier) -> None:
    parent = make_category("柑橘柚类")
    theirs = make_certificate(holder=make_supplier())
    draft = drafted(supplier)
    path, version = f"{GOODS}/{draft.pk}", draft.version

    def put(**facts: object) -> dict[str, str]:
        return fields_of(farm.send("PUT", path, {"version": version, "facts": facts}))

    spec = {"text_zh": "5 斤", "net_grams": 0, "price": "0.00", "stock": -1}
    wrong = put(
        category_id=987654, name_zh="柚" * 61, season_start=13, shelf_life_days=0, certificate_id=theirs.pk, village_id=9,
        specs=[spec, spec],
    )  # fmt: skip
    assert set(wrong) == {
        "facts.category_id", "facts.name_zh", "facts.season_start", "facts.season_end", "facts.shelf_life_days",
        "facts.certificate_id", "facts.village_id", "facts.specs.0.net_grams", "facts.specs.0.price",
        "facts.specs.0.stock", "facts.specs.1.net_grams", "facts.specs.1.price", "facts.specs.1.stock",
        "facts.specs.1.text_zh",
    }  # fmt: skip
    assert list(put(specs=[{"text_zh": "5 斤", "price": 32.8}])) == ["facts.specs.0.price"]
    assert list(put(specs=[{"text_zh": f"{n} 斤"} for n in range(13)])) == ["facts.specs"]
    assert list(put(specs=[{"specification_id": 5}])) == ["facts.specs"]
    assert list(put(category_id=parent.pk, colour="red")) == ["facts.colour"]
    assert list(put(sale_unit="barrel")) == ["facts.sale_unit"]
    for sent_in in ("?", base64.b64encode(b"no picture").decode(), picture(size=(479, 900))):
        assert list(fields_of(farm.send("PUT", path, {"version": version, "photos": [sent_in]}))) == ["photos"]
    kept = farm.send("PUT", path, {"version": version, "facts": {"name_zh": "柚" * 61}, "photos": [picture()]})
    assert (list(fields_of(kept)), kept.data["details"]) == (
        ["facts.name_zh"],
        {"version": version + 1, "photos_kept": True},
    )
    version = kept.data["details"]["version"]
    assert farm.send("PUT", path, {"version": 99, "facts": {}}).data["code"] == "changed_since"
    empty = farm.send("PUT", path, {"version": version, "facts": {}}).data
    lacking = fields_of(farm.post(f"{path}/submit", {"version": empty["version"]}))
    assert set(lacking) == {"facts.category_id", "facts.name_zh", "facts.specs"}
    farm.language = "zh-CN"
    assert fields_of(farm.post(f"{path}/submit", {"version": empty["version"]}))["facts.name_zh"] == "请填商品名"


def test_an_approval_meets_the_rules_of_today(supplier: Supplier) -> None:
    certificate = make_certificate(holder=supplier)
    proposal = changed(
        make_listing(supplier=supplier, category=make_category("柑橘柚类")), certificate_id=certificate.pk
    )
    send(proposal)
    certificate.is_revoked = True
    certificate.save()
    body = {"version": proposal.version, "approve": True}
    answer = program_of(make_reviewer()).post(f"/review/listings/{proposal.pk}/decision", body, key="d1")
    assert list(fields_of(answer)) == ["facts.certificate_id"]


def test_lists_cost_the_same_however_long(
    farm: Program, supplier: Supplier, django_assert_max_num_queries: object
) -> None:
    category = make_category("柑橘柚类")
    desk = program_of(make_reviewer())

    def queries(program: Program, path: str) -> tuple[int, int]:
        with django_assert_max_num_queries(20) as counted:  # type: ignore[operator]  # pytest-django's
            found = program.get(path).data["items"]
        return len(found), len(counted)

    sent(supplier, pomelo(category.pk), key="0")
    # A token's first use of the day is noted.
    assert (farm.get(GOODS).status_code, desk.get("/review/listings").status_code) == (200, 200)
    decided = "/review/listings?state=decided"
    decide(sent(supplier, pomelo(category.pk), key="d0"), desk)
    few = [queries(farm, GOODS), queries(desk, "/review/listings"), queries(desk, decided)]
    for number in range(1, 5):
        sent(supplier, pomelo(category.pk), key=str(number))
        decide(sent(supplier, pomelo(category.pk), key=f"d{number}"), desk)
    many = [queries(farm, GOODS), queries(desk, "/review/listings"), queries(desk, decided)]
    assert [rows for rows, _cost in many] == [5, 5, 5]
    assert [cost for _rows, cost in many] == [cost for _rows, cost in few]


def test_a_county_reviewers_program_sees_its_county_only() -> None:
    own = sent(make_supplier())
    foreign = sent(make_supplier("雷波锦江合作社", county=make_division("513437", "雷波县")))
    desk = program_of(make_county_reviewer("441403"))
    assert [row["id"] for row in desk.get("/review/listings").data["items"]] == [own.pk]
    assert desk.get(f"/review/listings/{foreign.pk}").status_code == 404
    body = {"version": foreign.version, "approve": True}
    assert desk.post(f"/review/listings/{foreign.pk}/decision", body, key="far").status_code == 404
