"""Oscar's apps as a library: their models, without the views they would load when they start.

Each class keeps Oscar's label, path and migrations; only `ready` differs.
"""

from oscar.apps.analytics.apps import AnalyticsConfig
from oscar.apps.basket.apps import BasketConfig
from oscar.apps.catalogue.apps import CatalogueConfig
from oscar.apps.catalogue.reviews.apps import CatalogueReviewsConfig
from oscar.apps.customer.apps import CustomerConfig
from oscar.apps.offer.apps import OfferConfig
from oscar.apps.wishlists.apps import WishlistsConfig


class AnalyticsLibrary(AnalyticsConfig):
    """Its tables only (another Oscar migration needs them); its receivers would count every page view."""

    def ready(self) -> None:
        """Load no receivers."""


class BasketLibrary(BasketConfig):
    """Basket models."""

    def ready(self) -> None:
        """Load no views."""


class CatalogueLibrary(CatalogueConfig):
    """Product models. Oscar's receivers delete picture files; pictures are ours, in `catalog`."""

    def ready(self) -> None:
        """Load neither views nor receivers."""


class ReviewsLibrary(CatalogueReviewsConfig):
    """Review models."""

    def ready(self) -> None:
        """Load no views."""


class CustomerLibrary(CustomerConfig):
    """Customer models. Its receivers send stock alerts inside the order's transaction: reminders are ours."""

    def ready(self) -> None:
        """Load neither views nor receivers."""


class OfferLibrary(OfferConfig):
    """Offer models. Its receiver counts uses by read-modify-write: `sales` claims them by conditional update."""

    def ready(self) -> None:
        """Load neither views nor receivers."""


class WishlistsLibrary(WishlistsConfig):
    """Wish list models (favourites)."""

    def ready(self) -> None:
        """Load no views."""
