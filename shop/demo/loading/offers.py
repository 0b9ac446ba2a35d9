"""The coupon 禾桥见面礼: ¥10 off from ¥100; two offers that a cooperative pays for; one that a second person approves."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range
from oscar.apps.voucher.models import Voucher

from catalog.models import Supplier
from shop.accounts.models import User
from shop.sales.models import OfferFunding
from shop.sales.operations.funding import answer_consent, renew_consent
from shop.sales.operations.offer_bounds import hold_if_deep

CODE = "HEQIAO10"
NAME = "禾桥见面礼"


def load_offers(at: datetime) -> Voucher:
    """Create the coupon, valid from half a year before `at` for two years, once for each customer."""
    everything = Range.objects.create(name="全部商品", slug="everything", includes_all_products=True)
    condition = Condition.objects.create(range=everything, type=Condition.VALUE, value=Decimal(100))
    benefit = Benefit.objects.create(range=everything, type=Benefit.FIXED, value=Decimal(10))
    offer = ConditionalOffer.objects.create(
        name="满 100 减 10",
        slug="heqiao10",
        offer_type=ConditionalOffer.VOUCHER,
        condition=condition,
        benefit=benefit,
        max_basket_applications=1,
    )
    OfferFunding.objects.create(offer=offer, funded_by=OfferFunding.FundedBy.PLATFORM)
    voucher = Voucher.objects.create(
        name=NAME,
        code=CODE,
        usage=Voucher.ONCE_PER_CUSTOMER,
        start_datetime=at - timedelta(days=183),
        end_datetime=at + timedelta(days=548),
    )
    voucher.offers.add(offer)
    return voucher


OWN_CODE = "XIANGQIN15"


def load_funded(*, supplier: Supplier, member: User, staff: User, at: datetime) -> None:
    """Create a coupon of `supplier`'s own, to which it agreed, and an offer that waits for its answer."""
    everything = Range.objects.get(slug="everything")
    agreed = _funded(
        "乡亲价：满 50 减 15%",
        supplier,
        offer_type=ConditionalOffer.VOUCHER,
        condition=Condition.objects.create(range=everything, type=Condition.VALUE, value=Decimal(50)),
        benefit=Benefit.objects.create(range=everything, type=Benefit.PERCENTAGE, value=Decimal(15)),
        max_discount=Decimal(2000),
        end_datetime=at + timedelta(days=90),
    )
    asked = renew_consent(offer_id=agreed.pk, actor=staff, at=at - timedelta(days=3))
    if asked is not None:
        answer_consent(consent_id=asked.pk, agree=True, actor=member, at=at - timedelta(days=2))
    coupon = Voucher.objects.create(
        name="乡亲价",
        code=OWN_CODE,
        usage=Voucher.MULTI_USE,
        start_datetime=at - timedelta(days=2),
        end_datetime=at + timedelta(days=90),
    )
    coupon.offers.add(agreed)
    waiting = _funded(
        "年货节：满 3 件，最低价一件免费",
        supplier,
        offer_type=ConditionalOffer.SITE,
        condition=Condition.objects.create(range=everything, type=Condition.COUNT, value=Decimal(3)),
        benefit=Benefit.objects.create(range=everything, type=Benefit.MULTIBUY),
        max_discount=Decimal(1500),
        end_datetime=at + timedelta(days=60),
    )
    renew_consent(offer_id=waiting.pk, actor=staff, at=at - timedelta(hours=5))


def _funded(name: str, supplier: Supplier, **facts: Any) -> ConditionalOffer:
    offer = ConditionalOffer.objects.create(name=name, max_basket_applications=1, **facts)
    OfferFunding.objects.create(offer=offer, funded_by=OfferFunding.FundedBy.SUPPLIER, supplier=supplier)
    return offer


def load_deep(*, staff: User, at: datetime) -> None:
    """Create an offer at the platform's cost that takes so much off that a second person has to approve it."""
    everything = Range.objects.get(slug="everything")
    offer = ConditionalOffer.objects.create(
        name="滞销救急：满 200 减六成",
        slug="rescue60",
        offer_type=ConditionalOffer.SITE,
        condition=Condition.objects.create(range=everything, type=Condition.VALUE, value=Decimal(200)),
        benefit=Benefit.objects.create(range=everything, type=Benefit.PERCENTAGE, value=Decimal(60)),
        max_discount=Decimal(3000),
        start_datetime=at,
        end_datetime=at + timedelta(days=10),
    )
    OfferFunding.objects.create(offer=offer, funded_by=OfferFunding.FundedBy.PLATFORM)
    hold_if_deep(offer_id=offer.pk, actor=staff, at=at - timedelta(hours=2))
