"""The supplier's console, below /seller/."""

from django.urls import path

from shop.sales.views import seller, seller_cases, seller_offers, seller_orders, seller_stock

app_name = "seller"

urlpatterns = [
    path("", seller.today, name="today"),
    path("switch/", seller.switch, name="switch"),
    path("orders/", seller_orders.orders, name="orders"),
    path("orders/<str:number>/", seller_orders.order, name="order"),
    path("orders/<str:number>/ship/", seller_orders.ship, name="ship"),
    path("orders/<str:number>/parcels/<int:shipment_id>/", seller_orders.correct, name="correct-tracking"),
    path("orders/<str:number>/cancel/", seller_orders.cancel, name="cancel"),
    path("after-sales/", seller_cases.cases, name="cases"),
    path("after-sales/<int:case_id>/", seller_cases.case, name="case"),
    path("after-sales/<int:case_id>/return/", seller_cases.returned, name="case-return"),
    path("goods/", seller.goods, name="goods"),
    path("goods/<int:specification_id>/stock/", seller_stock.stock, name="stock"),
    path("goods/<int:specification_id>/stock/change/", seller_stock.adjust, name="adjust-stock"),
    path("goods/<int:specification_id>/stock/count/", seller_stock.count, name="count-stock"),
    path("goods/<int:specification_id>/live-floor/", seller_stock.live_floor, name="live-floor"),
    path("settlement/", seller.settlement, name="settlement"),
    path("settlement/owed/", seller.owed, name="owed"),
    path("offers/", seller_offers.offers, name="offers"),
    path("offers/<int:consent_id>/", seller_offers.offer, name="offer"),
    path("offers/<int:consent_id>/answer/", seller_offers.answer, name="answer-offer"),
    path("reviews/", seller.reviews, name="reviews"),
    path("reviews/<int:review_id>/reply/", seller.reply, name="reply"),
    path("me/", seller.me, name="me"),
]
