"""The coupon 禾桥见面礼: ¥10 off from ¥100, paid for by the platform."""

from datetime import datetime, timedelta
from decimal import Decimal

from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range
from oscar.apps.voucher.models import Voucher

from shop.sales.models import OfferFunding

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
