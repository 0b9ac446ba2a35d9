"""Category templates: what is usual for a kind of produce, so that a phone asks for little. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CategoryTemplate:
    """What a supplier need not say: unit of the price, how it travels, whether it is 鲜活易腐, days that it keeps."""

    sale_unit: str = "jin"
    storage_class: str = "ambient"
    is_fresh: bool = True
    shelf_life_days: int | None = None


USUAL = CategoryTemplate()
DRY = CategoryTemplate(is_fresh=False, shelf_life_days=365)
# By the slug of a category; a leaf without its own follows the category above it.
TEMPLATES: dict[str, CategoryTemplate] = {
    "fruit": CategoryTemplate(shelf_life_days=7),
    "citrus": CategoryTemplate(shelf_life_days=30),
    "orchard-fruit": CategoryTemplate(shelf_life_days=20),
    "litchi-longan": CategoryTemplate(storage_class="chilled", shelf_life_days=4),
    "vegetables": CategoryTemplate(shelf_life_days=7),
    "leafy": CategoryTemplate(storage_class="chilled", shelf_life_days=4),
    "roots": CategoryTemplate(shelf_life_days=60),
    "staples": DRY,
    "oil": CategoryTemplate(sale_unit="100ml", is_fresh=False, shelf_life_days=540),
    "spices": CategoryTemplate(is_fresh=False, shelf_life_days=540),
    "poultry": CategoryTemplate(storage_class="chilled", shelf_life_days=5),
    "hens": CategoryTemplate(sale_unit="catch_weight", storage_class="chilled", shelf_life_days=3),
    "eggs": CategoryTemplate(sale_unit="piece", shelf_life_days=30),
    "meat-cured": CategoryTemplate(is_fresh=False, shelf_life_days=180),
    "tea": CategoryTemplate(is_fresh=False, shelf_life_days=540),
    "gifts": CategoryTemplate(shelf_life_days=20),
    "pantry-gifts": CategoryTemplate(is_fresh=False, shelf_life_days=180),
}


def template_of(*slugs: str) -> CategoryTemplate:
    """Return the template of the first slug that has one: the leaf's, else the one above it, else the usual."""
    return next((TEMPLATES[slug] for slug in slugs if slug in TEMPLATES), USUAL)
