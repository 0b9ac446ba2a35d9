"""One listing view: a category, a search, everything."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from catalog.asked import Asked, understand
from catalog.facets import PRICE_STEPS
from catalog.queries.lists import CAP, ListPage, Scope, card_page
from catalog.queries.places import places_called
from catalog.queries.tree import Node, category_tree
from shop.core.money import to_yuan

_OUT = ' class="out"'
COUNTIES_FIRST, COUNTIES_MORE = 5, 35


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Everything that is on sale."""
    page = card_page(Scope(), understand(request.GET))
    return _render(request, page, title=_("Everything"), trail=[])


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """A category."""
    node = category_tree().find(slug)
    if node is None:
        raise Http404(slug)
    page = card_page(Scope.of_category(node), understand(request.GET))
    return _render(request, page, title=node.name, trail=_above(node), category=node)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What matches `q`, with the villages and suppliers called so. Without words, everything."""
    asked = understand(request.GET)
    page = card_page(Scope(), asked)
    title = _("“%s”") % asked.query if asked.query else _("Everything")
    return _render(request, page, title=title, trail=[], places=places_called(asked.query), searched=True)


def _above(node: Node) -> list[Node]:
    return [] if node.is_top else [category_tree().by_pk[node.top_pk]]


def flag_words() -> dict[str, str]:
    """Return the words of the yes-or-no filters."""
    return {
        "certified": _("Assistance product"),
        "is_assisted": _("From a county lifted out of poverty"),
        "damage_covered": _("Damage covered"),
        "within_48h": _("Ships in 48 hours"),
        "in_stock": _("In stock"),
    }


def _render(request: HttpRequest, page: ListPage, *, title: str, trail: list[Node], **extra: Any) -> HttpResponse:
    asked = page.asked
    words = flag_words()
    for flag, value in page.flags.items():
        value.label = words[flag]
    sorts = {
        "rank": pgettext("order", "Best match"),
        "sales": pgettext("order", "Sales"),
        "unit": pgettext("order", "Price per jin"),
        "new": pgettext("order", "New batches"),
    }
    # Those with most goods, and whatever is chosen; every other place has its hall.
    rest = [each for i, each in enumerate(page.counties[COUNTIES_FIRST:]) if i < COUNTIES_MORE or each.on]
    context = {
        "title": title,
        "trail": trail,
        "page": page,
        "asked": asked,
        "cleared": asked.cleared().address(),
        "sorts": [
            {"name": name, "label": label, "url": _sorted(asked, name), "on": name == asked.sort}
            for name, label in sorts.items()
        ],
        "chosen": _chosen(page, words),
        "offered": [
            {"name": flag, "label": words[flag], "url": asked.toggled(flag, "1").address()}
            for flag in words
            if flag not in asked.flags and page.flags[flag].count != 0
        ],
        "bars": _bars(page),
        "cards": mark_safe("".join(page.cards)),
        "counties_first": page.counties[:COUNTIES_FIRST],
        "counties_rest": rest,
        "counties_left": len(page.counties) > COUNTIES_FIRST + len(rest),
        "total_text": _total_text(page),
        "low": to_yuan(asked.low_fen) if asked.low_fen is not None else "",
        "high": to_yuan(asked.high_fen) if asked.high_fen is not None else "",
        **extra,
    }
    return render(request, "catalog/list.html", context)


def _sorted(asked: Asked, name: str) -> str:
    return Asked(
        query=asked.query,
        categories=asked.categories,
        counties=asked.counties,
        flags=asked.flags,
        low_fen=asked.low_fen,
        high_fen=asked.high_fen,
        sort=name,
    ).address()


def _total_text(page: ListPage) -> str:
    if page.capped:
        return _("more than %(n)s products") % {"n": f"{CAP:,}"}
    products = ngettext("%(n)s product", "%(n)s products", page.total) % {"n": f"{page.total:,}"}
    if not page.suppliers:
        return products
    return ngettext("%(products)s from %(n)s supplier", "%(products)s from %(n)s suppliers", page.suppliers) % {
        "products": products,
        "n": f"{page.suppliers:,}",
    }


def _chosen(page: ListPage, words: dict[str, str]) -> list[dict[str, str]]:
    """Return the filters that are on, each with the address of the list without it."""
    asked = page.asked
    chosen = [("category", each.value, each.label) for each in page.categories if each.on]
    chosen += [("county", each.value, each.label) for each in page.counties if each.on]
    chosen += [(flag, "1", words[flag]) for flag in asked.flags]
    if asked.low_fen is not None or asked.high_fen is not None:
        low = to_yuan(asked.low_fen or 0)
        high = to_yuan(asked.high_fen) if asked.high_fen is not None else ""
        chosen.append(("price", "", _("¥%(low)s–%(high)s per jin") % {"low": low, "high": high}))
    return [
        {"name": name, "label": label, "url": asked.toggled(name, value).address()} for name, value, label in chosen
    ]


def _bars(page: ListPage) -> SafeString:
    """Return the histogram's bars as SVG, in percent; those outside the chosen range are marked."""
    top = max(page.prices, default=0)
    if not top:
        return mark_safe("")
    low, high = page.asked.low_fen or 0, page.asked.high_fen
    width = 100 / len(page.prices)
    steps = [*PRICE_STEPS[1:], None]
    return mark_safe(
        "".join(
            f"<rect{_OUT if (end is not None and end <= low) or (high is not None and start > high) else ''}"
            f' x="{i * width + width * 0.12:.1f}" y="{100 - count / top * 100:.1f}"'
            f' width="{width * 0.76:.1f}" height="{count / top * 100:.1f}"/>'
            for i, (start, end, count) in enumerate(zip(PRICE_STEPS, steps, page.prices, strict=True))
        )
    )
