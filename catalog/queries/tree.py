"""The tree of categories, kept in the cache: it changes rarely and stands on every page."""

from dataclasses import dataclass, field

from django.core.cache import cache
from oscar.apps.catalogue.models import Category

from catalog.facets import TREE_KEY
from catalog.models import FacetCount
from catalog.pictures import picture_url
from catalog.words import english, local

TREE_SECONDS = 300


@dataclass(slots=True)
class Node:
    """A category: two levels, the top ones in the navigation."""

    pk: int
    name_zh: str
    name_en: str
    slug: str
    top_pk: int
    in_navigation: bool
    picture: str
    count: int
    children: list["Node"] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return (english() and self.name_en) or self.name_zh

    @property
    def url(self) -> str:
        """The category's address in the reader's language."""
        return local(f"/shop/c/{self.slug}/")

    @property
    def is_top(self) -> bool:
        """Tell a top category from one below it."""
        return self.pk == self.top_pk


@dataclass(slots=True)
class Tree:
    """Every public category, by id and by slug."""

    tops: list[Node]
    by_pk: dict[int, Node]

    def find(self, slug: str) -> Node | None:
        """Return the category with this slug; the higher one where two share it."""
        return next((node for node in self.by_pk.values() if node.slug == slug), None)


def category_tree() -> Tree:
    """Return the tree: from the cache, else with two queries."""
    tree: Tree | None = cache.get(TREE_KEY)
    if tree is None:
        tree = _read()
        cache.set(TREE_KEY, tree, TREE_SECONDS)
    return tree


def _read() -> Tree:
    counts = dict(FacetCount.objects.filter(scope="all", facet="category").values_list("value", "count"))
    tops: dict[str, Node] = {}
    by_pk: dict[int, Node] = {}
    rows = Category.objects.filter(is_public=True).select_related("facts__picture").order_by("path")
    for row in rows:
        facts = getattr(row, "facts", None)
        root = tops.get(row.path[: Category.steplen])
        picture = facts.picture if facts else None
        node = Node(
            pk=row.pk,
            name_zh=row.name,
            name_en=facts.name_en if facts else "",
            slug=row.slug,
            top_pk=root.pk if root else row.pk,
            in_navigation=bool(facts and facts.in_navigation),
            picture=picture_url(picture.key) if picture else "",
            count=counts.get(str(row.pk), 0),
        )
        by_pk[node.pk] = node
        if root is None:
            tops[row.path] = node
        else:
            root.children.append(node)
    return Tree(tops=list(tops.values()), by_pk=by_pk)


def with_those_above(category_id: int) -> list[int]:
    """Return a category's id and those of the categories above it. Two queries; nothing for an unknown one."""
    path = Category.objects.filter(pk=category_id).values_list("path", flat=True).first() or ""
    above = [path[:end] for end in range(Category.steplen, len(path) + 1, Category.steplen)]
    return list(Category.objects.filter(path__in=above).order_by("path").values_list("pk", flat=True))
