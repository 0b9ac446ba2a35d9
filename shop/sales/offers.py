"""Reading the shop's offers and coupons (Oscar's tables) and applying the combination that is best for the buyer.

Which may run is decided here, at one moment: status, dates, uses left, the consent of a supplier who pays. What they
come to is decided by `combining`, which knows no tables.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.apps.offer.models import Condition, ConditionalOffer, Range
from oscar.apps.voucher.models import Voucher

from shop.core.errors import InvalidInput
from shop.core.money import to_fen
from shop.core.prepared import Prepared
from shop.core.times import full_moment
from shop.sales import combining
from shop.sales.approved import in_hundredths, plain_terms
from shop.sales.bounding import Bounds, bound
from shop.sales.combining import Combination, Goods, Needs, Terms
from shop.sales.models import OfferConsent, OfferFunding
from shop.sales.offer_parts import GIVES, NEEDS
from shop.sales.offer_rules import says_the_same
from shop.sales.offer_words import coupon_scope
from shop.sales.pricing import Applied, PricedLine
from shop.sales.rules import clean_coupon, coupon_code_fits
from shop.sales.states import ConsentState
from shop.sales.texts import in_reader_language, quoted
from shop.sales.used import has_used, uses_of
from shop.sales.whose import NOBODY, Whose

OFTEN = 10_000


@dataclass
class Discounts:
    """What applied to some lines; why the coupon did not; what lacks for the nearest offer. Texts in the reader's language.

    `coupon_error`: the coupon can't be used like this. `coupon_note`: it could, but something else is better;
    `coupon_scope`: whose goods alone it counts for. `is_coupon_unproved`: it needs a proved phone.
    """

    applied: list[Applied] = field(default_factory=list)
    coupon_error: str = ""
    coupon_note: str = ""
    coupon_scope: str = ""
    is_coupon_unproved: bool = False
    hint: str = ""


@dataclass
class _Running:
    """An offer at one moment. `off` says why it does not run ("" when it does)."""

    offer: ConditionalOffer
    voucher: Voucher | None = None
    terms: Terms | None = None
    supplier_id: int | None = None
    supplier: str = ""
    consent: OfferConsent | None = None
    off: str = ""


def find_coupon(code: str, *, at: datetime, whose: Whose = NOBODY) -> Voucher | None:
    """Return the voucher of a code a buyer typed; None for an empty code.

    Raises InvalidInput on field `coupon` when there is none, it is not valid now, or this buyer has used it,
    PhoneUnproved where each customer has it once and this one has not proved who it is.
    """
    code = clean_coupon(code)
    if not code:
        return None
    if not coupon_code_fits(code):
        raise InvalidInput(
            _("This is no coupon's code: those have letters A to Z, digits and dashes only, 40 at most. Check it."),
            code="coupon_unknown",
            field="coupon",
        )
    voucher = Voucher.objects.filter(code__iexact=code).first()
    if voucher is None:
        raise InvalidInput(_("There is no such coupon. Check the code."), code="coupon_unknown", field="coupon")
    if voucher.start_datetime > at:
        said = _("This coupon is valid from %(at)s on.") % {"at": full_moment(voucher.start_datetime)}
        raise InvalidInput(said, code="coupon_early", field="coupon")
    if voucher.end_datetime < at:
        said = _("This coupon expired on %(at)s.") % {"at": full_moment(voucher.end_datetime)}
        raise InvalidInput(said, code="coupon_expired", field="coupon")
    if voucher.usage == Voucher.SINGLE_USE and voucher.num_orders > 0:
        raise InvalidInput(_("This coupon has been used."), code="coupon_used", field="coupon")
    if voucher.usage == Voucher.ONCE_PER_CUSTOMER:
        whose.check_proved(_("Coupon %(code)s") % {"code": code}, field="coupon")
    if voucher.usage == Voucher.ONCE_PER_CUSTOMER and has_used(code, whose):
        raise InvalidInput(_("You have used this coupon already."), code="coupon_used", field="coupon")
    return voucher


_SITE_OFFERS = Prepared(
    lambda: (
        ConditionalOffer.objects.filter(offer_type=ConditionalOffer.SITE, status=ConditionalOffer.OPEN)
        .select_related("condition", "benefit")
        .order_by("-priority", "pk")
    )
)


def apply_discounts(
    lines: Sequence[PricedLine], *, at: datetime, coupon: Voucher | None = None, whose: Whose = NOBODY
) -> Discounts:
    """Set the discounts of `lines` to the best that offers and coupon give together; return what applied and why.

    The coupon is used only where it saves something beyond what the offers save without it. One query where there is
    nothing to apply.
    """
    if not lines:
        return Discounts()
    found = {each.pk: _Running(each) for each in _SITE_OFFERS() if not _off_by_date(each, at)}
    if coupon is not None:
        for offer in coupon.offers.select_related("condition", "benefit").order_by("-priority", "pk"):
            found[offer.pk] = _Running(offer, coupon)
    if not found:
        return Discounts(coupon_error=_("This coupon takes nothing off at present.") if coupon else "")
    running = list(found.values())
    goods = [Goods(line.unit_price_fen, line.quantity, line.spec.product_id) for line in lines]
    _understand(running, lines, at, whose)
    bounds = _bound(running, goods, at)
    open_ = [each for each in running if each.terms is not None]
    without = bounds.best([each.terms for each in open_ if each.voucher is None and each.terms])
    chosen = without
    if coupon is not None:
        together = bounds.best([each.terms for each in open_ if each.terms])
        if together.saved > without.saved:
            chosen = together
    applied = _take_over(chosen, {each.offer.pk: each for each in running}, lines)
    made = Discounts(applied, hint=_hint(open_, {each.offer_id for each in applied}, goods))
    made.coupon_scope = coupon_scope([each.supplier for each in running if each.voucher is not None])
    if coupon is not None and not any(each.voucher_id for each in applied):
        _say_why(made, [each for each in running if each.voucher is not None], bounds)
    return made


def _off_by_date(offer: ConditionalOffer, at: datetime) -> str:
    if offer.start_datetime is not None and offer.start_datetime > at:
        return _("The offer behind this coupon begins on %(at)s.") % {"at": full_moment(offer.start_datetime)}
    if offer.end_datetime is not None and offer.end_datetime < at:
        return _("The offer behind this coupon ended on %(at)s.") % {"at": full_moment(offer.end_datetime)}
    return ""


def _understand(running: Sequence[_Running], lines: Sequence[PricedLine], at: datetime, whose: Whose) -> None:
    """Find for each offer whether it runs, who pays, and what its terms are for these lines."""
    offers = [each.offer for each in running]
    _fund(running)
    shared = _combinations(offers)
    limited = [offer.pk for offer in offers if offer.max_user_applications]
    used = uses_of(limited, whose) if limited else {}
    held = _held({part.range_id for each in offers for part in (each.condition, each.benefit)}, lines)
    for each in running:
        offer = each.offer
        times = _times_left(offer, used.get(offer.pk, 0))
        most = _most_left(each)
        if offer.status == ConditionalOffer.CONSUMED:
            each.off = _("The offer behind this coupon is used up.")
        elif offer.status != ConditionalOffer.OPEN:
            each.off = _("The offer behind this coupon is suspended.")
        elif late := _off_by_date(offer, at):
            each.off = late
        elif offer.max_user_applications and not whose.is_proved:
            each.off = _("Each customer has this offer so often: sign in with your phone number to use it.")
        elif times < 1 or (most is not None and most < 1):
            each.off = _("The offer behind this coupon is used up.")
        if not each.off:
            each.terms = _terms(each, lines, held, times, most, shared.get(offer.pk, frozenset()))


def _fund(running: Sequence[_Running]) -> None:
    """Note whose lines an offer reduces; what a supplier is to pay for runs only on the terms that it agreed to."""
    rows = OfferFunding.objects.filter(
        offer_id__in=[each.offer.pk for each in running], funded_by=OfferFunding.FundedBy.SUPPLIER
    ).values_list("offer_id", "supplier_id", "supplier__name_zh", "supplier__name_en")
    funded = {offer_id: (supplier_id, in_reader_language(zh, en)) for offer_id, supplier_id, zh, en in rows}
    if not funded:
        return
    given = {
        consent.offer_id: consent
        for consent in OfferConsent.objects.filter(offer_id__in=funded, state=ConsentState.GIVEN)
    }
    for each in (each for each in running if each.offer.pk in funded):
        each.supplier_id, each.supplier = funded[each.offer.pk]
        consent = given.get(each.offer.pk)
        agreed = {"offer": consent.terms["offer"]} if consent else {}
        is_suppliers = consent is not None and consent.supplier_id == each.supplier_id
        if is_suppliers and says_the_same(agreed, {"offer": plain_terms(each.offer)}):
            each.consent = consent
        else:
            each.off = _("The offer behind this coupon is not running at present.")


def _bound(running: Sequence[_Running], goods: Sequence[Goods], at: datetime) -> Bounds:
    """Bound what the platform's offers take off together without a second person's word; return the bounds."""
    bounds, bounded = bound(
        [(each.offer, each.terms) for each in running if each.terms and each.supplier_id is None], goods, at
    )
    for each in running:
        each.terms = bounded.get(each.offer.pk, each.terms)
    return bounds


def _combinations(offers: Sequence[ConditionalOffer]) -> dict[int, frozenset[int]]:
    """Return which offers each is said to combine with; one query, where any may be combined at all."""
    ids = [offer.pk for offer in offers if not offer.exclusive]
    if len(ids) < 2:
        return {}
    through = ConditionalOffer.combinations.through
    rows = through.objects.filter(Q(from_conditionaloffer__in=ids) | Q(to_conditionaloffer__in=ids))
    found: dict[int, set[int]] = {}
    for one, other in rows.values_list("from_conditionaloffer", "to_conditionaloffer"):
        found.setdefault(one, set()).add(other)
    return {pk: frozenset(others) for pk, others in found.items()}


def _held(range_ids: Iterable[int | None], lines: Sequence[PricedLine]) -> dict[int, set[int]]:
    """Return which of the lines' products each range holds. A query for all ranges, and one for each."""
    ids = [line.spec.product_id for line in lines]
    ranges = Range.objects.in_bulk([pk for pk in range_ids if pk])
    return {
        pk: set(each.product_queryset.filter(pk__in=ids).values_list("pk", flat=True))
        if not each.proxy_class
        else set()
        for pk, each in ranges.items()
    }


def _times_left(offer: ConditionalOffer, used: int) -> int:
    limits = [OFTEN]
    if offer.max_basket_applications:
        limits.append(offer.max_basket_applications)
    if offer.max_global_applications is not None:
        limits.append(offer.max_global_applications - offer.num_applications)
    if offer.max_user_applications:
        limits.append(offer.max_user_applications - used)
    return min(limits)


def _most_left(each: _Running) -> int | None:
    limits = []
    if each.offer.max_discount is not None:
        limits.append(to_fen(each.offer.max_discount) - to_fen(each.offer.total_discount))
    if each.consent is not None:
        limits.append(each.consent.most_fen - each.consent.spent_fen)
    return min(limits, default=None)


def _terms(
    each: _Running,
    lines: Sequence[PricedLine],
    held: dict[int, set[int]],
    times: int,
    most: int | None,
    together: frozenset[int],
) -> Terms | None:
    """Return an offer as the rules see it; None for a kind that the shop does not sell by."""
    offer, condition, benefit = each.offer, each.offer.condition, each.offer.benefit
    if condition.type not in NEEDS or benefit.type not in GIVES or condition.proxy_class or benefit.proxy_class:
        return None
    own = [place for place, line in enumerate(lines) if each.supplier_id in (None, line.spec.supplier_id)]

    def of(range_id: int | None) -> frozenset[int]:
        inside = held.get(range_id or 0, set())
        return frozenset(place for place in own if lines[place].spec.product_id in inside)

    return Terms(
        pk=offer.pk,
        needs=NEEDS[condition.type],
        threshold=in_hundredths(condition.value) if condition.type == Condition.VALUE else int(condition.value or 0),
        gives=GIVES[benefit.type],
        value=in_hundredths(benefit.value),
        counted=of(condition.range_id),
        reduced=of(benefit.range_id),
        times=times,
        most_fen=most,
        most_pieces=benefit.max_affected_items,
        together=None if offer.exclusive else together,
    )


def _take_over(chosen: Combination, running: dict[int, _Running], lines: Sequence[PricedLine]) -> list[Applied]:
    """Write the parts on the lines; return what applied."""
    applied = []
    for taken in chosen.taken:
        each = running[taken.terms.pk]
        for line, part in zip(lines, taken.parts, strict=True):
            line.discount_fen += part
            if each.consent is not None:
                line.discount_supplier_fen += part
        applied.append(
            Applied(
                offer_id=each.offer.pk,
                name=each.offer.name,
                voucher_id=each.voucher.pk if each.voucher else None,
                frequency=taken.times,
                parts=tuple(
                    (line.spec.specification_id, part) for line, part in zip(lines, taken.parts, strict=True) if part
                ),
                supplier_id=each.supplier_id,
                consent_id=each.consent.pk if each.consent else None,
            )
        )
    return applied


def _say_why(made: Discounts, behind: Sequence[_Running], bounds: Bounds) -> None:
    """Say why the coupon's offers (`behind`) did not apply: something is better, something lacks, or they do not run."""
    open_ = [each.terms for each in behind if each.terms is not None]
    goods, alone = bounds.goods, bounds.best(open_)
    if alone.taken:
        made.coupon_note = _(
            "%(offers)s already takes %(more)s off. This coupon would take off %(less)s and can't be combined with it: "
            "keep it for another order."
        ) % {
            "offers": quoted(each.name for each in made.applied),
            "more": _yuan(sum(each.amount_fen for each in made.applied)),
            "less": _yuan(alone.saved),
        }
        return
    near = [each for each in behind if each.terms is not None and each.terms.counted]
    if near:
        made.coupon_error = _lacks(
            min((each.terms for each in near if each.terms), key=lambda t: combining.missing(t, goods)), goods
        )
    elif open_:
        made.coupon_error = _("This coupon is not for what is in your basket.")
    else:
        made.coupon_error = next((each.off for each in behind if each.off), "")
    made.coupon_error = made.coupon_error or _("This coupon takes nothing off at present.")


def _lacks(terms: Terms, goods: Sequence[Goods]) -> str:
    """Return what lacks until a coupon applies; "" when nothing does."""
    rest = combining.missing(terms, goods)
    if not rest:
        return ""
    if terms.needs == Needs.VALUE:
        return _("%(rest)s more to use this coupon: it starts at %(from)s.") % {
            "rest": _yuan(rest),
            "from": _yuan(terms.threshold),
        }
    if terms.needs == Needs.PIECES:
        return ngettext("%(n)d piece more to use this coupon.", "%(n)d pieces more to use this coupon.", rest) % {
            "n": rest
        }
    return ngettext(
        "%(n)d different product more to use this coupon.", "%(n)d different products more to use this coupon.", rest
    ) % {"n": rest}


def _hint(open_: Sequence[_Running], applied: set[int], goods: Sequence[Goods]) -> str:
    """Return what lacks for the nearest of the site's offers, at least half of which is there; "" for none."""
    near = []
    for each in open_:
        terms = each.terms
        if terms is None or each.voucher is not None or each.offer.pk in applied or not terms.counted:
            continue
        rest = combining.missing(terms, goods)
        if 0 < rest <= terms.threshold // 2:
            near.append((rest / terms.threshold, rest, each.offer.name, terms.needs))
    if not near:
        return ""
    _part, rest, name, needs = min(near)
    if needs == Needs.VALUE:
        return _("%(rest)s more for %(offer)s.") % {"rest": _yuan(rest), "offer": quoted([name])}
    return ngettext("%(n)d more for %(offer)s.", "%(n)d more for %(offer)s.", rest) % {
        "n": rest,
        "offer": quoted([name]),
    }


def _yuan(fen: int) -> str:
    return f"¥{fen / 100:.2f}"
