"""Where buyer and supplier disagree: the buyer asks the platform, a reviewer decides with a reason, times act."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shop.core import periodic
from shop.core.errors import DomainError, InvalidInput, NotAllowed
from shop.core.lengths import check_length
from shop.sales import rules
from shop.sales.errors import TooMuch, WrongState
from shop.sales.models import AfterSale, CaseDecision, LineFacts, OrderFacts
from shop.sales.operations.aftersales import take_offer
from shop.sales.operations.case_moves import grant, lock_case, move_case
from shop.sales.operations.returning import take_return
from shop.sales.queries.recalls import recall_of
from shop.sales.states import AfterSaleKind, AfterSaleState, CaseSide, OrderState, Verdict

logger = logging.getLogger(__name__)
BATCH = 100
REASON_LENGTH = 500


def ask_platform(*, case_id: int, words: str, actor: Any, at: datetime, way: str = "") -> AfterSale:
    """Bring a case that was refused, or of which too little is offered, before the platform, as its buyer.

    Raises InvalidInput on `words`, WrongState when the supplier may still answer, the time to ask is over, or the
    case is decided.
    """
    words = check_length(words, "words", rules.CASE_WORDS)
    if not words:
        raise InvalidInput(_("Say in a few words why you do not agree."), code="words_missing", field="words")
    with transaction.atomic():
        case, _order = lock_case(case_id)
        if case.state not in (AfterSaleState.REFUSED, AfterSaleState.OFFERED):
            raise WrongState(_("The platform can't be asked about this case now."), code="not_to_be_asked")
        if case.due_at is not None and case.due_at < at:
            raise WrongState(_("The time to ask the platform is over."), code="too_late")
        move_case(
            case, AfterSaleState.ARBITRATION, side=CaseSide.BUYER, actor=actor, at=at, way=way,
            plea=words, asked_at=at,
        )  # fmt: skip
        return case


def facts_of(case: AfterSale, order: OrderFacts, line: LineFacts) -> rules.CaseFacts:
    """Return what bounds the platform's decision, as it stands now."""
    left = line.refundable_fen(case.quantity)
    recall = recall_of(line)
    recalled = min(case.quantity, recall.pieces) if recall and case.kind != AfterSaleKind.MISSING else 0
    return rules.CaseFacts(
        kind=case.kind,
        is_fresh=line.is_fresh,
        covers_damage=line.damage_covered,
        # Who reports damage, or wants to send something back, has it.
        is_received=order.state == OrderState.COMPLETED or case.kind != AfterSaleKind.REFUND_ONLY,
        was_sent_back=case.sent_back_at is not None,
        asked_fen=case.amount_fen,
        offered_fen=case.agreed_fen,
        left_fen=min(left, order.left_fen),
        has_photos=case.pictures.filter(side=CaseSide.BUYER).exists(),
        recalled_fen=line.refundable_fen(recalled) if recalled else 0,
    )


def most_of(verdict: str, facts: rules.CaseFacts) -> int:
    """Return 分 that a verdict may grant."""
    if verdict == Verdict.REFUND:
        return rules.most_without_return(facts)
    return rules.most_with_return(facts) if verdict == Verdict.RETURN else 0


def judge(*, case_id: int, verdict: str, reason: str, actor: Any, at: datetime, amount_fen: int = 0) -> CaseDecision:
    """Decide a case that is with the platform; signed by `actor` and final. A refund goes back at once.

    Raises InvalidInput on `verdict` (also for a return of what is not sent back) or `reason`, or on `amount` where
    nothing is given back, TooMuch on `amount` beyond the supplier's promise or what is left of the line, NotAllowed for who is a party of the order, WrongState when it is decided.
    Locks: purchase, order, case, ledger.
    """
    reason = reason.strip()
    if verdict not in Verdict.values:
        raise InvalidInput(_("Choose what is decided."), code="verdict_missing", field="verdict")
    if not reason:
        raise InvalidInput(_("Say why: both sides read it."), code="reason_missing", field="reason")
    if len(reason) > REASON_LENGTH:
        raise InvalidInput(_("At most 500 characters."), code="reason_long", field="reason")
    with transaction.atomic():
        case, order = lock_case(case_id)
        if case.state != AfterSaleState.ARBITRATION:
            raise WrongState(_("This case was decided already."), code="decided_already")
        _check_not_a_party(order, actor)
        facts = facts_of(case, order, case.line)
        if verdict == Verdict.RETURN:
            _check_can_return(facts)
        most = most_of(verdict, facts)
        if verdict == Verdict.DISMISS:
            _check_no_amount(amount_fen)
        elif not most:
            raise TooMuch(
                _("Nothing may be granted this way: the supplier did not promise it."), field="verdict", most_fen=0
            )
        elif not 1 <= amount_fen <= most:
            raise TooMuch(
                _("Grant between ¥0.01 and %(most)s.") % {"most": f"¥{most / 100:.2f}"}, field="amount", most_fen=most
            )
        decision = CaseDecision.objects.create(
            case=case, verdict=verdict, amount_fen=amount_fen, most_fen=most, reason=reason,
            decided_by_id=actor.pk, decided_at=at,
        )  # fmt: skip
        _carry_out(case, order, decision, actor, at)
        return decision


def _check_not_a_party(order: OrderFacts, actor: Any) -> None:
    is_party = actor.pk == order.purchase.user_id or order.supplier.organisation_id in actor.organisation_ids
    if is_party:
        raise NotAllowed(_("You are a party of this order: somebody else has to decide."), code="own_case")


def _check_no_amount(amount_fen: int) -> None:
    if amount_fen:
        raise InvalidInput(
            _("Nothing is given back by this decision: leave the amount empty, or decide otherwise."),
            code="amount_with_dismissal", field="amount",
        )  # fmt: skip


def _check_can_return(facts: rules.CaseFacts) -> None:
    words = {
        "not_for_fresh": _("Fresh produce is not sent back."),
        "not_for_missing": _("What did not arrive can't be sent back."),
        "not_for_damage": _("The supplier promised money for damage without a return: nothing is sent back."),
    }
    if code := rules.no_return_code(facts):
        raise InvalidInput(words[code], code=code, field="verdict")


def _carry_out(case: AfterSale, order: OrderFacts, decision: CaseDecision, actor: Any, at: datetime) -> None:
    side = CaseSide.PLATFORM
    if decision.verdict == Verdict.DISMISS:
        move_case(case, AfterSaleState.DISMISSED, side=side, actor=actor, at=at, agreed_fen=0)
    elif decision.verdict == Verdict.RETURN:
        move_case(
            case, AfterSaleState.TO_RETURN, side=side, actor=actor, at=at,
            agreed_fen=decision.amount_fen, needs_return=True,
        )  # fmt: skip
    else:
        # Nothing comes back, unless it was sent back before the sides fell out over it.
        case.needs_return = case.needs_return and case.sent_back_at is not None
        case.save(update_fields=["needs_return"])
        grant(case, order, amount_fen=decision.amount_fen, side=side, actor=actor, at=at)


@periodic.every("sales.cases", seconds=60)
def act_on_time(*, at: datetime) -> int:
    """Do what each case's time running out means; return how many moved. Running it twice moves nothing twice."""
    states = (AfterSaleState.OPEN, AfterSaleState.OFFERED, AfterSaleState.TO_RETURN, AfterSaleState.RETURNING)
    due = AfterSale.objects.filter(state__in=states, due_at__lte=at).order_by("due_at", "pk")
    return sum(_act(case_id, at) for case_id in due.values_list("pk", flat=True)[:BATCH])


def _act(case_id: int, at: datetime) -> bool:
    try:
        with transaction.atomic():
            case, _order = lock_case(case_id)
            if case.due_at is None or case.due_at > at:
                return False
            side = CaseSide.TIME
            if case.state == AfterSaleState.OPEN:
                move_case(case, AfterSaleState.ARBITRATION, side=side, actor=None, at=at, asked_at=at)
            elif case.state == AfterSaleState.OFFERED:
                take_offer(case_id, side, None, at)
            elif case.state == AfterSaleState.TO_RETURN:
                move_case(case, AfterSaleState.LAPSED, side=side, actor=None, at=at, agreed_fen=0)
            elif case.state == AfterSaleState.RETURNING:
                take_return(case_id, side, None, at)
            else:
                return False
            return True
    except TooMuch:
        # What was agreed is not left of the line any more: a person has to look at it.
        return _hand_over(case_id, at)
    except DomainError:
        # Moved by somebody else since it was listed.
        logger.warning("case %s was not moved by time", case_id, exc_info=True)
        return False


def _hand_over(case_id: int, at: datetime) -> bool:
    with transaction.atomic():
        case, _order = lock_case(case_id)
        if case.state not in (AfterSaleState.OFFERED, AfterSaleState.RETURNING):
            return False
        move_case(case, AfterSaleState.ARBITRATION, side=CaseSide.TIME, actor=None, at=at, asked_at=at)
        return True
