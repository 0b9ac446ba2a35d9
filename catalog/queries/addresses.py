"""The catalogue's public pages, for those who list the site."""

from catalog.models import ListingCard, Supplier, Village
from catalog.queries.places import hall_list
from catalog.queries.tree import category_tree


def public_addresses() -> list[str]:
    """Return every page of the catalogue that is there for everybody, without language. At most nine queries."""
    tree = category_tree()
    nodes = [each for top in tree.tops for each in (top, *top.children)]
    halls = [each.code for province, counties in hall_list() for each in (province, *counties)]
    listings = ListingCard.objects.order_by("listing_id").values_list("listing__slug", flat=True)
    villages = Village.objects.filter(is_published=True).order_by("pk").values_list("slug", flat=True)
    suppliers = Supplier.objects.filter(is_active=True).order_by("pk").values_list("slug", flat=True)
    return [
        "/shop/",
        *(f"/shop/c/{node.slug}/" for node in nodes),
        *(f"/shop/p/{slug}/" for slug in listings),
        "/halls/",
        *(f"/halls/{code}/" for code in halls),
        "/villages/",
        *(f"/villages/{slug}/" for slug in villages),
        "/suppliers/",
        *(f"/suppliers/{slug}/" for slug in suppliers),
    ]
