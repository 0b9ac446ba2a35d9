"""Two reviewers and the supplier at once: one of them does something, once; with the lock off, several do."""

from pathlib import Path

from django.db import connection

from catalog.models import Listing, ListingDecision, ListingProposal
from tests.catalog.listing import make_reviewer, sent
from tests.concurrency.races import race

COMERS = 12


def _race(real_db: str, folder: Path, *, lock: bool = True) -> tuple[dict[str, int], ListingProposal]:
    proposal = sent()
    facts = {"proposal": proposal.pk, "supplier": proposal.supplier_id, "version": proposal.version}
    reviewers = [make_reviewer().pk, make_reviewer().pk]
    connection.close()
    outcomes = race(
        "decide_listing", database_url=real_db, folder=folder, attempts=COMERS, lock=lock, processes=2,
        meet="proposal", size=COMERS, reviewers=reviewers, **facts,
    )  # fmt: skip
    proposal.refresh_from_db()
    return outcomes, proposal


def test_one_of_them_decides_once(real_db: str, tmp_path: Path) -> None:
    outcomes, proposal = _race(real_db, tmp_path / "on")
    done = outcomes["approved"] + outcomes["taken back"]
    refused = outcomes["refused wrong_step"] + outcomes["refused changed_since"]
    assert (done, refused) == (1, COMERS - 1), outcomes
    assert (proposal.state, ListingDecision.objects.count(), Listing.objects.count()) in {
        ("approved", 1, 1), ("draft", 0, 0),
    }  # fmt: skip


def test_with_the_lock_off_several_do_something(real_db: str, tmp_path: Path) -> None:
    outcomes, _proposal = _race(real_db, tmp_path / "off", lock=False)
    assert outcomes["approved"] + outcomes["taken back"] > 1, outcomes
