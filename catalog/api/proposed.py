"""Proposed facts as they are sent and shown: prices in 元, and each problem beside the field that the API calls so."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import ConfigDict, Field

from catalog.errors import Unfit
from catalog.models import ListingProposal
from catalog.queries.proposals import facts_of
from catalog.rules.proposed import MOST_SPECS, ProposedListing, ProposedSpec, to_json
from catalog.shown import name_of, photos_of
from shop.core.api import Answer, Body, Id, Moment, Paragraphs, Priced, YuanIn, fen_of, once, yuan
from shop.core.api.forms import Unfit as UnfitFields

POMELO = {
    "category_id": 12,
    "name_zh": "蜜柚 红肉",
    "summary_zh": "自家山上摘的，皮薄水足",
    "season_start": 10,
    "season_end": 1,
    "specs": [{"text_zh": "5 斤 一级", "price": "32.80", "net_grams": 2500, "stock": 40}],
}


class ProposedSpecification(Body):
    specification_id: Id | None = Field(
        None, description=gettext_noop("Of a change: which one on sale is meant; null for a new one.")
    )
    text_zh: str = Field("", examples=["5 斤 一级"])
    text_en: str = ""
    price: YuanIn | None = None
    net_grams: int | None = Field(None, examples=[2500])
    net_ml: int | None = None
    pieces: int | None = None
    stock: int | None = Field(
        None, description=gettext_noop("Of a new one only: the pieces of one on sale are set at once, without review.")
    )
    is_offered: bool = True


class ProposedFacts(Body):
    """No bounds here: what is stored is shown, and what is sent meets the rules of the page."""

    model_config = ConfigDict(json_schema_extra={"examples": [POMELO]})

    category_id: Id | None = Field(None, description=gettext_noop("One that holds no others."))
    name_zh: str = ""
    name_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    description_zh: Paragraphs = ""
    description_en: Paragraphs = ""
    sale_unit: Literal["", "jin", "kg", "piece", "100ml", "catch_weight"] = Field(
        "", description=gettext_noop("Empty: as usual for its kind.")
    )
    storage_class: Literal["", "ambient", "chilled", "frozen"] = ""
    storage_note_zh: str = ""
    storage_note_en: str = ""
    is_fresh: bool | None = Field(
        None,
        description=gettext_noop("Fresh produce is not taken back within seven days; null: as usual for its kind."),
    )
    shelf_life_days: int | None = None
    season_start: int | None = Field(None, description=gettext_noop("A month, 1 to 12."))
    season_end: int | None = None
    ship_within_hours: int = 48
    village_id: Id | None = Field(None, description=gettext_noop("The supplier's own; null: from its county."))
    certificate_id: Id | None = Field(None, description=gettext_noop("One of the supplier's own that is valid today."))
    specs: Annotated[list[ProposedSpecification], once("specification_id")] = []


class ProposedFactsIn(ProposedFacts):
    specs: Annotated[list[ProposedSpecification], once("specification_id")] = Field([], max_length=MOST_SPECS)


class PhotoOut(Answer):
    id: int
    url: str


class ProposalBrief(Priced):
    id: int
    kind: Literal["new", "change"]
    state: Literal["draft", "submitted", "returned", "approved", "given_up"]
    version: int = Field(description=gettext_noop("Each step says which version it was made on."))
    listing_id: int | None = Field(description=gettext_noop("The product that it changes, or became."))
    name: str = Field(examples=["蜜柚 红肉"])
    from_price: str | None = Field(examples=["32.80"])
    photo: str = Field(description=gettext_noop("The address of the first one, empty without."))
    submitted_at: Moment | None
    decided_at: Moment | None


def brief(proposal: ListingProposal, facts: ProposedListing | None = None) -> dict[str, Any]:
    """Return what lists show of a proposal; its photos were fetched."""
    facts = facts or facts_of(proposal)
    photos = photos_of(proposal)
    prices = [spec.price_fen for spec in facts.specs if spec.price_fen]
    same = ("kind", "state", "version", "listing_id", "submitted_at", "decided_at")
    return {name: getattr(proposal, name) for name in same} | {
        "id": proposal.pk,
        "name": name_of(facts),
        "from_price": yuan(min(prices)) if prices else None,
        "photo": photos[0]["shown"].src if photos else "",
    }


def photos_out(proposal: ListingProposal) -> list[dict[str, Any]]:
    """Return the photos in order."""
    return [{"id": photo["pk"], "url": photo["shown"].src} for photo in photos_of(proposal)]


def facts_out(facts: ProposedListing) -> dict[str, Any]:
    """Return the facts as they could be sent again."""
    shown = to_json(facts)
    for spec in shown["specs"]:
        fen = spec.pop("price_fen")
        spec["price"] = None if fen is None else yuan(fen)
    return shown


def facts_in(sent: ProposedFacts) -> ProposedListing:
    """Return the facts that were sent. Raises UnfitFields for pieces of what is on sale already."""
    on_sale = [number for number, spec in enumerate(sent.specs) if spec.specification_id and spec.stock is not None]
    if on_sale:
        words = _("The pieces of what is on sale are set at once, without review: leave this empty.")
        raise UnfitFields(_errors({f"specs-{number}-stock": words for number in on_sale}), Unfit.code)
    specs = []
    for spec in sent.specs:
        given = spec.model_dump(exclude={"price"})
        specs.append(ProposedSpec(**given, price_fen=None if spec.price is None else fen_of(spec.price)))
    return ProposedListing(**sent.model_dump(exclude={"specs"}), specs=tuple(specs))


def field_of(name: str) -> str:
    """Return what the API calls the field that the rules call `name`."""
    if name == "photos":
        return name
    if not name.startswith("specs-"):
        return f"facts.{name}"
    _head, number, last = name.split("-")
    return f"facts.specs.{number}.{'price' if last == 'price_fen' else last}"


@contextmanager
def beside_fields() -> Iterator[None]:
    """Refuse what is unfit with everything that has to be changed, each beside its field."""
    try:
        yield
    except Unfit as error:
        raise UnfitFields(_errors(error.details["problems"]), error.code) from error


def _errors(found: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"field": field_of(name), "code": Unfit.code, "message": words} for name, words in found.items()]
