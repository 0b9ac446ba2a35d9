"""What is sold, where it comes from, who sells it, how much there is."""

from .cards import FacetCount, ListingCard
from .categories import CategoryFacts
from .certificates import Certificate, CertifiedListing, CertifiedYear
from .freight import FreightRule, FreightTemplate
from .listings import Listing, ListingPicture, Specification
from .pictures import Picture
from .proposals import ListingDecision, ListingProposal, ProposalPicture
from .reminders import Reminder, VillageFollow
from .stock import Stock, StockChange
from .suppliers import Supplier
from .villages import Village

__all__ = [
    "CategoryFacts",
    "Certificate",
    "CertifiedListing",
    "CertifiedYear",
    "FacetCount",
    "FreightRule",
    "FreightTemplate",
    "Listing",
    "ListingCard",
    "ListingDecision",
    "ListingPicture",
    "ListingProposal",
    "Picture",
    "ProposalPicture",
    "Reminder",
    "Specification",
    "Stock",
    "StockChange",
    "Supplier",
    "Village",
    "VillageFollow",
]
