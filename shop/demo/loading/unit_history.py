"""A unit's past purchases, written in bulk: requests, approvals, orders, parcels, acceptances, transfers.

Everything stands as the operations would have left it, so `check_ledger` finds nothing.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.utils import timezone
from oscar.apps.order.models import Order

from catalog.models import Listing
from catalog.queries import SpecForSale
from procurement import books
from procurement.models import (
    AcceptanceLine,
    GoodsAcceptance,
    PurchaseRequest,
    QuotaDeclaration,
    RequestDecision,
    RequestLine,
    RequestVersion,
    UnitOrder,
)
from procurement.numbers import new_number
from procurement.operations.asked import facts_of, lines_of
from procurement.operations.declarations import share_postings
from procurement.operations.requests import unit_address
from procurement.queries.policies import policy_for
from procurement.queries.sealed import all_facts
from procurement.states import ReceiverKind, RequestState
from shop.core import ledger
from shop.core.ledger import Posting
from shop.core.models import Account, Transfer
from shop.core.sealed import seal_rest
from shop.sales import books as trade
from shop.sales import rules
from shop.sales.deal import Attribution, Extras, PlaceLine
from shop.sales.models import (
    DeliveryDue,
    LineFacts,
    OrderAttribution,
    OrderFacts,
    OrderMove,
    Payment,
    Purchase,
    Remittance,
    Shipment,
    ShipmentLine,
)
from shop.sales.numbers import new_number as trade_number
from shop.sales.operations.order_rows import write_orders
from shop.sales.queries.quotes import list_quote
from shop.sales.queries.sealed import all_facts as all_sales_facts
from shop.sales.states import OrderState, PaymentState, PurchaseState, Terms

if TYPE_CHECKING:
    from shop.demo.loading.units import DemoUnit

SHORT_ONE_IN = 11
# Who receives goods with the buyer: the approver, or a witness from outside.
SECOND_RECEIVERS = ("", "家长代表 邓女士", "")
NOTES = ("一箱压坏", "少了一件", "两件受潮", "一件破包")


@dataclass
class History:
    """What is to be written, gathered unit by unit."""

    year: int
    at: datetime
    dice: Random
    postings: list[tuple[datetime, Posting]] = field(default_factory=list)
    rows: dict[type, list[Any]] = field(default_factory=dict)
    sold: dict[int, int] = field(default_factory=dict)
    terms: dict[str, int] = field(default_factory=dict)
    parcels: "count[int]" = field(default_factory=lambda: count(1))

    def _term_days(self, each: "DemoUnit") -> int:
        """Return in how many days what is accepted is paid, as the policy of the year says."""
        region = each.unit.region_code
        if region not in self.terms:
            self.terms[region] = policy_for(region, self.year).term_days
        return self.terms[region]

    def _add(self, row: Any) -> None:
        self.rows.setdefault(type(row), []).append(row)

    def declare(self, each: "DemoUnit", declaration: QuotaDeclaration, *, budgets: dict[str, int]) -> None:
        """Book a confirmed declaration's share, and the budgets of the unit's funds for the year."""
        when = declaration.submitted_at or self.at
        for fund, fen in budgets.items():
            budget = books.budget_granted(
                key=f"{each.unit.pk}:{self.year}:{fund}:start", unit_id=each.unit.pk, year=self.year, fen=fen, fund=fund
            )
            self._post(min(when, timezone.make_aware(datetime(self.year, 1, 1, 8))), budget)  # noqa: DTZ001 (made aware)
        if declaration.in_force is not None:
            self._post(declaration.in_force.confirmed_at, list(share_postings(declaration.in_force, None)))

    def _post(self, when: datetime, postings: list[Posting]) -> None:
        self.postings += [(when, posting) for posting in postings]

    def buy(self, each: "DemoUnit", when: datetime, fen: int, fund: str, goods: list[SpecForSale]) -> None:
        """Write one purchase of about `fen` from one or two suppliers, as far as it came by now."""
        pieces = self._choose(fen, goods)
        quote = list_quote(pieces, destination=each.unit.ship_division_id or "")
        if not quote.served:
            return
        request = self._request(each, when, fund, quote)
        placed = when + timedelta(days=1, hours=3)
        purchase = Purchase.objects.create(
            number=trade_number("HQ", placed),
            key=f"request:{request.number}",
            user=each.members["buyer"],
            contact_phone=each.unit.ship_phone,
            contact_email=each.members["buyer"].email or "",
            state=PurchaseState.UNPAID,
            terms=Terms.POSTPAID,
            term_days=self._term_days(each),
            goods_fen=quote.goods_fen,
            freight_fen=quote.freight_fen,
            total_fen=quote.total_fen,
            ship_name=each.unit.ship_name,
            ship_phone=each.unit.ship_phone,
            ship_division_id=each.unit.ship_division_id or "",
            ship_street=each.unit.ship_street,
            invoice_title=each.organisation.name_zh,
            invoice_tax_no=each.organisation.credit_code or "",
            attribution_kind="unit",
            attribution_ref=str(each.unit.pk),
            attribution_label=each.organisation.name_zh,
            placed_at=placed,
        )
        for source in (
            Attribution("unit", str(each.unit.pk), each.organisation.name_zh),
            Attribution("request", request.number, ""),
        ):
            self._add(OrderAttribution(purchase=purchase, kind=source.kind, ref=source.ref, label=source.label))
        groups = {
            group.supplier_id: [PlaceLine(line.spec, line.quantity, line.unit_price_fen) for line in group.lines]
            for group in quote.groups
        }
        freight = {group.supplier_id: group.freight.fen for group in quote.groups}
        orders = write_orders(purchase, groups, Extras(freight=freight), OrderState.TO_SHIP, placed)
        accepted = max([self._deliver(each, request, order, lines, placed) for order, lines in orders])
        self._pay(purchase, [order for order, _lines in orders], accepted, each)
        PurchaseRequest.objects.filter(pk=request.pk).update(purchase=purchase)

    def _choose(self, fen: int, goods: list[SpecForSale]) -> list[tuple[SpecForSale, int]]:
        suppliers = sorted({spec.supplier_id for spec in goods})
        found = []
        for supplier_id in self.dice.sample(suppliers, 2 if fen > 900_000 else 1):
            own = [spec for spec in goods if spec.supplier_id == supplier_id]
            chosen = self.dice.sample(own, min(len(own), 2))
            share = fen // (2 if fen > 900_000 else 1) // len(chosen)
            found += [(spec, max(1, share // spec.price_fen)) for spec in chosen]
        return found

    def _request(self, each: "DemoUnit", when: datetime, fund: str, quote: Any) -> PurchaseRequest:
        buyer, approver, finance = (each.members[role] for role in ("buyer", "approver", "finance"))
        request = PurchaseRequest.objects.create(
            number=new_number("CG", when),
            unit=each.unit,
            buyer=buyer,
            editors=[buyer.pk],
            state=RequestState.ORDERED,
            version=2,
            year=self.year,
            fund=fund,
            terms=Terms.POSTPAID,
            **unit_address(each.unit),
            goods_fen=quote.goods_fen,
            freight_fen=quote.freight_fen,
            total_fen=quote.total_fen,
            approved_fen=quote.total_fen,
            created_at=when,
            submitted_at=when + timedelta(minutes=20),
            decided_at=when + timedelta(days=1),
            ordered_at=when + timedelta(days=1, hours=3),
        )
        lines = [
            RequestLine(
                request=request,
                specification_id=line.spec.specification_id,
                listing_id=line.spec.listing_id,
                sku=line.spec.sku,
                supplier_id=line.spec.supplier_id,
                supplier_zh=line.spec.supplier_name_zh,
                supplier_en=line.spec.supplier_name_en,
                name_zh=line.spec.name_zh,
                name_en=line.spec.name_en,
                spec_zh=line.spec.spec_zh,
                spec_en=line.spec.spec_en,
                picture_key=line.spec.picture_key,
                unit_price_fen=line.unit_price_fen,
                quantity=line.quantity,
            )
            for line in quote.lines
        ]
        for line in lines:
            self._add(line)
        self._add(
            RequestVersion(
                request=request,
                version=2,
                lines=lines_of(lines),
                facts=facts_of(request) | {"year": self.year},
                total_fen=quote.total_fen,
                at=when + timedelta(minutes=20),
            )
        )
        for step, actor, hours in ((1, approver, 5), (2, finance, 24)):
            self._add(
                RequestDecision(
                    request=request, version=2, step=step, approved=True, total_fen=quote.total_fen, actor=actor,
                    at=when + timedelta(hours=hours),
                )
            )  # fmt: skip
        taken = books.budget_taken(
            key=f"take:{request.number}:2", unit_id=each.unit.pk, year=self.year, fen=quote.total_fen,
            number=request.number, fund=fund,
        )  # fmt: skip
        self._post(when + timedelta(days=1), taken)
        return request

    def _deliver(
        self, each: "DemoUnit", request: PurchaseRequest, order: OrderFacts, lines: list[LineFacts], placed: datetime
    ) -> datetime:
        """Ship and accept one order, now and then a piece short; return when it was accepted."""
        shipped = placed + timedelta(days=1, hours=self.dice.randrange(4, 30))
        accepted = shipped + timedelta(days=2 + self.dice.randrange(3))
        number = order.order.number
        parcel = Shipment(
            order=order, carrier="sf", tracking_no=f"SF7{next(self.parcels):012d}", shipped_at=shipped,
            delivered_at=accepted, received_at=accepted,
        )  # fmt: skip
        self._add(parcel)
        short = self.dice.randrange(SHORT_ONE_IN) == 0
        for line in lines:
            line.shipped = line.accepted = line.ordered
            self._add(ShipmentLine(shipment=parcel, line=line, quantity=line.ordered))
            self.sold[line.listing_id] = self.sold.get(line.listing_id, 0) + line.ordered
        if short:
            lines[0].accepted -= 1
            lines[0].rejected = 1
            lines[0].refunded_fen = rules.line_refundable(
                lines[0].unit_price_fen, 1, lines[0].ordered, lines[0].discount_fen, 0
            )
            order.waived_fen = lines[0].refunded_fen
        order.state, order.shipped_at, order.completed_at = OrderState.COMPLETED, shipped, accepted
        order.sold_at = accepted  # The goods came first, and were paid later.
        order.ship_by = placed + timedelta(days=2)
        buyer = each.members["buyer"]
        for from_, to, reason, moment in (
            (OrderState.TO_SHIP, OrderState.SHIPPED, "shipped", shipped),
            (OrderState.SHIPPED, OrderState.COMPLETED, "accepted_short" if short else "accepted", accepted),
        ):
            self._add(
                OrderMove(order=order, from_state=from_, to_state=to, reason=reason, actor_id=buyer.pk, at=moment)
            )
        self._add(
            UnitOrder(
                order_id=order.pk, unit=each.unit, request=request, year=self.year, fund=request.fund,
                counts_for=each.unit,
            )
        )  # fmt: skip
        self._record_acceptance(each, order, lines, accepted, note=self.dice.choice(NOTES) if short else "")
        quota = {"unit_id": each.unit.pk, "year": self.year, "fund": request.fund, "number": number}
        left = order.total_fen - order.waived_fen
        self._post(placed, books.quota_move(key=f"placed:{number}", debit=books.SOURCE, credit=books.COMMITTED, fen=order.total_fen, **quota))  # fmt: skip
        self._post(accepted, books.quota_move(key=f"reduced:accepted:{order.pk}", debit=books.COMMITTED, credit=books.REVERSED, fen=order.waived_fen, **quota))  # fmt: skip
        self._post(accepted, books.quota_move(key=f"accepted:{number}", debit=books.COMMITTED, credit=books.FULFILLED, fen=left, **quota))  # fmt: skip
        back = books.budget_back(
            key=f"reduced:accepted:{order.pk}", unit_id=each.unit.pk, year=self.year, fen=order.waived_fen,
            number=request.number, fund=request.fund,
        )  # fmt: skip
        self._post(accepted, back)
        return accepted

    def _record_acceptance(
        self, each: "DemoUnit", order: OrderFacts, lines: list[LineFacts], at: datetime, *, note: str
    ) -> None:
        """Note who received an order, line by line; what it costs falls due with it."""
        buyer, approver = each.members["buyer"], each.members["approver"]
        acceptance = GoodsAcceptance(
            order=order, unit=each.unit, receiver_name=buyer.name, receiver_account_id=buyer.pk,
            short_fen=order.waived_fen, actor_id=buyer.pk, at=at, note=note,
        )  # fmt: skip
        if each.unit.needs_two_receivers:
            witness = self.dice.choice(SECOND_RECEIVERS)
            acceptance.second_name = witness or approver.name
            acceptance.second_kind = ReceiverKind.OUTSIDE if witness else ReceiverKind.MEMBER
            acceptance.second_account_id = None if witness else approver.pk
        self._add(acceptance)
        for line in lines:
            self._add(
                AcceptanceLine(
                    acceptance=acceptance, line=line, sent=line.shipped, accepted=line.accepted,
                    short_fen=line.refunded_fen,
                )
            )  # fmt: skip
        self._add(
            DeliveryDue(
                order=order, key=f"last:{order.pk}", amount_fen=order.left_fen, accepted_at=at,
                pay_by=at + timedelta(days=self._term_days(each)),
            )
        )  # fmt: skip

    def _pay(self, purchase: Purchase, orders: list[OrderFacts], accepted: datetime, each: "DemoUnit") -> None:
        """Pay by transfer within the term, as far as that day has come; who does badly pays late."""
        term = self._term_days(each)
        purchase.pay_by = accepted + timedelta(days=term)
        days = self.dice.randrange(8, term) if each.pace >= 60 else self.dice.randrange(term + 20, term + 65)
        paid = accepted + timedelta(days=days)
        fields = {"pay_by": purchase.pay_by}
        if paid < self.at - timedelta(days=1):
            fields |= {"state": PurchaseState.PAID, "paid_at": paid}
            due = purchase.total_fen - sum(order.waived_fen for order in orders)
            key = secrets.token_hex(16)
            payment = Payment(
                payable_id=purchase.pk, gateway="transfer", amount_fen=due, received_fen=due,
                state=PaymentState.SUCCEEDED, key=key, provider_ref=f"HK{purchase.pk:06d}{key[-4:].upper()}",
                started_at=paid - timedelta(days=1), finished_at=paid,
            )  # fmt: skip
            self._add(payment)
            self._add(Remittance(payment=payment, amount_fen=due, payer=purchase.attribution_label, at=paid))
            came = trade.came(key=f"demo:{key}", number=purchase.number, gateway_name="transfer", fen=due)
            self._post(paid, [came])
            for order in orders:
                number, left = order.order.number, order.total_fen - order.waived_fen
                facts = {"number": number, "supplier_id": order.supplier_id}
                captured = trade.captured(
                    purchase_number=purchase.number, total_fen=left, platform_discount_fen=0, **facts
                )
                self._post(paid, captured + trade.completed(amount_fen=left, **facts))
        Purchase.objects.filter(pk=purchase.pk).update(**fields)
        for order in orders:
            self._add(order)

    def write(self) -> None:
        """Write everything that was gathered: rows in bulk, transfers in the order of time."""
        orders = self.rows.pop(OrderFacts, [])
        lines = [each.line for each in self.rows.get(ShipmentLine, [])]
        OrderFacts.objects.bulk_update(
            orders, ["state", "shipped_at", "completed_at", "sold_at", "ship_by", "waived_fen"], batch_size=200
        )
        Order.objects.filter(pk__in=[order.pk for order in orders]).update(status=OrderState.COMPLETED)
        LineFacts.objects.bulk_update(lines, ["shipped", "accepted", "rejected", "refunded_fen"], batch_size=200)
        first = [Shipment, GoodsAcceptance]
        for model in [*first, *(model for model in self.rows if model not in first)]:
            model.objects.bulk_create(self.rows.get(model, []), batch_size=500)  # type: ignore[attr-defined]  # a model
        seal_rest(all_facts() | all_sales_facts(), at=self.at)
        for listing_id, pieces in self.sold.items():
            Listing.objects.filter(pk=listing_id).update(sold_count=F("sold_count") + pieces)
        self._write_transfers()

    def _write_transfers(self) -> None:
        """Write the transfers in the order of time, at once, and the balances of the guarded accounts they end at."""
        self.postings.sort(key=lambda pair: pair[0])
        names = {name for _when, posting in self.postings for name in (posting.debit, posting.credit)}
        guarded = frozenset().union(*(posting.guarded for _when, posting in self.postings))
        found = ledger.accounts(names, guarded=guarded)
        Transfer.objects.bulk_create(
            [
                Transfer(
                    key=posting.key,
                    debit=found[posting.debit],
                    credit=found[posting.credit],
                    amount=posting.amount,
                    kind=posting.kind,
                    reference=posting.reference,
                    at=when,
                )
                for when, posting in self.postings
            ],
            batch_size=500,
        )
        # By prefix: the database has no statistics yet of what was just written, and would join every name with all of it.
        left = ledger.balances("budget:")
        for name in guarded:
            Account.objects.filter(pk=found[name].pk).update(balance=left[name])
