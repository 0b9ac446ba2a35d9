"""Each page of a console marks one entry of its menu: the one that it stands under."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLResolver, get_resolver

from shop.core.console_places import PLACES, stands_under
from tests.factories import make_listing, make_supplier, make_user
from tests.procurement.offices import make_office

# Areas, their templates, which of the menus in it: a unit's, or that of who oversees others.
MENUS = {
    "seller": ("shop/sales/templates/seller/base.html", 0, "/seller/"),
    "review": ("catalog/templates/review/base.html", 0, "/review/"),
    "live": ("livestream/templates/livestream/console_base.html", 0, "/live/console/"),
    "overseer": ("procurement/templates/units/base.html", 0, "/units/"),
    "unit": ("procurement/templates/units/base.html", 1, "/units/"),
}
# What a unit has no page of, and what only a unit has.
OVERSEERS, UNITS = ("/units/board/", "/units/declarations/"), (
    *("/units/requests/", "/units/payments/", "/units/settings/", "/units/declaration/"),
)  # fmt: skip


def menu_of(name: str) -> list[str]:
    path, number, _area = MENUS[name]
    nav = (Path(settings.BASE_DIR) / path).read_text(encoding="utf-8").split("{% block console_nav %}")[1]
    nav = nav.split("{% endblock %}")[0]
    if name in ("overseer", "unit"):
        nav = nav.rsplit("{% else %}", 1)[number]
    return re.findall(r"{% local \"([^\"]+)\"", nav)


def routes(patterns: Any, before: str = "") -> Iterator[str]:
    for each in patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, path)
        else:
            yield "/" + re.sub(r"<[^>]+>", "1", path)


def pages_of(name: str) -> list[str]:
    area = MENUS[name][2]
    other = {"overseer": UNITS, "unit": OVERSEERS}.get(name, ())
    return sorted({path for path in routes(get_resolver().url_patterns) if path.startswith(area)} - {"/units/switch/"}
                  - {path for path in routes(get_resolver().url_patterns) if path.startswith(other or ("-",))})  # fmt: skip


@pytest.mark.parametrize("name", list(MENUS))
def test_each_page_of_a_console_stands_under_one_entry_of_its_menu(name: str) -> None:
    menu, pages = menu_of(name), pages_of(name)
    assert len(menu) >= 2 < len(pages)
    marked = {page: [entry for entry in menu if stands_under(page, entry)] for page in pages}
    assert {page: found for page, found in marked.items() if len(found) != 1} == {}
    # And each entry marks itself when its own page is open.
    assert [entry for entry in menu if not stands_under(entry, entry)] == []


def test_the_table_names_no_page_that_is_not_there() -> None:
    known = set(routes(get_resolver().url_patterns))
    assert [path for path in PLACES if not any(route.startswith(path) for route in known)] == []


def marked_on(client: Client, path: str) -> list[str]:
    page = client.get(path, follow=True).content.decode()
    nav = page.split("console-nav")[1].split("</nav>")[0]
    return re.findall(r'<a href="([^"]+)" aria-current="page"', nav)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "/en"])
def test_open_pages_mark_the_entry_they_stand_under(language: str) -> None:
    staff, seller = make_user(is_superuser=True, is_staff=True), make_user()
    make_listing(stock=9, supplier=make_supplier(member=seller))
    buyer = make_office(budget_fen=1_000).buyer
    for user, pages in (
        (staff, {"/review/payouts/": "/review/transfers/", "/review/after-sales/": "/review/after-sales/"}),
        (
            seller,
            {
                "/seller/": "/seller/",
                "/seller/after-sales/": "/seller/orders/",
                "/seller/lots/": "/seller/goods/",
                "/seller/settlement/owed/": "/seller/settlement/",
                "/seller/offers/": "/seller/me/",
            },
        ),
        (buyer, {"/units/": "/units/", "/units/rate/": "/units/", "/units/requests/": "/units/requests/"}),
    ):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        found = {path: marked_on(client, language + path) for path in pages}
        assert found == {path: [language + entry] for path, entry in pages.items()}
