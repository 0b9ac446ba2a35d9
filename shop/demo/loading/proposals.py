"""上货: drafts, what waits for the reviewers, what came back, and a change that was approved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from oscar.apps.catalogue.models import Category

from catalog.models import Listing, ListingProposal, Picture, ProposalPicture, Supplier
from catalog.operations.deciding import decide_proposal
from catalog.operations.proposing import open_change, open_new, save_proposal, submit_proposal
from catalog.queries.proposals import facts_of_listing
from catalog.rules.proposed import ProposedListing, ProposedSpec
from shop.demo.loading.people import People


@dataclass
class Writer:
    """Writes proposals of one supplier, as its member."""

    supplier: Supplier
    people: People
    pictures: Mapping[str, Picture]
    count: int = 0

    def new(self, facts: ProposedListing, photos: tuple[str, ...], at: datetime) -> ListingProposal:
        """Open the draft of a new product."""
        self.count += 1
        by = {"supplier_id": self.supplier.pk, "actor": self.people.members[self.supplier.pk], "at": at}
        proposal = open_new(key=f"demo-{self.count}", **by)
        save_proposal(proposal_id=proposal.pk, facts=replace(facts, village_id=self.supplier.village_id), **by)
        ProposalPicture.objects.bulk_create(
            [
                ProposalPicture(proposal=proposal, picture=self.pictures[name], position=n)
                for n, name in enumerate(photos)
            ]
        )
        proposal.refresh_from_db()
        return proposal

    def change(self, listing: Listing, at: datetime, percent: int = 100, **changes: str) -> ListingProposal:
        """Open a change of a listing: its prices by `percent`, and other facts."""
        by = {"supplier_id": self.supplier.pk, "actor": self.people.members[self.supplier.pk], "at": at}
        proposal = open_change(listing_id=listing.pk, **by)
        facts = facts_of_listing(listing)
        specs = tuple(
            replace(spec, price_fen=(spec.price_fen or 0) * percent // 1000 * 10) if percent != 100 else spec
            for spec in facts.specs
        )
        return save_proposal(proposal_id=proposal.pk, facts=replace(facts, specs=specs, **changes), **by)  # type: ignore[arg-type]  # the changes are texts

    def send(self, proposal: ListingProposal, at: datetime) -> ListingProposal:
        """Send a draft for review."""
        member = self.people.members[self.supplier.pk]
        return submit_proposal(
            supplier_id=self.supplier.pk, proposal_id=proposal.pk, version=proposal.version, actor=member, at=at
        )


def load_proposals(
    *,
    people: People,
    suppliers: dict[str, Supplier],
    listings: dict[str, Listing],
    categories: dict[str, Category],
    pictures: dict[str, Picture],
    at: datetime,
) -> int:
    """Write the proposals; return how many there are."""
    _orchard(Writer(suppliers["songyuan"], people, pictures), listings, categories, at)
    greens = Writer(suppliers["dongbei"], people, pictures)
    kale = ProposedListing(
        category_id=categories["leafy"].pk,
        name_zh="连州芥蓝 霜打",
        name_en="Lianzhou kale, after the frost",
        summary_zh="早上掐的，傍晚上车，梗脆叶甜",
        summary_en="Picked in the morning, on the truck by dusk",
        season_start=11,
        season_end=2,
        ship_within_hours=24,
        specs=(ProposedSpec("5 斤 · 大把", "2.5 kg, bunches", 3480, 2500, stock=120),),
    )
    greens.send(greens.new(kale, ("veg-crate",), at - timedelta(days=3)), at - timedelta(days=3, hours=2))
    oranges = Writer(suppliers["leibo-jinjiang"], people, pictures)
    oranges.send(
        oranges.change(listings["leibo-navel-orange"], at - timedelta(hours=20), percent=170), at - timedelta(hours=19)
    )
    tea = Writer(suppliers["yunya"], people, pictures)
    tea.new(
        ProposedListing(category_id=categories["black-tea"].pk, name_zh="英红九号 秋茶"),
        ("tea-2",),
        at - timedelta(days=1),
    )
    return ListingProposal.objects.count()


def _orchard(orchard: Writer, listings: dict[str, Listing], categories: dict[str, Category], at: datetime) -> None:
    """The main cooperative: a change of long ago, two drafts, a new product and a change that wait, one that came back."""
    county = orchard.people.by_login["county_reviewer"]
    old = orchard.change(
        listings["songyuan-old-tree-pomelo"],
        at - timedelta(days=21),
        storage_note_zh="阴凉处可放 45 天，切开后两天内吃完",
        storage_note_en="Keeps 45 days somewhere cool; eat within two days once cut",
    )
    _decide(orchard.send(old, at - timedelta(days=21)), county, at - timedelta(days=20))
    half = ProposedListing(category_id=categories["citrus"].pk, name_zh="红心蜜柚 3 个装")
    orchard.new(half, ("pomelo-2",), at - timedelta(hours=2))
    box = ProposedListing(
        category_id=categories["fruit-gifts"].pk,
        name_zh="金柚脐橙双拼礼盒",
        name_en="Pomelo and orange box",
        summary_zh="两种果子一箱，年节送人正好",
        specs=(ProposedSpec("约 8 斤 · 礼盒", "about 4 kg", 6980, 4000, stock=60),),
    )
    orchard.new(box, ("gift-box", "orange-2"), at - timedelta(days=1))
    honey = ProposedListing(
        category_id=categories["tonics-honey"].pk,
        name_zh="松源柚花蜜",
        name_en="Songyuan pomelo-flower honey",
        summary_zh="四月柚花开时摇的蜜，只摇一遍",
        summary_en="Taken in April, when the pomelos flower, and only once",
        storage_note_zh="常温放，结晶是正常的",
        storage_note_en="Keep it in the cupboard; crystals are natural",
        specs=(
            ProposedSpec("500 g · 玻璃瓶", "500 g, glass", 5800, 500, stock=80),
            ProposedSpec("1 kg · 玻璃瓶", "1 kg, glass", 10800, 1000, stock=40),
        ),
    )
    orchard.send(orchard.new(honey, ("honey",), at - timedelta(hours=7)), at - timedelta(hours=6))
    cheaper = orchard.change(
        listings["songyuan-navel-orange"],
        at - timedelta(hours=5),
        percent=92,
        summary_zh="柚子树间套种的第三年，酸甜都明白；入冬的果，便宜一点",
    )
    orchard.send(cheaper, at - timedelta(hours=4))
    peanuts = ProposedListing(
        category_id=categories["nuts-dried-fruit"].pk,
        name_zh="松源红皮花生 带壳",
        name_en="Red peanuts in the shell",
        specs=(ProposedSpec("5 斤 · 带壳", "2.5 kg, in the shell", 3980, 2500, stock=90),),
    )
    back = orchard.send(orchard.new(peanuts, ("peanut",), at - timedelta(days=2)), at - timedelta(days=2))
    reason = "照片看不清颗粒，请在日光下拍一张近景；说明晒了几天。"
    _decide(back, orchard.people.by_login["platform_reviewer"], at - timedelta(days=1, hours=3), reason)


def _decide(proposal: ListingProposal, reviewer: object, at: datetime, reason: str = "") -> None:
    decide_proposal(
        proposal_id=proposal.pk, version=proposal.version, approve=not reason, reason=reason, actor=reviewer, at=at
    )
