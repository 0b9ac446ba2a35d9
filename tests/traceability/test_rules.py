"""Rules of lots, without a database: tests, states, bases, the order of events, contacts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import AT
from traceability.rules import order, papers
from traceability.rules.quality import Tested, basis_of, missing_tests, standing_failures, state_after_tests
from traceability.states import DISPOSITIONS, Basis, BizStep, LotState

HOUR = timedelta(hours=1)


def test_a_failure_is_lifted_only_by_a_later_commissioned_test_of_the_same_item():
    failed = Tested("农残 4 项", "own", False, AT)
    own = Tested("农残 4 项", "own", True, AT + HOUR)
    earlier = Tested("农残 4 项", "commissioned", True, AT - HOUR)
    other = Tested("铅", "commissioned", True, AT + HOUR)
    lifted = Tested("农残４项", "commissioned", True, AT + HOUR)
    assert standing_failures([failed, own, earlier, other]) == [failed]
    assert standing_failures([failed, lifted]) == []
    again = Tested("农残 4 项", "own", False, AT + 2 * HOUR)
    assert standing_failures([failed, lifted, again]) == [again]


@pytest.mark.parametrize(
    ("state", "failures", "missing", "sent", "expected"),
    [
        ("open", 1, 0, 0, "held"), ("open", 1, 0, 5, "recalled"), ("closed", 1, 0, 0, "held"),
        ("closed", 1, 0, 5, "recalled"), ("awaiting", 0, 1, 0, "awaiting"), ("awaiting", 0, 0, 0, "open"),
        ("awaiting", 1, 0, 0, "held"), ("held", 0, 0, 0, "open"), ("held", 0, 1, 0, "awaiting"),
        ("held", 1, 0, 0, "held"), ("recalled", 0, 0, 5, "recalled"), ("disposed", 0, 0, 0, "disposed"),
        ("open", 0, 0, 9, "open"),
    ],
)  # fmt: skip
def test_the_state_follows_from_the_tests_and_moves_as_the_table_says(state, failures, missing, sent, expected):
    found = state_after_tests(state, failures=failures, missing=missing, sent_grams=sent)
    assert found == expected
    assert found == state or found in DISPOSITIONS[state].moves


def test_only_open_lots_are_packed_and_sent():
    assert [state for state in LotState if DISPOSITIONS[state].can_pack] == [LotState.OPEN]
    assert [state for state in LotState if DISPOSITIONS[state].can_send] == [LotState.OPEN]
    assert DISPOSITIONS.keys() == set(LotState)


def test_the_basis_is_the_best_evidence_there_was_at_the_packing():
    own, lab = Tested("农残", "own", True, AT), Tested("农残", "commissioned", True, AT)
    failed = Tested("铅", "commissioned", False, AT)
    assert basis_of([], packed_at=AT, is_mix=False) == Basis.OWN_CONTROL
    assert basis_of([failed], packed_at=AT, is_mix=False) == Basis.OWN_CONTROL
    assert basis_of([own], packed_at=AT, is_mix=False) == Basis.OWN_TEST
    assert basis_of([own, lab], packed_at=AT, is_mix=False) == Basis.COMMISSIONED
    assert basis_of([lab], packed_at=AT - HOUR, is_mix=False) == Basis.OWN_CONTROL
    assert basis_of([], packed_at=AT, is_mix=True) == Basis.COLLECTED


@pytest.mark.parametrize(
    ("step", "minutes", "expected"),
    [
        (BizStep.PACKING, -30, "before_harvest"), (BizStep.TEST, -1, "before_harvest"), (BizStep.PACKING, 0, "before_test"),
        (BizStep.PACKING, 59, "before_test"), (BizStep.PACKING, 60, ""), (BizStep.SHIPPING, 119, "before_packing"),
        (BizStep.SHIPPING, 120, ""), (BizStep.TEST, 0, ""), (BizStep.TEST, 240, ""), (BizStep.TEST, 301, "future"),
    ],
)  # fmt: skip
def test_events_happen_in_their_order(step, minutes, expected):
    known = order.Known(begun_at=AT, passed_at=AT + HOUR, packed_at=AT + 2 * HOUR)
    assert order.fault(step, AT + timedelta(minutes=minutes), known, now=AT + 5 * HOUR) == expected


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans(), st.booleans()), max_size=8))
def test_a_later_pass_of_ones_own_never_lifts_a_failure(rows):
    tests = [
        Tested("农残", "commissioned" if is_lab else "own", passed, AT + timedelta(minutes=minute))
        for minute, passed, is_lab in rows
    ]
    standing = standing_failures(tests)
    lifts = [each.at for each in tests if each.passed and each.kind == "commissioned"]
    assert all(not each.passed for each in standing)
    assert all(not any(at > each.at for at in lifts) for each in standing)


def test_what_is_required_is_answered_by_a_passed_test_that_names_it():
    tests = [Tested("农药残留 22 项", "own", True, AT), Tested("铅", "own", False, AT)]
    assert missing_tests(["农药残留", "铅"], tests) == ["铅"]


@pytest.mark.parametrize(
    ("contact", "is_one"),
    [
        ("0753-2860123", True), ("13800002046", True), ("+86 138 0000 2046", True), ("400-820-8820", True),
        ("2860123", False), ("", False), ("12345678901", False), ("找老张", False),
    ],
)  # fmt: skip
def test_a_contact_is_a_number_that_rings(contact, is_one):
    assert papers.is_contact(contact) is is_one
    missing = papers.missing(producer="梅县松源青禾合作社", origin="梅州市梅县区松源镇", contact=contact)
    assert missing == ([] if is_one else ["contact"])
