"""The rules of selling, pure."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.core.codes import packed_code, plain_code
from shop.sales.states import AfterSaleKind, OrderState, Terms, TransferState

MAX_PIECES = 999
# Gateways whose refunds a person has to pay: nothing sends them by itself.
BY_HAND = frozenset({"transfer"})
ONLINE_MINUTES = 30
TRANSFER_DAYS = 3
PREPAID_DAYS = 30
POSTPAID_DAYS = 30
DAMAGE_CLAIM_HOURS = 48
NUDGE_HOURS = 24
RETURN_DAYS = 7
MAX_PHOTOS = 6
MOST_STARS = 5
GOOD_STARS = 4
REVIEW_LENGTH = 500
REPLY_LENGTH = 300
CASE_WORDS = 300
NOTE_LENGTH = 200
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


# What a carrier's numbers may be said to look like: no repetition within a repetition, so reading one costs no time.
_SIGN = r"(?:[A-Z0-9]|\\d|\[[A-Z0-9-]+\])(?:\{\d{1,2}(?:,\d{1,2})?\})?"
_KIND = rf"(?:{_SIGN}|\([A-Z0-9]+\)\?)+"
_NUMBER_PATTERN = re.compile(rf"{_KIND}(?:\|{_KIND})*")


def is_number_pattern(text: str) -> bool:
    r"""Tell whether a text says what a carrier's numbers look like: `SF\d{12,13}`, `(YT)?\d{12}|[A-Z]{2}\d{9}`."""
    if _NUMBER_PATTERN.fullmatch(text) is None:
        return False
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def clean_tracking_no(text: str) -> str:
    """Return a tracking number in plain width and capitals, without spaces, dashes and the like."""
    return packed_code(text).upper()


def own_parcel_number(order_number: str, nth: int) -> str:
    """Return what stands for the number of an order's n-th parcel, where its carrier has none."""
    return f"{order_number}-{nth}"


def is_by_hand(gateway_name: str) -> bool:
    """Tell whether money of a gateway comes and goes by hand: found on a statement, paid out by finance."""
    return gateway_name in BY_HAND


ACCOUNT_NO = r"\d{8,30}"


def clean_account_no(text: str) -> str:
    """Return an account's number without spaces and dashes, in plain digits."""
    return re.sub(r"[\s-]", "", plain_code(text))


LONGEST_REFERENCE = 60


def reference_key(text: str) -> str:
    """Return the letters and digits of a bank's number of a payment: however it is typed, the same number is the same.

    Dashes, dots, slashes, spaces, full-width signs and letters' case tell no two numbers apart; "" without any letter.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in unicodedata.normalize("NFKC", plain) if sign.isalnum())


def line_of_key(key: str) -> str:
    """Return the key of the line of the statement that a remittance's key belongs to.

    Two of one payment that were booked before keys were compared share the line: the later one adds its id behind a "#".
    """
    return key.partition("#")[0] or key


def clean_coupon(text: str) -> str:
    """Return a coupon's code in one spelling: full-width letters, spaces and what nobody sees make no other code."""
    return re.sub(r"\s+", "", plain_code(text)).upper()


COUPON_CODE = r"[A-Z0-9](?:[A-Z0-9-]{0,38}[A-Z0-9])?"


def coupon_code_fits(code: str) -> bool:
    """Tell whether a cleaned code is one: letters, digits, dashes inside. What a table would run as a formula is none."""
    return re.fullmatch(COUPON_CODE, code) is not None


def transfer_state(*, received_fen: int, going_back_fen: int, gone_back_fen: int, is_open: bool) -> str:
    """Return what became of a transfer's money: what still has to be paid back decides, then what is kept of it.

    `gone_back_fen` is what no order took; `is_open` tells whether the purchase still waits for money.
    """
    if not received_fen:
        return TransferState.WAITING
    if going_back_fen:
        return TransferState.TO_PAY_BACK
    if received_fen > gone_back_fen:
        return TransferState.PARTLY if is_open else TransferState.BOOKED
    return TransferState.PAID_BACK


def same_name(one: str, other: str) -> bool:
    """Tell whether two names of a payer are the same, whatever their spaces, brackets and letters' case."""
    return _plain(one) == _plain(other) != ""


def _plain(name: str) -> str:
    return re.sub(r"[\s()（）·.,，。]", "", unicodedata.normalize("NFKC", name)).casefold()


ANY_POOL = "pool"


def scarce_kind(price_source: str) -> str:
    """Return what kind of scarce goods a line is of: the word before the colon; "" for the shelf at the list price."""
    kind, colon, _ref = price_source.partition(":")
    return kind if colon else ""


def pay_by(terms: str, placed_at: datetime, minutes: int | None = None) -> datetime | None:
    """Return until when a purchase of `terms` must be paid; None when goods go first.

    `minutes` is how long scarce goods are kept, where the buyer pays as a consumer.
    """
    if minutes is not None and terms in (Terms.ONLINE, Terms.TRANSFER):
        return placed_at + timedelta(minutes=minutes)
    if terms == Terms.ONLINE:
        return placed_at + timedelta(minutes=ONLINE_MINUTES)
    if terms == Terms.TRANSFER:
        return placed_at + timedelta(days=TRANSFER_DAYS)
    if terms == Terms.PREPAID:
        return placed_at + timedelta(days=PREPAID_DAYS)
    return None


def is_too_late_to_pay(terms: str, pay_by_: datetime | None, at: datetime) -> bool:
    """Tell whether the time to pay is over. What was received first can be paid late: it is owed."""
    return terms != Terms.POSTPAID and pay_by_ is not None and pay_by_ <= at


def order_due_fen(total_fen: int, waived_fen: int) -> int:
    """Return 分 that an order costs: its total less what is not charged. What was paid and given back is still its cost."""
    return total_fen - waived_fen


def partly_sent(state: str, pieces: Iterable[tuple[int, int]]) -> tuple[int, int] | None:
    """Return how many pieces of an order were sent, of how many, while the rest waits; None where no parcel left.

    `pieces` are what is wanted (ordered and not cancelled) and what was sent of each line.
    """
    of_lines = list(pieces)
    sent = sum(each for _wanted, each in of_lines)
    if state != OrderState.TO_SHIP or not sent:
        return None
    return sent, sum(wanted for wanted, _sent in of_lines)


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """An order's amounts in 分: its total, what was given back or not charged, what is left of the platform's discount."""

    total_fen: int
    platform_discount_left_fen: int
    refunded_fen: int
    waived_fen: int

    @property
    def left_fen(self) -> int:
        """What the order costs in the end."""
        return left_fen(self.total_fen, self.refunded_fen, self.waived_fen)


def left_fen(total_fen: int, refunded_fen: int, waived_fen: int) -> int:
    """Return 分 that is left of a total after what was given back and what was not charged."""
    return total_fen - refunded_fen - waived_fen


def still_held(order: OrderMoney) -> int:
    """Return 分 of a paid order that are neither given back nor payable yet, the platform's discount included."""
    return order.left_fen + order.platform_discount_left_fen


def accepted_part(delivered_fen: int, left: int) -> int:
    """Return 分 of a paid order under way that are payable already: its accepted deliveries, at most what is left of it."""
    return min(delivered_fen, left)


def is_refused_whole(state: str, pieces: Iterable[tuple[int, int]]) -> bool:
    """Tell whether an order ended with nothing accepted; `pieces` are what was sent and rejected of each line."""
    sent = list(pieces)
    shipped = sum(each for each, _rejected in sent)
    return state == OrderState.COMPLETED and 0 < shipped == sum(rejected for _shipped, rejected in sent)


def sold_since(
    *, is_postpaid: bool, paid_at: datetime | None, completed_at: datetime | None, was_dropped: bool
) -> datetime | None:
    """Return since when an order is a sale: paid; where the goods came first, received or paid, whichever was first."""
    if was_dropped:
        return None
    moments = [moment for moment in (paid_at, completed_at if is_postpaid else None) if moment is not None]
    return min(moments, default=None)


def pieces_paid(unit_price_fen: int, pieces: int, ordered: int, discount_fen: int) -> int:
    """Return 分 that the first `pieces` of a line's `ordered` cost; the discount is spread over them cumulatively.

    So the parts of a line always add up to the line, in whatever portions they are taken. Rounded down: what is left
    over comes with the last pieces.
    """
    return unit_price_fen * pieces - -(-discount_fen * pieces // ordered)


def line_refundable(unit_price_fen: int, pieces: int, ordered: int, discount_fen: int, refunded_fen: int) -> int:
    """Return 分 that may still be given back for `pieces` of a line of which `refunded_fen` was given back already.

    The one rule for short shipments, acceptance, returns and cancellations. What was given back says how many pieces
    are settled; the next ones are worth the difference of the cumulative amounts. So giving back all pieces, one by
    one or together, in any order, gives back exactly what was paid. Never more than what is left of the line.
    """
    paid = unit_price_fen * ordered - discount_fen
    settled = _pieces_settled(unit_price_fen, ordered, discount_fen, refunded_fen)
    before = max(0, min(settled, ordered - pieces))
    until = min(before + pieces, ordered)
    part = pieces_paid(unit_price_fen, until, ordered, discount_fen) - pieces_paid(
        unit_price_fen, before, ordered, discount_fen
    )
    return max(0, min(part, paid - refunded_fen))


def _pieces_settled(unit_price_fen: int, ordered: int, discount_fen: int, refunded_fen: int) -> int:
    """Return the most pieces whose cumulative price was given back."""
    low, high = 0, ordered
    while low < high:
        middle = (low + high + 1) // 2
        if pieces_paid(unit_price_fen, middle, ordered, discount_fen) <= refunded_fen:
            low = middle
        else:
            high = middle - 1
    return low


def spread_due(amounts: Sequence[int], left_fen_: int, received_fen: int) -> list[int]:
    """Return 分 still due of each delivery, oldest first: all of them together cost `left_fen_`, `received_fen` came.

    What was given back since shortens the youngest deliveries; money that came covers the oldest.
    """
    due: list[int] = []
    for amount in amounts:
        charged = max(0, min(amount, left_fen_))
        left_fen_ -= charged
        covered = min(charged, received_fen)
        received_fen -= covered
        due.append(charged - covered)
    return due


def after_sale_kinds(*, state: str, is_fresh: bool, completed_at: datetime | None, at: datetime) -> tuple[str, ...]:
    """Return what a buyer may ask for now on a line, in the order to offer it.

    On the way, whole or in part: everything but returning what is fresh. After receipt: damage of fresh goods for 48 hours, of others
    for 7 days; what is missing, and money back, for 7 days; a return for 7 days, never of fresh goods.
    """
    if state in (OrderState.TO_SHIP, OrderState.SHIPPED):
        since = timedelta()
    elif state == OrderState.COMPLETED and completed_at is not None:
        since = at - completed_at
    else:
        return ()
    kinds: list[str] = []
    in_week = since <= timedelta(days=RETURN_DAYS)
    if since <= timedelta(hours=DAMAGE_CLAIM_HOURS) or (not is_fresh and in_week):
        kinds.append(AfterSaleKind.DAMAGED)
    if in_week:
        kinds += [AfterSaleKind.MISSING, AfterSaleKind.REFUND_ONLY]
    if in_week and not is_fresh:
        kinds.append(AfterSaleKind.RETURN)
    return tuple(kinds)


def returnable(*, shipped: int, rejected: int, returned: int) -> int:
    """Return how many pieces of a line the buyer still has: refused + returned + kept is what was shipped."""
    return max(0, shipped - rejected - returned)


@dataclass(frozen=True, slots=True)
class CaseTimes:
    """Hours that each step of an after-sales case may take: an operator's row, these where there is none."""

    answer: int = 48
    offer: int = 72
    appeal: int = 168
    decide: int = 72
    send_back: int = 168
    confirm: int = 240


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What bounds the platform's decision on a case. Amounts in 分; `left_fen` is what may still be given back."""

    kind: str
    is_fresh: bool
    covers_damage: bool
    is_received: bool
    was_sent_back: bool
    asked_fen: int
    offered_fen: int
    left_fen: int
    # Whether the buyer's photos show what is claimed.
    has_photos: bool = True
    # 分 of its pieces that are recalled: given back whatever the supplier promised, with nothing to send back.
    recalled_fen: int = 0


def most_without_return(case: CaseFacts) -> int:
    """Return 分 that the platform may grant with nothing to send back.

    Never wider than the supplier's own promise: damage where it covers damage, what it offered. What never arrived,
    whole or in part, can't be sent back, and what is fresh is not: for that, money up to the claim, the latter on
    photos. A refund without return is not forced on sellers otherwise. Once the goods went back, what was agreed.
    """
    promised = (
        not case.is_received
        or (case.kind == AfterSaleKind.DAMAGED and case.covers_damage)
        or (case.kind == AfterSaleKind.MISSING and case.has_photos)
        or (case.kind == AfterSaleKind.REFUND_ONLY and case.is_fresh and case.has_photos)
    )
    most = case.asked_fen if promised and not case.was_sent_back else case.offered_fen
    most = max(most, min(case.asked_fen, case.recalled_fen))
    return max(0, min(most, case.left_fen))


def no_return_code(case: CaseFacts) -> str:
    """Return why a claim can't be decided with a return, as a code; "" where it can.

    Fresh produce is never sent back. Of damage that the supplier covers, money without a return is its promise, which
    the platform neither widens nor narrows; damage that it does not cover is decided like any other claim. What is
    missing is not there to be sent back.
    """
    if case.kind == AfterSaleKind.MISSING:
        return "not_for_missing"
    if case.is_fresh:
        return "not_for_fresh"
    return "not_for_damage" if case.kind == AfterSaleKind.DAMAGED and case.covers_damage else ""


def most_with_return(case: CaseFacts) -> int:
    """Return 分 that the platform may grant once the goods came back.

    0 for what did not arrive, was sent back already, or is not sent back at all (`no_return_code`).
    """
    if not case.is_received or case.was_sent_back or no_return_code(case):
        return 0
    return max(0, min(case.asked_fen, case.left_fen))


def new_once() -> str:
    """Return what an address of the checkout carries, so that what is bought there is bought once."""
    return secrets.token_urlsafe(18)
