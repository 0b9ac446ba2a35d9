"""Under which entry of a console's menu each page stands: one table, so that a page marks one entry and never two.

Pages of all packages are named here as text, as `LOCK_ORDER` names their tables: nothing is imported from above.
"""

# Where a page's path begins → the entries that it stands under; the longest beginning that fits decides. Two entries
# are never in one menu: who oversees others has the board where a unit has its quota.
PLACES: dict[str, tuple[str, ...]] = {
    "/account/": ("/account/",),
    "/live/": ("/live/",),
    "/live/console/": ("/live/console/",),
    "/reports/": ("/reports/",),
    "/review/": ("/review/",),
    "/review/after-sales/": ("/review/after-sales/",),
    "/review/certificates/": ("/review/certificates/",),
    "/review/listings/": ("/review/listings/",),
    "/review/payouts/": ("/review/transfers/",),
    "/review/transfers/": ("/review/transfers/",),
    "/seller/": ("/seller/",),
    "/seller/after-sales/": ("/seller/orders/",),
    "/seller/goods/": ("/seller/goods/",),
    "/seller/lots/": ("/seller/goods/",),
    "/seller/me/": ("/seller/me/",),
    "/seller/offers/": ("/seller/me/",),
    "/seller/orders/": ("/seller/orders/",),
    "/seller/reviews/": ("/seller/me/",),
    "/seller/settlement/": ("/seller/settlement/",),
    "/units/": ("/units/", "/units/board/"),
    "/units/board/": ("/units/board/",),
    "/units/declaration/": ("/units/declaration/",),
    "/units/declarations/": ("/units/board/",),
    "/units/orders/": ("/units/orders/",),
    "/units/payments/": ("/units/payments/",),
    "/units/rate/": ("/units/", "/units/board/"),
    "/units/requests/": ("/units/requests/",),
    "/units/settings/": ("/units/settings/",),
}


def stands_under(path: str, entry: str) -> bool:
    """Tell whether the page at `path` stands under the menu's entry at `entry`; both without a language."""
    begins = max((each for each in PLACES if path.startswith(each)), key=len, default="")
    return entry in PLACES.get(begins, ())
