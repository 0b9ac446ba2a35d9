"""上货 as pages: the supplier's form, preview and goods, the reviewers' queue."""

import pytest
from django.test import Client

from catalog.errors import UnknownProposal
from catalog.models import Certificate, ListingDecision, ListingProposal, Specification
from catalog.operations.deciding import decide_proposal
from catalog.queries.proposals import facts_of
from tests.catalog.listing import (
    add_photos,
    camera,
    changed,
    drafted,
    make_county_reviewer,
    make_reviewer,
    pomelo,
    send,
    sent,
)
from tests.factories import (
    AT,
    make_category,
    make_certificate,
    make_division,
    make_listing,
    make_supplier,
    make_user,
    spec_of,
)
from tests.sales.selling import buy

pytestmark = pytest.mark.django_db
GOODS = "/seller/goods/"


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def seller():
    return make_user()


@pytest.fixture
def supplier(seller):
    return make_supplier(member=seller)


@pytest.fixture
def client(seller, supplier):
    return signed_in(seller)


def form(**changes):
    """What a phone sends: one specification of 5 斤."""
    values = {
        "key": "k1", "rows": "1", "name_zh": "蜜柚 红肉", "ship_within_hours": "48",
        "specs-0-text_zh": "5 斤 一级", "specs-0-weight": "5", "specs-0-unit": "jin", "specs-0-price": "32.80",
        "specs-0-stock": "40", "then": "stay",
    }  # fmt: skip
    return {name: value for name, value in (values | changes).items() if value is not None}


def test_from_the_empty_form_to_the_shop(client, supplier):
    category = make_category("柑橘柚类")
    certificate = make_certificate(holder=supplier, yearly_output_grams=900_000)
    page = text(client.get(f"{GOODS}new/"))
    assert certificate.number in page
    assert "900 kg" in page or "900 公斤" in page
    sent_in = form(category_id=category.pk, certificate_id=certificate.pk, then="preview", photos=[camera()])
    answer = client.post(f"{GOODS}new/", sent_in)
    proposal = ListingProposal.objects.get()
    assert answer["Location"] == f"{GOODS}drafts/{proposal.pk}/preview/"
    page = text(client.get(answer["Location"]))
    assert "product-card" in page
    assert "6.56" in page
    assert 'data-testid="missing"' not in page
    url = f"{GOODS}drafts/{proposal.pk}/submit/"
    assert client.post(url, {"version": proposal.version}).status_code == 302
    assert client.post(url, {"version": proposal.version}).status_code == 409
    reviewer = signed_in(make_reviewer())
    assert "蜜柚" in text(reviewer.get("/review/listings/"))
    address = f"/review/listings/{proposal.pk}/"
    page = text(reviewer.get(address))
    for mark in ("median", "output-left", "output-offered", "approve-proposal", "decision-reason"):
        assert f'data-testid="{mark}"' in page
    # Nothing is left to sell under a certificate that is not valid.
    Certificate.objects.update(is_revoked=True, revoked_at=AT, revoked_reason="x")
    page = text(reviewer.get(address))
    assert ("output-left" in page, "output-invalid" in page) == (False, True)
    Certificate.objects.update(is_revoked=False, revoked_at=None, revoked_reason="")
    proposal.refresh_from_db()
    decided = reviewer.post(f"{address}decide/", {"decision": "approve", "version": proposal.version})
    assert decided.status_code == 302
    listing = Specification.objects.get().listing
    assert (listing.state, spec_of(listing).price_fen, spec_of(listing).available) == ("live", 3280, 40)
    assert "蜜柚" in text(reviewer.get("/review/listings/?decided=1"))
    assert listing.slug in text(client.get(f"{GOODS}drafts/{proposal.pk}/preview/"))


def test_a_lost_answer_sent_again_is_the_same_draft(client):
    for _ in range(2):
        assert client.post(f"{GOODS}new/", form(photos=[camera()])).status_code == 302
    proposal = ListingProposal.objects.get()
    assert proposal.photos.count() == 1


@pytest.mark.parametrize("language", ["", "/en"])
def test_what_is_wrong_is_said_beside_its_field_and_all_of_it_stays_typed(client, language):
    bad = form(
        **{"specs-0-price": "32.805", "specs-0-weight": "5x", "season_start": "11", "name_zh": "长" * 61},
        photos=[camera()],
    )
    answer = client.post(f"{language}{GOODS}new/", bad)
    page = text(answer)
    assert answer.status_code == 422
    for kept in ('value="32.805"', 'value="5x"', "长" * 61, 'data-testid="photo"'):
        assert kept in page
    assert page.count("field-error") >= 3
    proposal = ListingProposal.objects.get()
    assert proposal.photos.count() == 1
    answer = client.post(f"{language}{GOODS}drafts/{proposal.pk}/", form(season_start="11", version=proposal.version))
    assert answer.status_code == 422
    assert 'id="id_season_end-error"' in text(answer)


CASES = {
    "specs-0-price": ["0", "-1", "1.005", "abc", "1e9", "NaN"],
    "specs-0-weight": ["0", "-2", "0.0001", "Infinity"],
    "specs-0-stock": ["-1", "1.5", "1000001"],
    "category_id": ["99999", "abc"],
    "certificate_id": ["99999"],
    "season_end": ["13"],
    "rows": ["99"],
}


@pytest.mark.parametrize("field", [name for name in CASES if name != "rows"])
def test_bad_input_is_refused_never_broken(client, supplier, field):
    proposal = drafted(supplier)
    for value in CASES[field]:
        answer = client.post(f"{GOODS}drafts/{proposal.pk}/", form(**{field: value}))
        assert answer.status_code == 422, (field, value)
        assert "field-error" in text(answer), (field, value)
    proposal.refresh_from_db()
    assert facts_of(proposal).name_zh == pomelo(1).name_zh


def test_too_many_photos_and_what_is_none(client, supplier):
    proposal = drafted(supplier, photos=12)
    url = f"{GOODS}drafts/{proposal.pk}/"
    for upload in (camera(), camera(kind="GIF"), camera(size=(200, 900))):
        answer = client.post(url, form(photos=[upload]))
        assert (answer.status_code, 'data-testid="photos-error"' in text(answer)) == (422, True)
    assert proposal.photos.count() == 12
    first = proposal.photos.first().picture_id
    assert client.post(url, form(drop=first)).status_code == 302
    assert proposal.photos.count() == 11


def test_one_more_row_without_a_script_and_rows_left_empty_are_none(client, supplier):
    proposal = drafted(supplier)
    answer = client.post(f"{GOODS}drafts/{proposal.pk}/", form(then="row"))
    page = text(client.get(answer["Location"].partition("#")[0]))
    assert page.partition("<template")[0].count('data-testid="spec-row"') == 2
    client.post(f"{GOODS}drafts/{proposal.pk}/", form(rows="2", **{"specs-1-unit": "jin", "specs-1-stock": ""}))
    proposal.refresh_from_db()
    assert len(facts_of(proposal).specs) == 1


def test_two_phones_with_one_draft(client, supplier):
    proposal = drafted(supplier)
    url = f"{GOODS}drafts/{proposal.pk}/"
    assert client.post(url, form(version=proposal.version)).status_code == 302
    answer = client.post(url, form(version=proposal.version, name_zh="另一部手机"))
    assert (answer.status_code, 'value="另一部手机"' in text(answer)) == (409, True)
    # The version that was read stays named: a second try is refused as well until a side is chosen.
    assert f'name="version" value="{proposal.version}"' in text(answer)


def test_a_change_says_what_it_is_and_old_stands_beside_new(client, supplier):
    listing = make_listing(supplier=supplier, stock=50)
    buy((listing, 2))
    answer = client.post(f"{GOODS}listings/{listing.pk}/change/")
    proposal = ListingProposal.objects.get()
    page = text(client.get(answer["Location"]))
    assert 'value="32.80"' in page
    add_photos(proposal)
    typed = {
        "specs-0-specification_id": spec_of(listing).specification_id, "specs-0-price": "29.90",
        "specs-0-is_offered": "on", "specs-0-stock": None, "specs-0-text_zh": "约 5 斤 · 一级",
    }  # fmt: skip
    posted = form(category_id=listing.category_id, version=proposal.version, name_zh=listing.name_zh, **typed)
    assert client.post(answer["Location"], posted).status_code == 302
    proposal.refresh_from_db()
    assert client.post(f"{answer['Location']}submit/", {"version": proposal.version}).status_code == 302
    assert 'data-state="submitted"' in text(client.get(GOODS))
    reviewer = signed_in(make_reviewer())
    page = text(reviewer.get(f"/review/listings/{proposal.pk}/"))
    assert "¥32.80" in page.partition("change-spec-0")[2]
    assert "¥29.90" in page.partition("change-spec-0")[2]
    assert 'data-testid="change-name_zh"' not in page
    assert "32" in text(Client().get(f"/shop/p/{listing.slug}/"))


def test_a_returned_one_is_a_task_with_its_reason(client, supplier):
    proposal = sent(supplier)
    decide_proposal(
        proposal_id=proposal.pk, version=proposal.version, approve=False, reason="照片里没有称重", at=AT,
        actor=make_reviewer(),
    )  # fmt: skip
    for page in ("/seller/", GOODS, f"{GOODS}drafts/{proposal.pk}/", f"{GOODS}drafts/{proposal.pk}/preview/"):
        assert "照片里没有称重" in text(client.get(page)), page


def test_taking_off_and_putting_back(client, supplier):
    listing = make_listing(supplier=supplier)
    for step, state in (("off", "withdrawn"), ("off", "withdrawn"), ("on", "live")):
        assert client.post(f"{GOODS}listings/{listing.pk}/{step}/").status_code == 302
        listing.refresh_from_db()
        assert listing.state == state


def test_take_back_and_give_up(client, supplier):
    proposal = sent(supplier)
    url = f"{GOODS}drafts/{proposal.pk}/"
    assert client.get(url)["Location"] == f"{url}preview/"
    assert client.post(url, form()).status_code == 409
    assert client.post(f"{url}take-back/").status_code == 302
    assert client.post(f"{url}take-back/").status_code == 409
    assert client.post(f"{url}give-up/").status_code == 302
    assert client.post(f"{url}submit/", {"version": "x"}).status_code == 409


def test_missing_facts_are_listed_and_then_stand_beside_their_fields(client, supplier):
    client.post(f"{GOODS}new/", {"key": "k", "rows": "1", "specs-0-text_zh": "5 斤"})
    proposal = ListingProposal.objects.get()
    url = f"{GOODS}drafts/{proposal.pk}/"
    assert text(client.get(f"{url}preview/")).partition('data-testid="missing"')[2].count("row-label") >= 6
    assert client.post(f"{url}submit/", {"version": proposal.version}).status_code == 422
    page = text(client.get(f"{url}?check=1"))
    for mark in ('id="id_name_zh-error"', 'id="id_specs-0-price-error"', 'data-testid="photos-error"'):
        assert mark in page


PATHS = [
    ("get", GOODS + "drafts/{draft}/"),
    ("post", GOODS + "drafts/{draft}/"),
    ("get", GOODS + "drafts/{draft}/preview/"),
    ("post", GOODS + "drafts/{draft}/submit/"),
    ("post", GOODS + "drafts/{draft}/take-back/"),
    ("post", GOODS + "drafts/{draft}/give-up/"),
    ("post", GOODS + "listings/{listing}/change/"),
    ("post", GOODS + "listings/{listing}/off/"),
    ("post", GOODS + "listings/{listing}/on/"),
]


def test_what_is_anothers_is_not_there(client, supplier):
    other = make_supplier("别家合作社", member=make_user())
    ids = {"draft": drafted(other).pk, "listing": make_listing(supplier=other).pk}
    before = list(ListingProposal.objects.values_list("pk", "state", "version"))
    for method, path in PATHS:
        assert getattr(client, method)(path.format(**ids)).status_code == 404, path
    assert list(ListingProposal.objects.values_list("pk", "state", "version")) == before


def test_the_queue_is_the_reviewers(client, supplier):
    proposal = sent(supplier)
    address = f"/review/listings/{proposal.pk}/"
    strangers = (client, signed_in(make_user()))
    for stranger in strangers:
        for path in ("/review/listings/", address):
            assert stranger.get(path).status_code == 403
        assert stranger.post(f"{address}decide/", {"decision": "approve", "version": 2}).status_code == 403
    assert "/account/login/" in Client().get(address)["Location"]
    reader = signed_in(make_county_reviewer())
    assert reader.get(address).status_code == 200
    assert 'data-testid="listing-queue"' in text(reader.get("/account/"))
    assert reader.get(f"/review/listings/{drafted(make_supplier()).pk}/").status_code == 404


def test_a_county_reviewer_sees_the_goods_of_the_county_only(supplier):
    own, foreign = sent(supplier), sent(make_supplier("雷波锦江合作社", county=make_division("513437", "雷波县")))
    county = signed_in(make_county_reviewer("441403"))
    assert ids_in(county.get("/review/listings/")) == [own.pk]
    assert county.get(f"/review/listings/{foreign.pk}/").status_code == 404
    decision = {"decision": "approve", "version": foreign.version}
    assert county.post(f"/review/listings/{foreign.pk}/decide/", decision).status_code == 404
    with pytest.raises(UnknownProposal):
        decide_proposal(
            proposal_id=foreign.pk, version=foreign.version, approve=True, actor=make_county_reviewer("4414"), at=AT
        )
    decide_proposal(
        proposal_id=foreign.pk, version=foreign.version, approve=True, actor=make_county_reviewer("5134"), at=AT
    )
    assert ids_in(county.get("/review/listings/?decided=1")) == []
    for everywhere in (make_reviewer(), make_county_reviewer("44")):
        page = signed_in(everywhere)
        assert ids_in(page.get("/review/listings/?decided=1")) == [foreign.pk]
        assert page.get(f"/review/listings/{foreign.pk}/").status_code == 200
    without = signed_in(make_county_reviewer(""))
    assert ids_in(without.get("/review/listings/")) == []
    assert "还没有为您设置县" in text(without.get("/review/listings/"))
    assert without.get(f"/review/listings/{own.pk}/").status_code == 404


def ids_in(answer):
    """Return the proposals that a queue lists."""
    return [row["pk"] for row in answer.context["rows"]]


def test_a_decision_is_refused_with_words_and_what_was_typed_stays(supplier):
    proposal = sent(supplier)
    reviewer, own = signed_in(make_reviewer()), make_reviewer()
    supplier.organisation.memberships.create(user=own, role="member")
    url = f"/review/listings/{proposal.pk}/decide/"
    version = proposal.version
    assert reviewer.post(url, {"decision": "return", "version": version}).status_code == 422
    answer = reviewer.post(url, {"decision": "return", "version": version, "reason": "长" * 301})
    assert (answer.status_code, "长" * 301 in text(answer)) == (422, True)
    assert reviewer.post(url, {"decision": "burn", "version": version}).status_code == 422
    assert reviewer.post(url, {"decision": "approve", "version": "x"}).status_code == 409
    assert signed_in(own).post(url, {"decision": "approve", "version": version}).status_code == 403
    assert reviewer.post("/review/listings/0/decide/", {"decision": "approve"}).status_code == 404
    assert not ListingDecision.objects.exists()
    assert reviewer.post(url, {"decision": "return", "version": version, "reason": "暗"}).status_code == 302
    assert reviewer.post(url, {"decision": "approve", "version": version}).status_code == 409


@pytest.mark.parametrize("count", [1, 30])
def test_lists_cost_the_same_for_thirty(client, supplier, count, django_assert_max_num_queries):
    first, change = sent(supplier), send(changed(make_listing(supplier=supplier)))
    goods = [make_listing(supplier=supplier) for _ in range(count - 1)]
    ListingProposal.objects.bulk_create(
        ListingProposal(
            supplier=supplier, listing=listing, kind=kind, state="submitted", facts=facts, key=f"{kind}{n}",
            submitted_at=AT, created_at=AT, changed_at=AT,
        )
        for kind, facts, listings in (("new", first.facts, [None] * len(goods)), ("change", change.facts, goods))
        for n, listing in enumerate(listings)
    )  # fmt: skip
    reviewer = signed_in(make_reviewer())
    with django_assert_max_num_queries(16):
        assert client.get(GOODS).status_code == 200
    with django_assert_max_num_queries(11):
        assert reviewer.get("/review/listings/").status_code == 200
    decide_proposal(proposal_id=first.pk, version=first.version, approve=True, actor=make_reviewer(), at=AT)
    with django_assert_max_num_queries(26):
        assert reviewer.get(f"/review/listings/{change.pk}/").status_code == 200
    with django_assert_max_num_queries(20):
        assert client.get(f"{GOODS}drafts/{first.pk}/preview/").status_code == 200
