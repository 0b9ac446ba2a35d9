"""Quote, purchase, payment: the steps of the checkout, one by one."""

import hashlib
from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import ConfigDict, Field

from shop.accounts import queries as people
from shop.core.acting import by
from shop.core.api import Answer, Body, Id, Page, Priced, Problem, YuanIn, fen_of, yuan
from shop.core.api.forms import clean
from shop.core.api.paging import Asked, cursor_at, ours, place_of
from shop.core.api.routing import KEY_HEADER, ApiRequest, Key
from shop.core.codes import international_phone
from shop.core.numbers import read_id
from shop.sales.api.basket import BasketLineOut, OfferOut, Pieces, area, show_line, show_offers
from shop.sales.api.purchases import PurchaseDetail, PurchaseOut, detail, paying, purchase_out
from shop.sales.errors import PhoneUnproved
from shop.sales.forms.checkout import NEW, CheckoutForm
from shop.sales.operations import closing, payments
from shop.sales.operations.checkout import check_out
from shop.sales.operations.placing import Buyer, Invoice, ShipTo, content_digest
from shop.sales.queries.checkout import CheckoutPage, checkout_page
from shop.sales.queries.purchases import purchase_slice
from shop.sales.rules import clean_coupon
from shop.sales.visitors import Visitor


class NewAddress(Body):
    name: str = Field(max_length=40, examples=["周敏"])
    phone: str = Field(max_length=30, examples=["13800002046"])
    division: str = Field(max_length=12, examples=["440106"])
    street: str = Field(max_length=160, examples=["龙口西路 8 号 1202"])
    postcode: str = Field("", max_length=20)


class InvoiceIn(Body):
    kind: Literal["person", "company"]
    title: str = Field(max_length=120)
    tax_no: str = Field("", max_length=40)
    email: str = Field("", max_length=254)


_BOUGHT = {
    "buy": {"specification_id": 1, "quantity": 2},
    "address": {"name": "周敏", "phone": "13800002046", "division": "440106", "street": "龙口西路 8 号 1202"},
}


class Checkout(Body):
    model_config = ConfigDict(json_schema_extra={"example": _BOUGHT})

    buy: Pieces | None = Field(
        None, description=gettext_noop("Buy this alone; without it, the basket or the lines that are named.")
    )
    deal: str = Field("", max_length=20, examples=["drop:7"], description=gettext_noop("A live drop's price."))
    lines: list[Id] = Field(
        [],
        max_length=200,
        description=gettext_noop("Specifications of the basket; without any, all that can be bought."),
    )
    address_id: Id | None = Field(None, description=gettext_noop("One of your address book."))
    address: NewAddress | None = None
    coupon: str = Field("", max_length=40)


class Order(Checkout):
    model_config = ConfigDict(json_schema_extra={"example": {**_BOUGHT, "total": "71.60"}})

    total: YuanIn | None = Field(
        None, description=gettext_noop("The total that the quote said; another one now is refused.")
    )
    invoice: InvoiceIn | None = None
    notes: dict[str, Annotated[str, Field(max_length=200)]] = Field(
        {}, max_length=50, description=gettext_noop("Words to the suppliers, by their id in the quote.")
    )


class QuotedSupplier(Priced):
    supplier_id: int
    name: str
    is_served: bool
    freight: str
    ships: str


class QuoteRefusal(Answer):
    field: str = Field(examples=["buy.quantity"], description=gettext_noop("What to change, as it was sent."))
    code: str = Field(examples=["over_limit"])
    message: str
    specification_id: int | None = None


class QuoteOut(Priced):
    lines: list[BasketLineOut]
    suppliers: list[QuotedSupplier]
    goods: str
    discount: str
    freight: str
    total: str = Field(examples=["71.60"])
    offers: list[OfferOut] = Field(description=gettext_noop("What takes the discount off: the best combination."))
    coupon_error: str
    coupon_scope: str = Field(description=gettext_noop("Whose goods alone the coupon counts for; empty for any."))
    coupon_note: str = Field(description=gettext_noop("Why the coupon is not used, where something else saves more."))
    fresh_notice: str = Field(description=gettext_noop("What the law has you told about fresh produce before paying."))
    can_order: bool
    refusals: list[QuoteRefusal] = Field(description=gettext_noop("Why it can't be ordered so; none where it can."))


class _Step:
    """A checkout as it was sent: checked by the page's own form."""

    def __init__(self, request: ApiRequest, body: Checkout) -> None:
        self.request, self.body, self.at = request, body, timezone.now()
        self.row = people.address(request.user, body.address_id) if body.address_id else None
        if body.address_id and self.row is None:
            raise Problem(422, "no_such_address", _("This address is not in your book any more."), field="address_id")

    @property
    def destination(self) -> str:
        """The county's code; "" without an address."""
        if self.row is not None:
            return str(self.row.division_id)
        return self.body.address.division if self.body.address else ""

    def page(self, notes: dict[int, str] | None = None) -> CheckoutPage:
        """Return what would be placed."""
        buy = self.body.buy
        page = checkout_page(
            at=self.at,
            user=self.request.user,
            chosen=set(self.body.lines),
            buy=(buy.specification_id, buy.quantity) if buy else None,
            deal=self.body.deal,
            coupon_code=self.body.coupon,
            destination=self.destination,
            notes=notes,
        )
        if self.body.deal and page.special is None:
            text = _("This special price is not there: it was never this product's, or is over.")
            raise Problem(422, "no_such_deal", text, field="deal")
        return page

    def refusals(self, page: CheckoutPage) -> list[dict[str, Any]]:
        """Return why what is on a page can't be ordered so, each beside the field that it is about."""
        quantity, goods = ("buy.quantity", "buy.specification_id") if self.body.buy else ("lines", "lines")
        found: list[dict[str, Any]] = [
            {
                "field": quantity if problem.most else goods,
                "code": problem.code,
                "message": problem.text,
                "specification_id": line.spec.specification_id,
            }
            for line, problem in page.problems
        ]
        if not page.lines:
            found.append({"field": goods, "code": "nothing_to_buy", "message": _("There is nothing here to order.")})
        if page.unserved:
            field = "address_id" if self.row else "address.division"
            found.append({"field": field, "code": "not_served", "message": page.unserved})
        if page.coupon_error:
            found.append({"field": "coupon", "code": "coupon", "message": page.coupon_error})
        return found

    def filled(self, invoice: InvoiceIn | None) -> tuple[ShipTo, Invoice]:
        """Return destination and invoice. Raises Unfit."""
        values: dict[str, Any] = {"address": str(self.row.pk) if self.row else NEW}
        if self.row is None and self.body.address is not None:
            values |= self.body.address.model_dump()
        if invoice is not None:
            values |= {"invoice": invoice.kind, "invoice_title": invoice.title, "invoice_tax_no": invoice.tax_no}
            values["invoice_email"] = invoice.email
        form = CheckoutForm(values)
        inner = {name: f"address.{name}" for name in NewAddress.model_fields}
        clean(form, inner | {f"invoice_{name}": f"invoice.{name}" for name in ("title", "tax_no", "email")})
        data = form.cleaned_data
        bill = Invoice(data["invoice_title"], data["invoice_tax_no"], data["invoice_email"]) if invoice else Invoice()
        if self.row is not None:
            row = self.row
            phone = international_phone(row.phone)
            return ShipTo(row.name, phone, row.division_id, row.street, row.postcode), bill
        phone = international_phone(data["phone"])
        return ShipTo(data["name"], phone, data["division"], data["street"], data["postcode"]), bill


@area.writes(
    "/checkout/quote",
    QuoteOut,
    scope="orders:read",
    key=Key.NONE,
    summary=gettext_noop("What a purchase would cost, and what stands in its way"),
    description=gettext_noop("Nothing is reserved or kept."),
)
def quote_checkout(request: ApiRequest, body: Checkout) -> dict[str, Any]:
    step = _Step(request, body)
    page = step.page()
    refusals = step.refusals(page)
    problems = {line.spec.specification_id: problem for line, problem in page.problems}
    names = {line.spec.specification_id: group.name for group in page.groups for line in group.lines}
    return {
        "lines": [
            show_line(line, names.get(line.spec.specification_id, ""), problems.get(line.spec.specification_id))
            for line in page.lines
        ],
        "suppliers": [
            {
                "supplier_id": group.supplier_id,
                "name": group.name,
                "is_served": group.freight.served,
                "freight": yuan(group.freight.fen),
                "ships": group.ships_text,
            }
            for group in page.groups
        ],
        "goods": yuan(page.quote.goods_fen),
        "discount": yuan(page.quote.discount_fen),
        "freight": yuan(sum(group.freight.fen for group in page.quote.groups)),
        "total": yuan(page.quote.total_fen),
        "offers": show_offers(page.quote),
        "coupon_error": page.coupon_error,
        "coupon_note": page.coupon_note,
        "coupon_scope": page.coupon_scope,
        "fresh_notice": page.fresh_text,
        "can_order": not refusals,
        "refusals": refusals,
    }


@area.writes(
    "/purchases",
    PurchaseDetail,
    scope="orders:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Order: what the quote showed, one order per supplier"),
    description=gettext_noop("Stock is reserved at once; pay at pay_url before pay_by, or start a payment here."),
)
def place_purchase(request: ApiRequest, body: Order) -> dict[str, Any]:
    step = _Step(request, body)
    ship_to, invoice = step.filled(body.invoice)
    notes = {pk: text for key, text in body.notes.items() if (pk := read_id(key)) is not None}
    page = step.page(notes)
    if page.coupon_error:
        code = PhoneUnproved.code if page.is_coupon_unproved else "coupon"
        raise Problem(422, code, page.coupon_error, field="coupon")
    user = request.user
    key = hashlib.sha256(f"{user.pk}:{request.headers[KEY_HEADER].strip()}".encode()).hexdigest()[:48]
    purchase = check_out(
        page=page,
        buyer=Buyer(user, user.phone or ship_to.phone, user.email or ""),
        ship_to=ship_to,
        key=f"api:{key}",
        shown_fen=fen_of(body.total) if body.total else None,
        notes=notes,
        invoice=invoice,
        content=content_digest(
            ship_to, invoice, notes, clean_coupon(body.coupon), buy=body.buy and body.buy.model_dump(), deal=body.deal,
            lines=sorted(body.lines),
        ),
        at=step.at,
    )  # fmt: skip
    if purchase.total_fen == 0:
        payments.settle_nothing_due(purchase_id=purchase.pk, at=step.at)
    return detail(paying(request, purchase.number))


@area.reads(
    "/purchases", Page[PurchaseOut], scope="orders:read", summary=gettext_noop("Your purchases, the latest first")
)
def list_purchases(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    with ours():
        found = purchase_slice(Visitor.of(request.user), after=place_of(turn), limit=turn.limit)
    return {"items": [purchase_out(row) for row in found.rows], "next_cursor": cursor_at(found.after)}


@area.reads("/purchases/{number}", PurchaseDetail, scope="orders:read", summary=gettext_noop("One of your purchases"))
def get_purchase(request: ApiRequest, number: str) -> dict[str, Any]:
    return detail(paying(request, number))


@area.writes(
    "/purchases/{number}/cancel",
    PurchaseDetail,
    scope="orders:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Cancel a purchase that is not paid"),
)
def cancel_purchase(request: ApiRequest, number: str) -> dict[str, Any]:
    found = paying(request, number)
    closing.cancel_purchase(purchase=found.purchase, way=found.way, **by(request))
    return detail(paying(request, number))
