"""Whether the books balance and the chains are whole after each replay of what real use found.

A replay is a test of the suite, which does it as its user did: through operations or pages. `-p tests.drill.replaying`
has pytest run those of `ITEMS`, run check_ledger and verify_chains after each, before anything of it is undone, and
write by item how many there were, and what failed, to the file named by REPLAYS_TO.
"""

import io
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

# What was found → its replays: files of tests, or single tests of a file.
ITEMS: dict[str, tuple[str, ...]] = {
    "1 a transfer's amount follows what is due": (
        "tests/sales/test_money_due.py",
        "tests/sales/test_transfers.py",
        "tests/sales/test_terms.py",
        "tests/sales/test_parts.py",
        "tests/sales/test_bank_lines.py",
        "tests/sales/test_money_trails.py",
        "tests/sales/test_money_words.py",
        "tests/sales/test_money_shown.py",
        "tests/procurement/test_due_now.py",
        "tests/procurement/test_paid_apart.py",
        "tests/procurement/test_paying_pages.py",
        "tests/procurement/test_payments_by_delivery.py",
    ),
    "2 no coupon makes it dearer": (
        "tests/sales/test_offers.py",
        "tests/sales/test_pricing.py",
        "tests/sales/test_buying.py",
        "tests/sales/test_best_for_buyer.py",
        "tests/sales/test_coupon_pages.py",
    ),
    "3 discounts, their payers, returns, once each": (
        "tests/sales/test_combining.py",
        "tests/sales/test_funding.py",
        "tests/sales/test_aftersales.py",
        "tests/sales/test_placing.py",
        "tests/sales/test_claims.py",
        "tests/sales/test_discounts_back.py",
        "tests/sales/test_free_lines.py",
        "tests/sales/test_paid_by_discounts.py",
    ),
    "4 catch weight": ("tests/sales/test_weighing.py",),
    "5 nothing due, money for what is closed": (
        "tests/sales/test_money_due.py::test_all_rejected",
        "tests/sales/test_money_due.py::test_money_for_a_closed_purchase",
        "tests/sales/test_transfers.py::test_a_closed_purchase",
        "tests/sales/test_backs.py",
        "tests/sales/test_goods_missing.py",
        "tests/sales/test_partly_sent.py",
        "tests/procurement/test_cancelling.py",
        "tests/procurement/test_nothing_accepted.py",
    ),
    "6 drops have their own time to pay": ("tests/livestream/test_drops.py", "tests/flows/test_one_pomelo.py"),
    "7 stock with its pools": ("tests/sales/test_stock.py", "tests/sales/test_shipping.py"),
    "8 lots, tests, certificates": (
        "tests/traceability/test_quality.py",
        "tests/traceability/test_mixing.py",
        "tests/traceability/test_assigning.py",
        "tests/traceability/test_pages.py",
        "tests/catalog/test_output.py",
        "tests/catalog/test_validity.py",
    ),
    "9 promised dates": ("tests/sales/test_promises.py",),
    "15e refunds by bank are paid out": (
        "tests/sales/test_money_trails.py",
        "tests/sales/test_backs.py",
        "tests/sales/test_bank_lines.py",
        "tests/sales/test_finance_pages.py",
        "tests/sales/test_references.py",
        "tests/procurement/test_whose_names.py",
    ),
    "16 rates of the board": ("tests/procurement/test_rates.py",),
    "17 the year of the commitment": ("tests/procurement/test_years.py",),
    "18 shared canteens": ("tests/procurement/test_shared_canteens.py",),
    "19 what is approved": ("tests/procurement/test_what_is_approved.py", "tests/procurement/test_requests.py"),
    "20 acceptances, payers, amendments": (
        "tests/procurement/test_deliveries.py",
        "tests/procurement/test_accepting_pages.py",
        "tests/procurement/test_terms_of_payment.py",
        "tests/procurement/test_amending.py",
        "tests/sales/test_deliveries.py",
        "tests/sales/test_parts.py",
        "tests/procurement/test_deductions.py",
        "tests/procurement/test_owed.py",
        "tests/procurement/test_paid_apart.py",
        "tests/procurement/test_short_by_weight.py",
        "tests/procurement/test_what_is_paid.py",
    ),
}
# They change rows past the operations: so that the checks find it, or to have rows as they were before a migration.
TAMPERING = (
    "test_stock_changed_past_its_rows_is_named",
    "test_a_changed_event_is_named_on_the_page",
    "test_it_is_kept_under_what_it_shows_and_each_scan_counts",
    "test_of_a_long_chain_a_view_follows_only_what_is_new",
    "test_without_its_parents_certificates_a_mix_is_not_packed",
    "test_a_mix_carries_only_the_certificates_of_every_part",
    "test_a_payer_whose_name_was_erased_is_no_other_payer",
    "test_pieces_that_came_back_by_a_decision_are_counted_once",
    "test_a_refund_is_not_paid_out_with_the_reference_of_another_by_page_or_api",
    "test_what_was_booked_under_two_spellings_is_counted_as_one_line",
    "test_after_approval_neither_address_nor_fund_nor_terms_can_be_changed",
    "test_an_approved_amount_that_is_not_its_versions_is_found",
)
# They count queries, which says nothing about what was booked.
COUNTING = {"django_assert_num_queries", "django_assert_max_num_queries"}


@dataclass
class Replayed:
    """What was replayed of an item: how often, what was booked and chained in all, what failed."""

    replays: int = 0
    transfers: int = 0
    events: int = 0
    failed: list[str] = field(default_factory=list)


def items_of(nodeid: str) -> list[str]:
    """Return the items that a test replays."""
    return [item for item, tests in ITEMS.items() if nodeid.startswith(tests)]


def is_replay(test: pytest.Item) -> bool:
    """Tell whether a test does something to a database (what is pure leaves no books), as people do."""
    names = set(getattr(test, "fixturenames", ()))
    uses_database = test.get_closest_marker("django_db") is not None or bool({"db", "real_db"} & names)
    return uses_database and not COUNTING & names and not test.name.startswith(TAMPERING)


def check(nodeid: str, items: list[Replayed]) -> None:
    """Run both checks on what a replay left, and count it."""
    from shop.core import projections  # reason: pytest loads this plugin before django.setup
    from traceability.queries.verifying import verify_all  # reason: pytest loads this plugin before django.setup

    said = io.StringIO()
    try:
        call_command("check_ledger", stdout=said, stderr=said)
        call_command("verify_chains", stdout=said, stderr=said)
    except CommandError as error:
        for each in items:
            each.failed.append(f"{nodeid}: {error}")
    booked = sum(count for count, _total in projections.totals().values())
    chained = sum(count for _supplier, count, _broken in verify_all())
    for each in items:
        each.replays, each.transfers, each.events = each.replays + 1, each.transfers + booked, each.events + chained


found: dict[str, Replayed] = {item: Replayed() for item in ITEMS}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the replays."""
    kept = [test for test in items if is_replay(test)]
    config.hook.pytest_deselected(items=[test for test in items if test not in kept])
    items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Check what a replay left behind before it is undone."""
    mine = [found[name] for name in items_of(item.nodeid)]
    try:
        done = yield
    except BaseException as error:
        for each in mine:
            each.failed.append(f"{item.nodeid}: {error!r}"[:300])
        raise
    check(item.nodeid, mine)
    return done


def pytest_sessionfinish() -> None:
    """Write what was found."""
    where = os.environ.get("REPLAYS_TO")
    if where:
        Path(where).write_text(json.dumps({item: asdict(each) for item, each in found.items()}))
