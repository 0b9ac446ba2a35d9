"""The checkout: one screen, nothing typed is ever lost."""

from typing import Any
from urllib.parse import quote_plus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalog.operations.stock import OutOfStock
from shop.accounts import queries as people
from shop.accounts.operations.addresses import save_address
from shop.accounts.signing import suggest_phone
from shop.core import sent
from shop.core.codes import international_phone
from shop.core.errors import DomainError, KeyUsed
from shop.core.numbers import read_id
from shop.core.pasted import paste
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local
from shop.core.texts import one_line
from shop.sales import typed, visitors
from shop.sales.buying_asked import NOTHING, address_of, asked_pair
from shop.sales.forms.checkout import NEW, CheckoutForm
from shop.sales.models import Purchase
from shop.sales.operations.checkout import check_out
from shop.sales.operations.payments import settle_nothing_due
from shop.sales.operations.placing import Buyer, Invoice, ShipTo, content_digest, placed_before
from shop.sales.queries.checkout import CheckoutPage, checkout_page
from shop.sales.queries.purchases import purchase_of_form, purchase_of_once
from shop.sales.rules import clean_coupon
from shop.sales.sources import sources_of
from shop.sales.views.basket import destination_of


class _Checkout:
    """One request of the checkout: what was sent, and what is shown of it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.at = timezone.now()
        self.user = visitors.user_of(request)
        self.is_sent = request.method == "POST"
        self.given = request.POST if self.is_sent else typed.with_typed(request)
        self.guest = visitors.GuestBrowser() if self.user else visitors.guest_browser(request)
        # A key is ours, and this person's or browser's alone; whatever else is sent, or stands in an address, is none.
        given_key = request.POST.get("key", "")
        self.secret = "" if self.user else visitors.checkout_secret(request)
        self.kept_under = visitors.purchase_key(given_key, self.user, self.guest.mark, self.secret)
        self.once = visitors.once_in(self.given)
        self.key = given_key if self.kept_under else self._own_key()
        self.told = ""  # of a pasted address
        self.form = self._form()
        self.error = ""
        self.again = ""
        self.coupon = self.given.get("coupon", "")

    def prove(self) -> str:
        """Return where a phone is proved, and from there back to this checkout."""
        if self.user is not None:
            return f"{local('/account/security/phone/')}?next={quote_plus(address_of(self.given))}"
        return f"{local('/account/login/')}?next={quote_plus(address_of(self.given))}"

    def _own_key(self) -> str:
        """Return the key of this address, the same however often it is opened; a new one where it carries none."""
        if self.once and not self.is_sent:
            return visitors.key_of(self.once, self.user, self.guest.mark, self.secret)
        return self.new_key()

    def bought_before(self) -> Purchase | None:
        """Return what was bought at this very address: whoever went back to it reads it anew."""
        hashes = self.guest.hashes if self.user is None else visitors.bought_in(self.request)
        return purchase_of_once(self.user, hashes, self.once)

    def new_key(self) -> str:
        """Return a key for another purchase of this person or browser."""
        return visitors.new_key(self.user, self.guest.mark, self.secret)

    @cached_property
    def book(self) -> list[Any]:
        """The addresses to choose from; not read when a new one is sent and all is well."""
        return people.addresses(self.user) if self.user else []

    def _form(self) -> CheckoutForm:
        if not self.is_sent:
            default = str(self.book[0].pk) if self.book else NEW
            division = "" if self.book else self._place_wished()
            before = {name: self.given[name] for name in typed.FIELDS if name in self.given}
            if "name" in before or "street" in before:
                # On the way to a proved phone: as it was left.
                return CheckoutForm(initial={**before, "address": NEW})
            return CheckoutForm(initial={"address": self.given.get("address", default), "division": division})
        if "recognise" in self.given:
            pasted = paste(self.given.get("text", ""), before=self.given.get("pasted", ""), given=self.given)
            self.told = pasted.told
            return CheckoutForm(initial=self.given.dict() | pasted.values | {"address": NEW})
        if any(name in self.given for name in ("pick", "refresh")):
            return CheckoutForm(initial=self.given.dict())
        return CheckoutForm(self.given)

    def _place_wished(self) -> str:
        code = self.request.COOKIES.get("hq_to", "")
        return code if len(code) == 6 and read_id(code) is not None and not code.endswith("00") else ""

    @property
    def address(self) -> Any:
        """The chosen address of the book, or None for a new one."""
        chosen = self.form.data.get("address") if self.form.is_bound else self.form.initial.get("address")
        if chosen in (None, "", NEW):
            return None
        return next((each for each in self.book if str(each.pk) == str(chosen)), None)

    @property
    def destination(self) -> str:
        """The division code that freight is worked out for."""
        if self.address is not None:
            return str(self.address.division_id)
        picked = self.form.picked
        return picked["division"] or picked["city"] or picked["province"] or destination_of(self.request)

    @cached_property
    def notes(self) -> dict[int, str]:
        """The words to the suppliers, by their ids."""
        return {
            pk: one_line(text)
            for name, text in self.given.items()
            if name.startswith("note_") and (pk := read_id(name[5:])) is not None
        }

    @cached_property
    def chosen(self) -> set[int]:
        """The specifications of the basket that are to be bought; 0, which is none, for what can't be read."""
        return {read_id(text) or 0 for text in self.given.getlist("s")}

    def page(self) -> CheckoutPage:
        """Return what is bought, priced."""
        return checkout_page(
            at=self.at,
            user=self.user,
            basket_id=visitors.basket_id_of(self.request),
            chosen=self.chosen,
            buy=asked_pair(self.given.get("buy", "")),
            deal=self.given.get("deal", "")[:20],
            coupon_code=self.coupon,
            destination=self.destination,
            notes=self.notes,
        )

    def ship_to(self) -> ShipTo:
        """Return the destination of a valid form."""
        if self.address is not None:
            one = self.address
            return ShipTo(one.name, international_phone(one.phone), one.division_id, one.street, one.postcode)
        data = self.form.cleaned_data
        phone = international_phone(data["phone"])
        return ShipTo(data["name"], phone, data["division"], data["street"], data["postcode"])

    def invoice(self) -> Invoice:
        """Return the invoice of a valid form."""
        data = self.form.cleaned_data
        if not data["invoice"]:
            return Invoice()
        tax_no = data["invoice_tax_no"] if data["invoice"] == "company" else ""
        return Invoice(data["invoice_title"], tax_no, data["invoice_email"])

    def show(self, page: CheckoutPage, status: int = 200, template: str = "sales/checkout.html") -> HttpResponse:
        """Show the checkout with everything that was typed."""
        form = self.form
        if self.given.get("deal") and page.special is None and not self.error:
            self.error = _("This special price is not there: it was never this product's, or is over.")
        here = {each.spec.specification_id for each in page.lines}
        if not self.given.get("buy") and not self.error and self.chosen - here:
            self.error = _("Not all that was chosen is in the basket any more. Look at what is here before you order.")
        context = {
            "page": page,
            "form": form,
            "values": form.data if form.is_bound else form.initial,
            "book": self.book,
            "chosen": self.address,
            "key": self.key,
            "buy": self.given.get("buy", ""),
            "deal": page.special.source if page.special else "",
            "once": self.once,
            "told": self.told,
            "error": self.error,
            "again": self.again,
            "prove": self.prove() if page.needs_phone else "",
            "estimated": self.address is None and not form.picked["division"],
            "signed_in": self.user is not None,
            "part": template != "sales/checkout.html",
            "chosen_specs": [line.spec.specification_id for line in page.lines],
        }
        response = render(self.request, template, context, status=status)
        if self.guest.mark:
            # Before anything is bought: whoever sends this form again, since its answer was lost, is known again.
            visitors.keep_guest(response, self.request, self.guest)
        return response

    @cached_property
    def content(self) -> str:
        """What this valid form says, all of it: the same form sent again says the same, whatever prices did since."""
        goods = {name: sorted(self.given.getlist(name)) for name in ("buy", "deal", "s")}
        return content_digest(self.ship_to(), self.invoice(), self.notes, clean_coupon(self.coupon), goods=goods)

    def placed(self, ship_to: ShipTo) -> Purchase | None:
        """Return what this form placed before: its answer was lost, and the browser sends it again.

        Raises KeyUsed when it said something else then.
        """
        return placed_before(self.kept_under, (), ship_to, self.content) if self.kept_under else None

    def sent_before(self) -> Purchase | None:
        """Return what a guest placed by this form in this browser, whose cashier was reached since: it went back.

        Only what the browser's own cookie opens, and only with the same content; a stranger is told nothing.
        """
        nonce = self.request.POST.get("key", "").rpartition(":")[0]
        if self.user is not None or not nonce or not self.form.is_valid():
            return None
        purchase = purchase_of_form(self.guest.hashes, nonce)
        if purchase is None:
            return None
        token = visitors.purchase_token(self.guest.mark, purchase.key, self.content)
        return purchase if visitors.token_hash(token) == purchase.guest_token_hash else None

    @cached_property
    def token(self) -> str:
        """The token of the purchase that this valid form places; "" for who is signed in."""
        return visitors.purchase_token(self.guest.mark, self.kept_under, self.content)

    def to_cashier(self, purchase: Purchase, page: CheckoutPage) -> HttpResponse:
        """Lead to the cashier, with what opens the purchase to a guest's browser.

        A guest's form that placed another content before opens nothing: somebody else may have filled it in.
        """
        if self.user is None and purchase.guest_token_hash != visitors.token_hash(self.token):
            self.error = _("This form was sent before, with other contents. That order stands.")
            return self.show(page, 409)
        typed.forget(self.request)
        response = visitors.to_cashier(self.request, purchase.number)
        if self.guest.mark:
            visitors.keep_guest(response, self.request, self.guest.holding(self.token))
        return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Show the checkout, or place what it shows and go to the cashier."""
    step = _Checkout(request)
    elsewhere = _elsewhere(step)
    if elsewhere is not None:
        return elsewhere
    page = step.page()
    buy = step.given.get("buy", "")
    if buy and not page.lines and not (step.is_sent and asked_pair(buy) != NOTHING):
        # Never the basket in its place. Of a form that can be read `_place` knows whether it was placed before.
        typed.keep(request)
        messages.error(
            request, _("What was to be bought can't be read or is not there any more. Choose it on the product's page.")
        )
        return HttpResponseRedirect(local("/shop/basket/"))
    if not step.is_sent:
        if not page.lines:
            return HttpResponseRedirect(local("/shop/basket/"))
        return step.show(page, 422 if page.coupon_error else 200)
    if not step.form.is_bound:
        return step.show(page)
    return _place(step, page)


def _elsewhere(step: _Checkout) -> HttpResponse | None:
    """Return the answer to who signed out meanwhile, goes to prove a phone, or went back to what was bought; else None."""
    request = step.request
    if step.is_sent and request.POST.get("as_user") and step.user is None:
        step.error = _("You have been signed out. Sign in again to go on: your basket waits for you.")
        step.again = address_of(request.POST)
        return step.show(step.page(), 409)
    if step.is_sent and "prove" in request.POST:
        typed.keep(request)
        suggest_phone(request, sent.line(request, "phone"))
        messages.info(
            request,
            _("Something you order is limited to so many for each customer: prove your phone by a code, then order."),
        )
        return HttpResponseRedirect(step.prove())
    before = None if step.is_sent else step.bought_before()
    if before is not None:
        messages.info(
            request,
            _("You have ordered this: here is the order. To buy it once more, start from the product's page."),
        )
        return visitors.to_cashier(request, before.number)
    return None


def _place(step: _Checkout, page: CheckoutPage) -> HttpResponse:
    # What is missing is said first, beside its field; the page that says it has a key of its own.
    if not step.kept_under and step.form.is_valid():
        return _stale(step, page)
    if not step.form.is_valid() or any(group.is_note_long for group in page.groups):
        return step.show(page, 422)
    request, user = step.request, step.user
    ship_to = step.ship_to()
    if page.coupon_error:
        try:
            placed = step.placed(ship_to)
        except KeyUsed as error:
            return _refused(step, page, error)
        return step.to_cashier(placed, page) if placed else step.show(page, 422)
    link = visitors.link_token(step.token)
    shown = request.POST.get("shown", "")
    try:
        purchase = check_out(
            page=page,
            buyer=Buyer(user, (user and user.phone) or ship_to.phone, (user and user.email) or "", step.token, link),
            ship_to=ship_to,
            key=step.kept_under,
            shown_fen=read_id(shown),
            notes={group.supplier_id: group.note for group in page.groups},
            invoice=step.invoice(),
            content=step.content,
            at=step.at,
            sources=sources_of(request),
        )
    except DomainError as error:
        return _refused(step, page, error)
    if user and step.address is None and request.POST.get("keep_address"):
        _keep_address(step, ship_to)
    if purchase.total_fen == 0:
        settle_nothing_due(purchase_id=purchase.pk, at=step.at)
    return step.to_cashier(purchase, page)


def _stale(step: _Checkout, page: CheckoutPage) -> HttpResponse:
    """Answer a form whose key is worth nothing any more: lead to what it placed here, else show the checkout again."""
    before = step.sent_before()
    if before is not None:
        return visitors.to_cashier(step.request, before.number)
    step.error = _("This form is from before you ordered, or signed in or out. Please look again, then order.")
    return step.show(page, 409)


def _refused(step: _Checkout, page: CheckoutPage, error: DomainError) -> HttpResponse:
    """Show the checkout again: the refusal beside its field, the goods as they are now."""
    if error.field == "division" and step.address is None:
        step.form.add_error("division", str(error.message))
    else:
        step.error = str(error.message)
    if isinstance(error, KeyUsed):
        # What stands, stands; what is on the page now may be ordered besides.
        step.key = step.new_key()
    if error.field == "coupon":
        # Whose it is shows only with the parcel's phone: the total goes on without what can't be used.
        step.coupon = ""
    fresh = step.page()
    if isinstance(error, OutOfStock) and fresh.problems:
        line, problem = fresh.problems[0]
        step.error = _("%(name)s: %(why)s") % {"name": line.name, "why": problem.text}
    if error.field == "coupon":
        said = _("%(why)s The total is now without it: look at it, then order.")
        fresh.coupon_error, step.error = said % {"why": error.message}, ""
    return step.show(fresh, error.status)


def _keep_address(step: _Checkout, ship_to: ShipTo) -> None:
    try:
        save_address(
            actor=step.user,
            at=step.at,
            name=ship_to.name,
            phone=step.form.cleaned_data["phone"],
            division_code=ship_to.division_code,
            street=ship_to.street,
            postcode=ship_to.postcode,
        )
    except DomainError:
        # The book is full; the purchase has its address all the same.
        return


@never_cache
@post_only
def quote(request: HttpRequest) -> HttpResponse:
    """Answer the checkout's form as it would be for what is filled in so far; nothing is checked or placed."""
    step = _Checkout(request)
    if step.form.is_bound:
        step.form = CheckoutForm(initial=request.POST.dict())
    return step.show(step.page(), template="sales/checkout_form.html")
