"""上货: drafts, proposals, decisions, and what an approval does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.asked import Asked
from catalog.errors import ChangedSince, OwnGoods, Unfit, UnknownListing, UnknownProposal, WrongStep
from catalog.models import (
    CertifiedListing,
    Listing,
    ListingCard,
    ListingDecision,
    ListingProposal,
    Specification,
    Stock,
)
from catalog.operations.deciding import decide_proposal
from catalog.operations.listings import put_back_on_sale, take_off_sale, withdraw_listing
from catalog.operations.proposing import give_up, open_change, open_new, save_proposal, submit_proposal, take_back
from catalog.queries.lists import Scope, card_page
from catalog.queries.proposals import facts_of, facts_of_listing
from catalog.rules.proposed import ProposedSpec
from catalog.states import ProposalState
from shop.accounts.models import Message
from shop.core import outbox
from shop.core.errors import InvalidInput, NotAllowed
from shop.core.models import AuditEntry
from tests.catalog.listing import add_photos, camera, changed, drafted, make_reviewer, pomelo, send, sent
from tests.factories import (
    AT,
    add_picture,
    make_category,
    make_certificate,
    make_listing,
    make_picture,
    make_supplier,
    make_user,
    make_village,
    spec_of,
)
from tests.sales.selling import buy

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer():
    return make_reviewer()


def decide(proposal, reviewer, *, approve=True, reason="", version=None):
    return decide_proposal(
        proposal_id=proposal.pk, version=version or proposal.version, approve=approve, reason=reason, actor=reviewer,
        at=AT,
    )  # fmt: skip


def approved(proposal, reviewer) -> Listing:
    decide(proposal, reviewer)
    proposal.refresh_from_db()
    outbox.drain(at=AT + timedelta(minutes=1))
    return proposal.listing


def save(proposal, facts=None, **more):
    by = {"supplier_id": proposal.supplier_id, "actor": None, "at": AT}
    return save_proposal(proposal_id=proposal.pk, facts=facts, **{**by, **more})


def test_an_approved_product_is_in_the_shop_with_everything_below_it(reviewer):
    member = make_user()
    supplier = make_supplier(member=member, village=make_village())
    certificate = make_certificate(yearly_output_grams=500_000, holder=supplier)
    facts = pomelo(certificate_id=certificate.pk, village_id=supplier.village_id)
    proposal = sent(supplier, facts, photos=2)
    assert not Listing.objects.exists()
    listing = approved(proposal, reviewer)

    assert (listing.state, listing.published_at, listing.supplier) == ("live", AT, supplier)
    assert (listing.village_id, listing.county_id) == (supplier.village_id, supplier.county_id)
    assert (listing.sale_unit, listing.storage_class, listing.is_fresh) == ("jin", "ambient", True)
    assert (listing.season_start, listing.season_end, listing.slug.rpartition("-")[2]) == (10, 1, str(proposal.pk))
    first, _second = Specification.objects.filter(listing=listing)
    assert (listing.product.structure, first.product.structure) == ("parent", "child")
    assert (first.price_fen, first.stockrecord.price, first.gross_grams) == (3280, first.stockrecord.price, 2775)
    assert first.labels == [{"zh": "5 斤 一级", "en": ""}]
    assert list(Stock.objects.order_by("pk").values_list("on_hand", "reserved")) == [(40, 0), (20, 0)]
    assert (spec_of(listing).certificate_id, spec_of(listing).certified_grams_left) == (certificate.pk, 500_000)
    assert listing.pictures.count() == 2
    card = ListingCard.objects.get(listing=listing)
    assert (card.price_fen, card.certified, card.category_id) == (3280, True, facts.category_id)
    assert len(card_page(Scope(), Asked(query="蜜柚")).cards) == 1
    message = Message.objects.get(user=member, kind="listing_approved")
    assert message.url == f"/shop/p/{listing.slug}/"
    buy((listing, 3))
    assert Stock.objects.get(stockrecord=first.stockrecord).reserved == 3


def test_one_specification_is_a_standalone_product(reviewer):
    one = (ProposedSpec(text_zh="5 斤", price_fen=3280, net_grams=2500, stock=5),)
    listing = approved(sent(facts=pomelo(specs=one)), reviewer)
    assert (listing.product.structure, listing.axes, spec_of(listing).product_id) == (
        "standalone", [], listing.product_id,
    )  # fmt: skip


def test_a_live_listing_sells_on_at_its_price_while_a_change_waits_and_reservations_stay(reviewer):
    listing = make_listing(stock=50, price_fen=3280)
    add_picture(listing)
    buy((listing, 7))
    proposal = send(changed(listing, price_fen=2990, name_zh="梅县金柚 新名"))
    buy((listing, 2), key="k2")
    listing.refresh_from_db()
    assert (listing.name_zh, spec_of(listing).price_fen) == ("梅县金柚 2 个装", 3280)
    approved(proposal, reviewer)
    listing.refresh_from_db()
    spec = Specification.objects.get(listing=listing)
    assert (listing.name_zh, spec.price_fen, str(spec.stockrecord.price)) == ("梅县金柚 新名", 2990, "29.90")
    assert Stock.objects.values_list("on_hand", "reserved").get() == (50, 9)
    assert (listing.product.title, listing.state) == ("梅县金柚 新名", "live")
    assert AuditEntry.objects.filter(action="price_changed").count() == 1


def test_a_second_specification_joins_and_the_first_keeps_stock_orders_and_basket(reviewer):
    listing = make_listing(stock=50)
    buy((listing, 4))
    product_id, spec_id = listing.product_id, spec_of(listing).specification_id
    new = ProposedSpec(text_zh="10 斤", price_fen=6000, net_grams=5000, stock=8)
    approved(send(changed(listing, added=(new,))), reviewer)
    listing = Listing.objects.get(pk=listing.pk)
    first, second = Specification.objects.filter(listing=listing)
    assert (listing.product_id, listing.product.structure) == (product_id, "parent")
    assert (first.pk, first.product.structure, first.stockrecord.product_id) == (spec_id, "child", first.product_id)
    assert [len(first.labels), len(second.labels), len(listing.axes)] == [1, 1, 1]
    assert Stock.objects.get(stockrecord=first.stockrecord).reserved == 4
    assert Stock.objects.get(stockrecord=second.stockrecord).on_hand == 8
    buy((listing, 1), key="k2")


def test_a_specification_is_withdrawn_from_offer_never_deleted(reviewer):
    specs = ({"stock": 5, "text_zh": "甲"}, {"stock": 6, "text_zh": "乙"})
    listing = make_listing(specs=specs)
    facts = facts_of_listing(listing)
    proposal = changed(listing)
    save(proposal, replace(facts, specs=(replace(facts.specs[0], is_offered=False),)))
    kept = facts_of(ListingProposal.objects.get(pk=proposal.pk)).specs
    assert [(spec.text_zh, spec.is_offered) for spec in kept] == [("甲", False), ("乙", True)]
    approved(send(proposal), reviewer)
    assert list(Specification.objects.values_list("text_zh", "is_offered")) == [("甲", False), ("乙", True)]


def test_a_certificate_is_changed_and_what_was_drawn_stays(reviewer):
    listing = make_listing(stock=50)
    old = make_certificate(listing, yearly_output_grams=100_000)
    new = make_certificate(holder=listing.supplier, yearly_output_grams=None)
    approved(send(changed(listing, certificate_id=new.pk)), reviewer)
    assert list(CertifiedListing.objects.values_list("certificate_id", "draws")) == [(new.pk, False)]
    approved(send(changed(listing, certificate_id=old.pk)), reviewer)
    assert list(CertifiedListing.objects.values_list("certificate_id", "draws")) == [(old.pk, True)]
    approved(send(changed(listing, certificate_id=None)), reviewer)
    assert not CertifiedListing.objects.exists()


def test_returned_with_a_reason_then_sent_again(reviewer):
    member = make_user()
    proposal = sent(make_supplier(member=member))
    with pytest.raises(InvalidInput) as refusal:
        decide(proposal, reviewer, approve=False, reason="  ")
    assert refusal.value.field == "reason"
    decide(proposal, reviewer, approve=False, reason="照片太暗，请重拍")
    outbox.drain(at=AT)
    proposal.refresh_from_db()
    assert proposal.state == "returned"
    message = Message.objects.get(user=member)
    assert (message.kind, message.params["reason"]) == ("listing_returned", "照片太暗，请重拍")
    with pytest.raises(WrongStep):
        decide(proposal, reviewer)
    save(proposal, pomelo(facts_of(proposal).category_id, name_zh="改好了"))
    assert approved(send(proposal), reviewer).name_zh == "改好了"
    decisions = ListingDecision.objects.order_by("pk").values_list("approved", "version", "facts__name_zh")
    assert list(decisions) == [(False, 2, "蜜柚 红肉"), (True, 3, "改好了")]


def test_what_waits_is_taken_back_before_it_changes_and_a_decision_names_what_was_read(reviewer):
    proposal = sent()
    read = proposal.version
    with pytest.raises(WrongStep):
        save(proposal, pomelo())
    with pytest.raises(WrongStep):
        save(proposal, uploads=[camera()])
    with pytest.raises(WrongStep):
        submit_proposal(supplier_id=proposal.supplier_id, proposal_id=proposal.pk, version=read, actor=None, at=AT)
    take_back(supplier_id=proposal.supplier_id, proposal_id=proposal.pk, actor=None, at=AT)
    with pytest.raises(ChangedSince):
        decide(proposal, reviewer, version=read)
    send(proposal)
    with pytest.raises(ChangedSince):
        decide(proposal, reviewer, version=read)
    assert not ListingDecision.objects.exists()
    decide(proposal, reviewer)
    with pytest.raises(WrongStep):
        decide(proposal, reviewer)


def test_nobody_but_reviewers_decides_and_none_on_goods_of_ones_own(reviewer):
    proposal = sent(make_supplier(member=reviewer))
    with pytest.raises(OwnGoods) as own:
        decide(proposal, reviewer)
    with pytest.raises(NotAllowed) as stranger:
        decide(proposal, make_user())
    assert (own.value.status, stranger.value.status) == (403, 403)
    with pytest.raises(UnknownProposal):
        decide_proposal(proposal_id=0, version=1, approve=True, actor=reviewer, at=AT)


def test_a_decision_can_be_neither_changed_nor_taken_away(reviewer):
    decision = decide(sent(), reviewer)
    for change in (
        lambda: ListingDecision.objects.filter(pk=decision.pk).update(reason="anders"),
        lambda: ListingDecision.objects.filter(pk=decision.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_second_click_opens_no_second_draft():
    supplier = make_supplier()
    by = {"supplier_id": supplier.pk, "actor": None, "at": AT}
    assert open_new(key="one", **by).pk == open_new(key="one", **by).pk != open_new(key="two", **by).pk
    listing = make_listing(supplier=supplier)
    change = open_change(listing_id=listing.pk, **by)
    assert open_change(listing_id=listing.pk, **by).pk == change.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        ListingProposal.objects.create(
            supplier=supplier, listing=listing, kind="change", key="x", created_at=AT, changed_at=AT
        )
    give_up(proposal_id=change.pk, **by)
    assert open_change(listing_id=listing.pk, **by).pk != change.pk


def test_anothers_drafts_and_listings_are_not_there(reviewer):
    proposal, other = drafted(), make_supplier("别家")
    listing = make_listing()
    by = {"supplier_id": other.pk, "actor": None, "at": AT}
    for do in (
        lambda: save_proposal(proposal_id=proposal.pk, facts=pomelo(), **by),
        lambda: submit_proposal(proposal_id=proposal.pk, version=proposal.version, **by),
        lambda: take_back(proposal_id=proposal.pk, **by),
        lambda: give_up(proposal_id=proposal.pk, **by),
    ):
        with pytest.raises(UnknownProposal):
            do()
    for do in (open_change, take_off_sale, put_back_on_sale):
        with pytest.raises(UnknownListing):
            do(listing_id=listing.pk, **by)


def test_only_own_valid_certificates_own_village_and_leaves():
    proposal = drafted()
    foreign = make_certificate()
    expired = make_certificate(
        holder=proposal.supplier, valid_from=AT.date() - timedelta(days=9), valid_until=AT.date() - timedelta(days=1)
    )
    top = make_category("粮油")
    leaf = make_category("大米", parent=top)
    for field, facts in {
        "certificate_id": pomelo(certificate_id=foreign.pk),
        "certificate_id ": pomelo(certificate_id=expired.pk),
        "village_id": pomelo(village_id=make_village().pk),
        "category_id": pomelo(top.pk),
        "specs": pomelo(
            specs=(ProposedSpec(text_zh="偷来的", specification_id=spec_of(make_listing()).specification_id),)
        ),
    }.items():
        with pytest.raises(Unfit) as refusal:
            save(proposal, facts)
        assert field.strip() in refusal.value.details["problems"]
    assert save(proposal, pomelo(leaf.pk)).version == proposal.version + 1


def test_a_certificate_that_ended_while_it_waited_can_not_be_approved(reviewer):
    supplier = make_supplier()
    certificate = make_certificate(holder=supplier, valid_until=AT.date())
    proposal = sent(supplier, pomelo(certificate_id=certificate.pk))
    with pytest.raises(Unfit):
        decide_proposal(
            proposal_id=proposal.pk, version=proposal.version, approve=True, actor=reviewer, at=AT + timedelta(days=1)
        )
    assert not ListingDecision.objects.exists()


def test_a_draft_may_lack_anything_a_proposal_nothing():
    supplier = make_supplier()
    proposal = open_new(supplier_id=supplier.pk, key="k", actor=None, at=AT)
    save(proposal, replace(pomelo(), name_zh="", category_id=None, specs=(ProposedSpec(text_zh="5 斤"),)))
    proposal.refresh_from_db()
    with pytest.raises(Unfit) as refusal:
        send(proposal)
    assert set(refusal.value.details["problems"]) == {
        "photos", "name_zh", "category_id", "specs-0-price_fen", "specs-0-net_grams", "specs-0-stock",
    }  # fmt: skip


def test_off_and_on_sale_at_once_but_not_what_a_reviewer_withdrew():
    listing = make_listing()
    by = {"supplier_id": listing.supplier_id, "listing_id": listing.pk, "actor": None, "at": AT}
    take_off_sale(**by)
    with pytest.raises(WrongStep):
        take_off_sale(**by)
    put_back_on_sale(**by)
    listing.refresh_from_db()
    assert (listing.state, listing.published_at) == ("live", AT)
    withdraw_listing(listing=listing, actor=None, at=AT + timedelta(hours=1), reason="抽检不合格")
    with pytest.raises(WrongStep):
        put_back_on_sale(**by)


def test_the_same_photo_of_another_supplier_and_the_middle_price_are_found(reviewer):
    from catalog.operations.cards import rebuild_cards  # reason: beside its use
    from catalog.queries.proposal_review import evidence_of, proposal_to_review  # reason: beside its use

    category = make_category("柑橘")
    for fen in (2000, 3000, 4000):
        live = make_listing(category=category, price_fen=fen)
    add_picture(live, sha256="a" * 64)
    rebuild_cards(at=AT)
    dear = ProposedSpec(text_zh="5 斤", price_fen=6000, net_grams=2500, stock=400)
    supplier = make_supplier("又一家")
    certificate = make_certificate(holder=supplier, yearly_output_grams=900_000)
    proposal = drafted(supplier, pomelo(category.pk, certificate_id=certificate.pk, specs=(dear,)), photos=0)
    add_photos(proposal, sha256="a" * 64)
    found = proposal_to_review(None, send(proposal).pk)
    evidence = evidence_of(found, facts_of(found), AT.date())
    assert [(reuse.supplier, reuse.slug) for reuse in evidence.reused] == [(live.supplier.name_zh, live.slug)]
    assert (evidence.median_fen, evidence.compared) == (600, 3)
    assert [(price.jin_fen, price.verdict, price.percent) for price in evidence.prices] == [(1200, "high", 100)]
    assert (evidence.output.left_grams, evidence.output.offered_grams, evidence.output.is_short) == (
        900_000, 1_000_000, True,
    )  # fmt: skip
    assert evidence.stands_out


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(st.integers(0, 9), min_size=1, max_size=3),
    prices=st.lists(st.integers(1, 99_999), min_size=3, max_size=3),
    added=st.integers(0, 2),
    offered=st.integers(0, 2),
)
def test_approving_a_change_leaves_every_reservation_as_it_was(reviewer, held, prices, added, offered):
    with transaction.atomic():
        specs = tuple({"stock": 20, "text_zh": f"第{n}"} for n in range(len(held)))
        listing = make_listing(specs=specs)
        rows = list(Stock.objects.filter(stockrecord__specification__listing=listing).order_by("pk"))
        for row, count in zip(rows, held, strict=True):
            Stock.objects.filter(pk=row.pk).update(reserved=count)
        before = dict(Stock.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "reserved"))
        facts = facts_of_listing(listing)
        new = tuple(
            ProposedSpec(text_zh=f"新{n}", price_fen=100 + n, net_grams=500, stock=3) for n in range(added or 1)
        )
        changed_specs = tuple(
            replace(spec, price_fen=prices[n], is_offered=n != offered) for n, spec in enumerate(facts.specs)
        )
        proposal = changed(listing)
        save(proposal, replace(facts, specs=(*changed_specs, *new)))
        decide(send(proposal), reviewer)
        after = dict(Stock.objects.filter(pk__in=before).values_list("pk", "reserved"))
        assert after == before
        assert Stock.objects.filter(stockrecord__specification__listing=listing).count() == len(held) + len(new)
        transaction.set_rollback(True)


def test_an_unknown_step_is_refused_by_the_table():
    proposal = drafted()
    assert proposal.state == ProposalState.DRAFT
    with pytest.raises(WrongStep):
        take_back(supplier_id=proposal.supplier_id, proposal_id=proposal.pk, actor=None, at=AT)
    assert make_picture().pk
