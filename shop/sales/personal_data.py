"""What sales holds of people; see `shop.core.personal`."""

from shop.core.personal import Held, Holding
from shop.sales.operations.privacy import erase_buyer, export_purchases

YEARS = "the trade is kept for at least three years by law, without the person"
BOOKS = "money that was paid stays in the books for the years of the law on accounting (会计档案), for finance alone"
NUMBER = "who decided, by number"

HOLDING = Holding(
    "sales",
    (
        Held(
            "sales.Purchase",
            (
                *("user", "contact_phone", "contact_email", "guest_token_hash", "link_token_hash", "erased_phone"),
                *("phone_proved_at", "declined_by", "content_digest"),
                *("ship_name", "ship_phone", "ship_street", "ship_postcode"),
                *("invoice_title", "invoice_tax_no", "invoice_email", "attribution_label", "coupon_code"),
            ),
            exported="purchases",
            erased="recipient, contacts and a title without tax number go (a unit's and a beneficiary's address is theirs); "
            "a keyed hash of the phone counts coupons",
            kept=f"{YEARS}; an organisation's invoice title with its tax number stays on the invoice",
        ),
        Held("sales.OrderFacts", ("note",), exported="purchases", erased="emptied", kept=YEARS),
        Held("sales.AfterSale", ("reason", "plea"), exported="after_sales", erased="the buyer's words go", kept=YEARS),
        Held(
            "sales.AfterSale",
            ("answer", "dispute", "decided_by_id"),
            kept="the supplier's words, without the buyer's name",
        ),
        Held("sales.AfterSalePicture", ("picture",), erased="the buyer's photos are deleted, files and all"),
        Held(
            "sales.Refund",
            ("reason", "proof", "paid_out_by_id", "payee_why"),
            exported="purchases",
            kept="a code of ours; the bank's slip, a document of the books that finance sees; who paid it, by number; why to whom",
        ),
        Held(
            "sales.RefundAccount",
            ("holder", "bank", "number", "given_by_id"),
            exported="purchases",
            erased="deleted where nothing was paid to it; who gave it goes",
            kept=f"{BOOKS}: where a refund was paid to",
        ),
        Held(
            "sales.TransferSlip", ("picture", "added_by_id"), erased="the buyer's own slips are deleted, files and all"
        ),
        Held(
            "sales.Remittance",
            ("payer", "actor_id"),
            exported="purchases",
            kept=f"{BOOKS}: who paid, as on the bank's statement",
        ),
        Held("sales.CaseMove", ("actor_id",), kept=NUMBER),
        Held(
            "sales.CaseDecision",
            ("decided_by_id", "reason"),
            exported="after_sales",
            kept="the platform's decision, append-only",
        ),
        Held("sales.OrderMove", ("actor_id",), kept=NUMBER),
        Held("sales.Favourite", ("user",), exported="favourites", erased="deleted"),
        Held(
            "sales.ReviewFacts",
            ("shown_name", "moderated_by_id", "reply", "refusal"),
            exported="reviews",
            erased="shown without a name; the person's names and phones go out of the words",
            kept="the words about the goods stay for those who buy next",
        ),
        Held("sales.OfferConsent", ("asked_by_id", "answered_by_id", "reason", "terms"), kept=NUMBER),
        Held("sales.OfferApproval", ("asked_by_id", "approved_by_id", "terms"), kept=NUMBER),
        Held("sales.WebhookEvent", ("event_id", "payload"), kept="what a payment provider said, as long as the books"),
        Held(
            "reviews.ProductReview",
            ("user", "name", "email", "homepage", "title", "body"),
            exported="reviews",
            erased="the writer goes; the person's names and phones go out of the words",
            kept="the words about the goods stay for those who buy next",
        ),
        Held("order.Order", ("user", "guest_email"), exported="purchases", erased="the e-mail goes", kept=YEARS),
        Held("order.OrderNote", ("user", "message"), kept="not written by this shop"),
        Held("basket.Basket", ("owner",), exported="basket", erased="open ones are deleted", kept=YEARS),
        Held("wishlists.WishList", ("owner", "name"), erased="deleted"),
        Held("wishlists.WishListSharedEmail", ("email",), erased="deleted with its list"),
        Held("voucher.VoucherApplication", ("user",), kept="that a coupon was used, by number"),
    ),
    export=export_purchases,
    erase=erase_buyer,
)
