"""What procurement holds of people; see `shop.core.personal`."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from procurement.models import Pledge
from procurement.texts import donor_of, in_both_languages
from shop.accounts.operations.messages import rewrite
from shop.core.personal import Held, Holding

UNIT = "the unit's papers: kept as long as its accounts, the person by number"
CONTACT = "a contact that the organisation names, and changes on its page"


def export_gifts(user: Any) -> dict[str, Any]:
    """Return what the person gave."""
    pledges = Pledge.objects.filter(donor=user).select_related("beneficiary").order_by("pk")
    return {
        "gifts": [
            {
                "certificate": row.certificate_code,
                "beneficiary": row.beneficiary.name_zh,
                "as": row.donor_name,
                "words": row.words,
                "at": row.created_at.isoformat(),
            }
            for row in pledges
        ]
    }


def erase_donor(user: Any, at: datetime) -> None:
    """Take the person's name and words off its certificates and what beneficiaries were told; the gifts stay."""
    own = Pledge.objects.filter(donor=user)
    told = Q(pk__in=())
    for order_id in own.values_list("purchase__orders__pk", flat=True):
        told |= Q(key__startswith=f"ask_receipt:{order_id}:")
    nameless = in_both_languages("donor", lambda: donor_of(Pledge()))
    rewrite(which=told, params={**nameless, "words": ""})
    own.update(donor_name="", words="", seal_salt="")


HOLDING = Holding(
    "procurement",
    (
        Held(
            "procurement.Pledge",
            ("donor", "donor_name", "words"),
            exported="gifts",
            erased="name and words go, from the certificate and the messages about it too",
            kept="the gift itself, with its orders",
        ),
        Held("procurement.ReceiptLink", ("token_hash",), kept="a hash; the link works once"),
        Held(
            "procurement.PledgeReceipt",
            ("picture", "words"),
            kept="the beneficiary's, an institution's; the photo is shown to it and to the donor only",
        ),
        Held("procurement.AcceptancePhoto", ("picture",), kept=f"{UNIT}; shown to those concerned only"),
        Held("procurement.Need", ("ship_name", "ship_phone", "ship_street", "text_zh", "text_en"), kept=CONTACT),
        Held("procurement.BudgetUnit", ("ship_name", "ship_phone", "ship_street"), kept=CONTACT),
        Held(
            "procurement.QuotaDeclaration",
            (*("contact_name", "contact_phone", "submitted_by", "decided_by", "accepted_by"), "note", "reason"),
            kept=UNIT,
        ),
        Held("procurement.DeclarationSnapshot", ("submitted_by_id", "confirmed_by_id", "change_reason"), kept=UNIT),
        Held("procurement.CancelRequest", ("asked_by", "decided_by", "reason", "answer"), kept=UNIT),
        Held("procurement.UnitPayer", ("added_by_id", "ended_by_id"), kept=UNIT),
        Held(
            "procurement.PurchaseRequest",
            ("buyer", "note", "editors", "ship_name", "ship_phone", "ship_street"),
            kept=UNIT,
        ),
        Held(
            "procurement.ShoppingList",
            ("sheets", "created_by", "file_name", "unread"),
            kept="a unit's list, for 90 days",
        ),
        Held("procurement.RequestVersion", ("lines",), kept=UNIT),
        Held("procurement.RequestDecision", ("actor", "reason"), kept=UNIT),
        Held(
            "procurement.GoodsAcceptance",
            (*("actor_id", "receiver_name", "receiver_account_id"), "second_name", "second_account_id", "note"),
            kept=UNIT,
        ),
    ),
    export=export_gifts,
    erase=erase_donor,
)
