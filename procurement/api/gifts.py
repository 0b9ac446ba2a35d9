"""Buy instead of donate: needs, gifts, receipts by their link, certificates."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import Field

from procurement.forms.units import DeliveryForm
from procurement.gifts_shown import may_confirm, order_words
from procurement.operations.pledging import Asked as AskedFor
from procurement.operations.pledging import give, publish_need
from procurement.queries import gifts as queries
from procurement.queries.given import GiftState, gift_state, standing_fen
from procurement.queries.recalled import RecalledGift, need_recalls
from procurement.texts import donor_of, name_of, title_of, words
from shop.core import regions
from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Id, Moment, Page, Paragraphs, Priced, Problem, once, yuan
from shop.core.api.forms import clean
from shop.core.api.paging import Asked, cut
from shop.core.api.routing import KEY_HEADER, ApiRequest, Key

area = Area(gettext_noop("Buying instead of donating"))


class NeedLineOut(Priced):
    specification_id: int
    name: str
    specification: str
    supplier: str
    price: str
    wanted: int
    given: int = Field(description=gettext_noop("Pieces that were given and are paid."))
    reserved: int = Field(
        description=gettext_noop("Pieces that somebody chose and did not pay yet: no gift so far, and kept for them.")
    )
    beyond: int = Field(description=gettext_noop("Pieces given beyond what is wanted."))
    most: int = Field(description=gettext_noop("Pieces that can be given now."))


class NeedOut(Priced):
    slug: str
    title: str
    beneficiary: str
    place: str
    people: int
    until: date
    state: str
    wanted: str
    given: str = Field(description=gettext_noop("What was given and is paid."))
    reserved: str = Field(description=gettext_noop("What waits for its payment: not in `given`, nor in `percent`."))
    percent: int


class GiftRecalled(Answer):
    name: str
    pieces: int
    lot: str


class NeedDetail(NeedOut):
    text: str
    recalled: list[GiftRecalled] = Field(
        description=gettext_noop("What was given and sent from a lot that a test failed since.")
    )
    lines: list[NeedLineOut]
    unlisted: list[NeedLineOut] = Field(description=gettext_noop("What was given that the need does not list."))


def show_recalled(rows: Iterable[RecalledGift]) -> list[dict[str, Any]]:
    """Return what of gifts is recalled, as the API shows it."""
    return [{"name": each.name, "pieces": each.pieces, "lot": each.lot} for each in rows]


def _need(shown: queries.NeedShown) -> dict[str, Any]:
    need = shown.need
    return {
        "slug": need.slug,
        "title": words(need.title_zh, need.title_en),
        "beneficiary": name_of(need.beneficiary),
        "place": regions.full_name(need.ship_division),
        "people": need.people,
        "until": need.until,
        "state": need.state,
        "wanted": yuan(shown.wanted_fen),
        "given": yuan(shown.given_fen),
        "reserved": yuan(shown.reserved_fen),
        "percent": shown.percent,
    }


def _detail(slug: str) -> dict[str, Any]:
    shown = queries.need_page(slug)
    if shown is None:
        raise Http404
    return _need(shown) | {
        "text": words(shown.need.text_zh, shown.need.text_en),
        "lines": [_line(row) for row in shown.rows],
        "recalled": show_recalled(need_recalls(shown.need.pk)),
        "unlisted": [_line(row) for row in shown.unlisted],
    }


def _line(row: queries.NeedRow) -> dict[str, Any]:
    return {
        "specification_id": row.spec.specification_id,
        "name": words(row.spec.name_zh, row.spec.name_en),
        "specification": words(row.spec.spec_zh, row.spec.spec_en),
        "supplier": words(row.spec.supplier_name_zh, row.spec.supplier_name_en),
        "price": yuan(row.spec.price_fen),
        "wanted": row.wanted,
        "given": row.given,
        "reserved": row.reserved,
        "beyond": row.beyond,
        "most": row.most,
    }


@area.reads("/needs", Page[NeedOut], summary=gettext_noop("The open needs, those whose time ends first"))
def list_needs(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return cut(turn, queries.open_needs(timezone.now()), _need)


@area.reads("/needs/{slug}", NeedDetail, summary=gettext_noop("A need: what is wanted, what was given"))
def get_need(request: ApiRequest, slug: str) -> dict[str, Any]:
    return _detail(slug)


class NeededPieces(Body):
    specification_id: Id
    quantity: int = Field(ge=1, le=9_999)


class NeedIn(Body):
    beneficiary_id: Id | None = Field(
        None, description=gettext_noop("An organisation that you act for; the first one without it.")
    )
    title: str = Field(min_length=1, max_length=60)
    title_en: str = Field("", max_length=120)
    text: Paragraphs = Field(min_length=1, max_length=1000)
    text_en: Paragraphs = Field("", max_length=2000)
    people: int = Field(0, ge=0, le=10**6)
    until: date
    lines: Annotated[list[NeededPieces], once("specification_id")] = Field(min_length=1, max_length=50)
    name: str = Field(min_length=1, max_length=40, description=gettext_noop("Who receives the parcels."))
    phone: str = Field(max_length=30)
    division: str = Field(max_length=12, examples=["451228"])
    street: str = Field(min_length=1, max_length=160)


@area.writes(
    "/needs",
    NeedDetail,
    scope="pledges:write",
    status=201,
    summary=gettext_noop("Publish a need of a beneficiary that you act for"),
    fields={"pieces-": "lines", "pieces": "lines"},
)
def create_need(request: ApiRequest, body: NeedIn) -> dict[str, Any]:
    own = queries.beneficiaries_of(request.user)
    if not own:
        raise Problem(403, "no_beneficiary", _("You act for no beneficiary."))
    whose = next((each for each in own if body.beneficiary_id in (None, each.pk)), None)
    if whose is None:
        raise Http404
    if body.until < timezone.localdate():
        raise Problem(422, "invalid", _("This day is over."), field="until")
    form = DeliveryForm({"name": body.name, "phone": body.phone, "division": body.division, "street": body.street})
    clean(form)
    made = publish_need(
        beneficiary=whose,
        asked=AskedFor(
            title_zh=body.title,
            title_en=body.title_en,
            text_zh=body.text,
            text_en=body.text_en,
            people=body.people,
            until=body.until,
            lines={line.specification_id: line.quantity for line in body.lines},
            ship_name=form.cleaned_data["name"],
            ship_phone=form.cleaned_data["phone"],
            division_code=form.cleaned_data["division"],
            street=form.cleaned_data["street"],
        ),
        **by(request),
    )
    return _detail(made.slug)


class GiftIn(Body):
    lines: Annotated[list[NeededPieces], once("specification_id")] = Field(min_length=1, max_length=50)
    donor_name: str = Field(
        "", max_length=60, description=gettext_noop("As it stands on the certificate; empty for no name.")
    )
    message: str = Field("", max_length=120)
    beyond: bool = Field(
        False, description=gettext_noop("Give more than the need asks for, or goods that it does not list.")
    )


class GiftOrder(Answer):
    id: int
    what: str = Field(description=gettext_noop("Who sends what."))
    state: str
    is_confirmed: bool
    may_confirm: bool = Field(description=gettext_noop("Whether the beneficiary may ask for a link to confirm it."))


class GiftOut(Priced):
    certificate_code: str
    beneficiary: str
    need: str | None
    need_title: str
    donor: str
    message: str
    total: str = Field(description=gettext_noop("What stands: less what was cancelled or given back."))
    total_at_first: str
    purchase: str
    state: str
    gift_state: GiftState = Field(
        description=gettext_noop(
            "Where it stands: not paid, paid, sent, received, confirmed, given back, cancelled, never paid."
        )
    )
    created_at: Moment
    orders: list[GiftOrder]
    recalled: list[GiftRecalled] = Field(description=gettext_noop("Sent from a lot that a test failed since."))
    pay_url: str


def _gift(pledge: Any) -> dict[str, Any]:
    confirmed = {receipt.order_id for receipt in pledge.receipts.all()}
    unpaid = pledge.purchase.state == "unpaid"
    return {
        "certificate_code": pledge.certificate_code,
        "beneficiary": name_of(pledge.beneficiary),
        "need": pledge.need.slug if pledge.need else None,
        "need_title": title_of(pledge),
        "donor": donor_of(pledge),
        "message": pledge.words,
        "total": yuan(standing_fen(pledge.purchase.orders.all())),
        "total_at_first": yuan(pledge.purchase.total_fen),
        "gift_state": gift_state(pledge),
        "purchase": pledge.purchase.number,
        "state": pledge.purchase.state,
        "created_at": pledge.created_at,
        "orders": [
            {
                "id": order.pk,
                "what": order_words(order),
                "state": order.state,
                "is_confirmed": order.pk in confirmed,
                "may_confirm": may_confirm(order, confirmed),
            }
            for order in pledge.purchase.orders.all()
        ],
        "recalled": show_recalled(pledge.recalled),
        "pay_url": f"{settings.SITE_URL}/pay/{pledge.purchase.number}/" if unpaid else "",
    }


@area.writes(
    "/needs/{slug}/gifts",
    GiftOut,
    scope="pledges:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Buy goods for a beneficiary"),
    fields={"pieces-": "lines", "pieces": "lines"},
)
def create_gift(request: ApiRequest, slug: str, body: GiftIn) -> dict[str, Any]:
    shown = queries.need_page(slug)
    if shown is None:
        raise Http404
    user = request.user
    key = hashlib.sha256(f"{user.pk}:{request.headers[KEY_HEADER].strip()}".encode()).hexdigest()[:28]
    made = give(
        need_id=shown.need.pk,
        pieces={line.specification_id: line.quantity for line in body.lines},
        donor=user,
        donor_name=body.donor_name,
        message=body.message,
        key=f"api-{key}",
        at=timezone.now(),
        beyond=body.beyond,
    )
    return next(_gift(each) for each in queries.gifts_of(user) if each.pk == made.pk)


@area.reads("/gifts", Page[GiftOut], scope="pledges:read", summary=gettext_noop("Your gifts, the latest first"))
def list_gifts(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return cut(turn, queries.gifts_of(request.user), _gift)


@area.reads(
    "/gifts/received",
    Page[GiftOut],
    scope="pledges:read",
    summary=gettext_noop("Gifts to the beneficiaries that you act for"),
)
def list_received_gifts(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return cut(turn, queries.gifts_to(request.user), _gift)
