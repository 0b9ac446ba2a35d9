"""The order after the basket: purchases, order facts, shipments, payments, after-sales, reviews."""

from .aftersales import AfterSale, AfterSalePicture, AfterSaleTerms, CaseDecision, CaseMove, case_times
from .bounds import OfferApproval, OfferBounds, deep_percent
from .carriers import Carrier
from .favourites import Favourite
from .interest import LateInterest
from .offers import LineDiscount, OfferConsent, OfferFunding
from .orders import LineFacts, OrderFacts, OrderMove
from .payments import (
    Payment,
    PayTime,
    Refund,
    RefundAccount,
    Remittance,
    StatementLine,
    TransferSlip,
    WebhookEvent,
)
from .purchases import DeliveryDue, OrderAttribution, Purchase
from .reviews import ReviewFacts, ReviewPicture
from .shipments import Shipment, ShipmentLine
from .weights import WeightTerms, weight_bounds

__all__ = [
    "AfterSale",
    "AfterSalePicture",
    "AfterSaleTerms",
    "Carrier",
    "CaseDecision",
    "CaseMove",
    "DeliveryDue",
    "Favourite",
    "LateInterest",
    "LineDiscount",
    "LineFacts",
    "OfferApproval",
    "OfferBounds",
    "OfferConsent",
    "OfferFunding",
    "OrderAttribution",
    "OrderFacts",
    "OrderMove",
    "PayTime",
    "Payment",
    "Purchase",
    "Refund",
    "RefundAccount",
    "Remittance",
    "ReviewFacts",
    "ReviewPicture",
    "Shipment",
    "ShipmentLine",
    "StatementLine",
    "TransferSlip",
    "WebhookEvent",
    "WeightTerms",
    "case_times",
    "deep_percent",
    "weight_bounds",
]
