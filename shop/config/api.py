"""The API: every package's operations under one address, one document of them, one page to read it.

The document is made once per language: it depends on nothing else.
"""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path
from django.utils import translation
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from catalog import api as catalog
from livestream import api as livestream
from procurement import api as procurement
from shop.accounts import api as accounts
from shop.core.api.docs import docs_page
from shop.core.api.document import document
from shop.core.api.guarding import connect_refusals, guarded, guarded_all, nothing_here, reader_language
from shop.core.api.parsing import StrictParser
from shop.sales import api as sales
from traceability import api as traceability

PREFIX = "/api/v1/"
# The documentation's headings in their order: who works there.
TAGS = [
    ("Tokens", gettext_noop("How a program comes to act for you, and how that ends.")),
    ("Account", gettext_noop("Who you are, and where you receive parcels.")),
    ("Products", gettext_noop("What is on sale, with live prices and stock. For everybody.")),
    ("Places and certificates", gettext_noop("Halls, villages, suppliers, and what they may promise. For everybody.")),
    ("Tracing a parcel", gettext_noop("Where what is in a parcel comes from. For everybody.")),
    ("Basket and checkout", gettext_noop("From the basket to a paid purchase.")),
    ("Your orders", gettext_noop("What you bought: on its way, received, reviewed, complained about.")),
    ("Favourites and reminders", gettext_noop("What you keep, and what you wait for.")),
    ("Supplier: orders, stock, settlement", gettext_noop("For members of a supplier, and only its own things.")),
    (
        "Supplier: proposing products",
        gettext_noop("From a draft to the shop: what is proposed is read by a reviewer, then sold."),
    ),
    ("Supplier: lots and events", gettext_noop("Bases, harvests, packing, tests: the chain behind each parcel.")),
    ("Units: quota and declaration", gettext_noop("For members of a unit, and for those above it.")),
    (
        "Units: what stands behind a rate, budgets, payers",
        gettext_noop("The declarations, orders and rule behind a rate at any day; budgets by fund; expected payers."),
    ),
    ("Units: requests and approval", gettext_noop("From a list to an approved order: buyer, approver, finance.")),
    (
        "Units: orders, acceptance, payment",
        gettext_noop("What was ordered, what of it arrived well, what is to be paid."),
    ),
    ("Buying instead of donating", gettext_noop("For donors, beneficiaries, and whoever holds a receipt link.")),
    ("Live rooms", gettext_noop("What viewers see, in the state it is now. For everybody; writing needs a token.")),
    ("Hosts: live sessions", gettext_noop("For who hosts a room: each change says which version it was made on.")),
    ("Reviewers: reviews and transfers", gettext_noop("For platform reviewers and finance staff.")),
    (
        "Reviewers: after-sales",
        gettext_noop("Cases that go to the platform, with both sides' evidence and one decision."),
    ),
    ("Reviewers: products", gettext_noop("Proposals with their evidence; one decision on the version that was read.")),
    ("Reports", gettext_noop("What was sold, by where it comes from and how it was bought.")),
]
AREAS = (
    accounts.area,
    accounts.me_area,
    *catalog.AREAS,
    traceability.area,
    traceability.lots_area,
    *sales.AREAS,
    *procurement.AREAS,
    *livestream.AREAS,
)

api = NinjaAPI(
    title=gettext_noop("Heqiao API"),
    version="1",
    description=gettext_noop(
        "What a role does on the site, a program does here, through the same operations. Money is text in 元 with two"
        " decimals; times carry their offset; codes are text. Refusals are problems (RFC 9457) with a stable code."
    ),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
    auth=accounts.who_calls,
    parser=StrictParser(),
)
for area in AREAS:
    api.add_router("", area)
connect_refusals(api)


@lru_cache
def described(language: str) -> dict[str, Any]:
    """Return the OpenAPI document in a language."""
    with translation.override(language):
        return document(api, prefix=PREFIX, tags=TAGS)


@guarded
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Say where the document and the page are."""
    return JsonResponse({"openapi": f"{PREFIX}openapi.json", "docs": f"{PREFIX}docs", "tokens": f"{PREFIX}tokens"})


@guarded
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Answer the OpenAPI document in the reader's language."""
    response = JsonResponse(described(reader_language(request)), json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "public, max-age=300"
    return response


def docs(request: HttpRequest) -> HttpResponse:
    """Show the document as a page of the site."""
    return docs_page(request, described, PREFIX)


urlpatterns = [
    path("v1/", index, name="index"),
    path("v1/openapi.json", openapi, name="openapi"),
    path("v1/docs", docs, name="docs"),
    path("v1/", include(([each for each in guarded_all(api.urls[0]) if each.name != "api-root"], "operations"))),
    path("", nothing_here, name="nowhere"),
    path("<path:rest>", nothing_here, name="nothing"),
]
