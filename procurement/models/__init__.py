"""Units and what they declare, ask for, receive; needs and gifts."""

from .acceptance import AcceptanceLine, AcceptancePhoto, CancelRequest, GoodsAcceptance, UnitOrder
from .declarations import DeclarationSnapshot, QuotaDeclaration, QuotaPolicy
from .lists import ListHeading, ShoppingList
from .pledges import Need, NeedLine, Pledge, PledgeReceipt, ReceiptLink
from .requests import PurchaseRequest, RequestDecision, RequestLine, RequestVersion
from .units import BudgetUnit, UnitPayer

__all__ = [
    "AcceptanceLine",
    "AcceptancePhoto",
    "BudgetUnit",
    "CancelRequest",
    "DeclarationSnapshot",
    "GoodsAcceptance",
    "ListHeading",
    "Need",
    "NeedLine",
    "Pledge",
    "PledgeReceipt",
    "PurchaseRequest",
    "QuotaDeclaration",
    "QuotaPolicy",
    "ReceiptLink",
    "RequestDecision",
    "RequestLine",
    "RequestVersion",
    "ShoppingList",
    "UnitOrder",
    "UnitPayer",
]
