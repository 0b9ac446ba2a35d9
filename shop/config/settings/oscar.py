"""Oscar as a library: its models are the store's, its storefront and checkout are not installed.

What is overridden and why stands in `shop/forks/README.md`.
"""

OSCAR_APPS = [
    "oscar.apps.address.apps.AddressConfig",
    "shop.forks.apps.AnalyticsLibrary",
    "shop.forks.apps.BasketLibrary",
    "shop.forks.apps.CatalogueLibrary",
    "shop.forks.apps.ReviewsLibrary",
    "oscar.apps.communication.apps.CommunicationConfig",
    "shop.forks.apps.CustomerLibrary",
    "shop.forks.apps.OfferLibrary",
    "oscar.apps.order.apps.OrderConfig",
    "oscar.apps.partner.apps.PartnerConfig",
    "oscar.apps.payment.apps.PaymentConfig",
    "oscar.apps.voucher.apps.VoucherConfig",
    "shop.forks.apps.WishlistsLibrary",
]

OSCAR_SHOP_NAME = "禾桥"
OSCAR_DEFAULT_CURRENCY = "CNY"
OSCAR_SLUG_FUNCTION = "catalog.slugs.slugify"
OSCAR_ALLOW_ANON_REVIEWS = False
OSCAR_MODERATE_REVIEWS = True
OSCAR_EAGER_ALERTS = False
OSCAR_SEND_REGISTRATION_EMAIL = False
OSCAR_SAVE_SENT_EMAILS_TO_DB = False
OSCAR_URL_SCHEMA = "https"
OSCAR_BASKET_COOKIE_SECURE = True
OSCAR_DELETE_IMAGE_FILES = False
OSCAR_HOMEPAGE = "/"
OSCAR_OFFERS_INCL_TAX = True
