"""上货: a supplier's drafts and changes, below /seller/goods/. The list of goods itself is of the sales console."""

from django.urls import path

from catalog.views import goods

app_name = "goods"
urlpatterns = [
    path("new/", goods.new, name="new"),
    path("drafts/<int:proposal_id>/", goods.draft, name="draft"),
    path("drafts/<int:proposal_id>/preview/", goods.preview, name="preview"),
    path("drafts/<int:proposal_id>/submit/", goods.submit, name="submit"),
    path("drafts/<int:proposal_id>/take-back/", goods.back, name="take-back"),
    path("drafts/<int:proposal_id>/give-up/", goods.give, name="give-up"),
    path("listings/<int:listing_id>/change/", goods.change, name="change"),
    path("listings/<int:listing_id>/off/", goods.off, name="off"),
    path("listings/<int:listing_id>/on/", goods.on, name="on"),
]
