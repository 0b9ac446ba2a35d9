"""One case before the platform: decided once, or taken back, never both; a piece is claimed on once; with the lock off, both
and twice.
"""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from shop.accounts.operations.groups import give_role
from shop.accounts.roles import PLATFORM_REVIEWER
from shop.core import projections
from shop.sales.models import AfterSale, CaseDecision, CaseMove, OrderFacts, Refund
from tests.concurrency.races import race
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import lines_of, paid, receive, ship
from tests.sales.test_arbitration import asked, sold

COMERS, FEN = 12, 3000
# Two reviewers who disagree; one of them, and the buyer, who takes the case back.
WANTED = {"judge": ["refund", "dismiss"], "withdraw": ["refund", "withdraw"]}
ENDS = {
    "judge": {("approved", 1, FEN), ("dismissed", 1, 0)},
    "withdraw": {("approved", 1, FEN), ("withdrawn", 0, 0)},
}


def _race(real_db: str, folder: Path, what: str, *, attempts: int, lock: bool = True) -> tuple[dict[str, int], Any]:
    """Return the outcomes, and how the case stands: state, decisions, 分 given back."""
    case = asked(sold())
    reviewers = [make_user(), make_user()]
    for reviewer in reviewers:
        give_role(user=reviewer, role=PLATFORM_REVIEWER, actor=None, at=AT)
    connection.close()
    outcomes = race(
        "judge", database_url=real_db, folder=folder, attempts=attempts, lock=lock, meet="case", processes=2,
        case=case.pk, fen=FEN, wanted=WANTED[what], reviewers=[reviewer.pk for reviewer in reviewers],
    )  # fmt: skip
    given_back = sum(Refund.objects.values_list("amount_fen", flat=True))
    assert OrderFacts.objects.get().refunded_fen == given_back
    return dict(outcomes), (AfterSale.objects.get().state, CaseDecision.objects.count(), given_back)


@pytest.mark.parametrize("what", list(WANTED))
def test_of_all_who_decide_or_withdraw_one_does(real_db: str, tmp_path: Path, what: str) -> None:
    outcomes, end = _race(real_db, tmp_path / "on", what, attempts=COMERS)
    assert end in ENDS[what]
    done = outcomes.pop("decided", 0) + outcomes.pop("withdrawn", 0)
    refused = outcomes.pop("refused decided_already", 0) + outcomes.pop("refused case_closed", 0)
    assert (done, refused, outcomes) == (1, COMERS - 1, {})
    # Open, refused, before the platform, and then one way out of it.
    assert CaseMove.objects.count() == 4
    assert [found for _name, found in projections.run_all() if found] == []


@pytest.mark.parametrize("what", list(WANTED))
def test_with_the_lock_off_both_do(real_db: str, tmp_path: Path, what: str) -> None:
    outcomes, (_state, decisions, given_back) = _race(real_db, tmp_path / "off", what, attempts=2, lock=False)
    both = {"judge": {"decided": 2}, "withdraw": {"decided": 1, "withdrawn": 1}}
    assert outcomes == both[what]
    assert (decisions, given_back, CaseMove.objects.count()) == (outcomes["decided"], FEN, 5)


def _claim(real_db: str, folder: Path, *, pieces: int, comers: int, lock: bool = True) -> dict[str, int]:
    """Have so many claims of ¥1 on a piece each of one line come at once, and the supplier grant each of them."""
    order = receive(ship(paid((make_listing(stock=9, price_fen=FEN), pieces))))
    (line,) = lines_of(order)
    connection.close()
    outcomes = race(
        "claim", database_url=real_db, folder=folder, attempts=comers, lock=lock, meet="claim", processes=2,
        line=line.pk, fen=100,
    )  # fmt: skip
    return dict(outcomes)


def test_no_more_pieces_are_granted_than_a_line_has(real_db: str, tmp_path: Path) -> None:
    outcomes = _claim(real_db, tmp_path / "on", pieces=3, comers=6)
    assert outcomes == {"granted": 3, "refused nothing_left": 3}
    assert (AfterSale.objects.count(), OrderFacts.objects.get().refunded_fen) == (3, 300)
    assert [found for _name, found in projections.run_all() if found] == []


def test_with_the_lock_off_one_piece_is_granted_twice(real_db: str, tmp_path: Path) -> None:
    outcomes = _claim(real_db, tmp_path / "off", pieces=1, comers=2, lock=False)
    assert (outcomes, AfterSale.objects.filter(state="approved").count()) == ({"granted": 2}, 2)
