"""A buyer's addresses after payment, below /account/. Part of the namespace `sales`."""

from django.urls import path

from shop.sales.views import order_actions, orders, received, wishes

ONE = "account/orders/<str:number>/"

patterns = [
    path("account/orders/", orders.orders, name="orders"),
    path("account/orders/find/", orders.find, name="orders-find"),
    path("account/orders/found/", orders.found, name="orders-found"),
    path("account/orders/found/<str:number>/code/", orders.send_code, name="orders-code"),
    path("account/orders/bought-here/<str:number>/", received.keep, name="orders-keep"),
    path("account/orders/received/<str:number>/decline/", received.decline, name="received-decline"),
    path(ONE, orders.order, name="order"),
    path(f"{ONE}cancel/", order_actions.cancel, name="order-cancel"),
    path(f"{ONE}cancel-rest/", order_actions.cancel_rest, name="order-cancel-rest"),
    path(f"{ONE}receive/", order_actions.receive, name="order-receive"),
    path(f"{ONE}nudge/", order_actions.nudge, name="order-nudge"),
    path(f"{ONE}buy-again/", order_actions.buy_again, name="order-buy-again"),
    path(f"{ONE}review/<int:line_id>/", order_actions.review, name="order-review"),
    path(f"{ONE}after-sale/<int:line_id>/", order_actions.after_sale, name="order-after-sale"),
    path(f"{ONE}case/<int:case_id>/withdraw/", order_actions.withdraw, name="case-withdraw"),
    path(f"{ONE}case/<int:case_id>/take-offer/", order_actions.take_offer, name="case-take-offer"),
    path(f"{ONE}case/<int:case_id>/ask-platform/", order_actions.ask_platform, name="case-ask-platform"),
    path(f"{ONE}case/<int:case_id>/send-back/", order_actions.send_back, name="case-send-back"),
    path("account/favourites/", wishes.favourites, name="favourites"),
    path("account/favourites/toggle/", wishes.toggle, name="favourite-toggle"),
    path("account/reminders/", wishes.reminders, name="reminders"),
    path("account/reminders/", wishes.reminders, name="reminder-add"),
    path("account/reminders/<int:reminder_id>/delete/", wishes.reminder_delete, name="reminder-delete"),
]
