"""The supplier's lots, below /seller/lots/."""

from django.urls import path

from traceability.views import bases, lots

app_name = "lots"
urlpatterns = [
    path("", lots.lots, name="lots"),
    path("new/", lots.harvest, name="new"),
    path("mix/", lots.mix, name="mix"),
    path("bases/", bases.bases, name="bases"),
    path("parcels/<int:shipment_id>/label.pdf", lots.labels, name="labels"),
    path("<int:lot_id>/", lots.lot, name="lot"),
    path("<int:lot_id>/pack/", lots.pack, name="pack"),
    path("<int:lot_id>/test/", lots.test, name="test"),
    path("<int:lot_id>/dispose/", lots.dispose, name="dispose"),
    path("<int:lot_id>/close/", lots.close, name="close"),
    path("<int:lot_id>/certificate.pdf", lots.paper, name="paper"),
]
