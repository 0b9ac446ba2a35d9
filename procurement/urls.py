"""The units' console, below /units/."""

from django.urls import path

from procurement.views import (
    acceptance,
    addresses,
    boards,
    declaring,
    entry,
    filling,
    home,
    orders,
    rates,
    requests,
    shopping_lists,
)

app_name = "units"

urlpatterns = [
    path("", home.home, name="home"),
    path("switch/", entry.switch, name="switch"),
    path("rate/", rates.rate, name="rate"),
    path("rate/file.xlsx", rates.rate_file, name="rate-file"),
    path("declaration/", declaring.declaration, name="declaration"),
    path("declaration/withdraw/", declaring.withdraw, name="declaration-withdraw"),
    path("declaration/<int:declaration_id>/answer/", declaring.answer, name="declaration-answer"),
    path("settings/", home.settings, name="settings"),
    path("requests/", requests.index, name="requests"),
    path("requests/list-template.xlsx", shopping_lists.template_file, name="list-template"),
    path("requests/new/", requests.start, name="request-start"),
    path("requests/<str:number>/", requests.detail, name="request"),
    path("requests/<str:number>/add/", filling.add, name="request-add"),
    path("requests/<str:number>/list/", shopping_lists.new_list, name="request-list"),
    path("requests/<str:number>/list/<int:pk>/", shopping_lists.one_list, name="shopping-list"),
    path("requests/<str:number>/list/<int:pk>/refused.xlsx", shopping_lists.refused_file, name="shopping-list-refused"),
    path("requests/<str:number>/paper/", requests.paper, name="request-paper"),
    path("requests/<str:number>/change/", requests.change, name="request-change"),
    path("requests/<str:number>/facts/", requests.facts, name="request-facts"),
    path("requests/<str:number>/address/", addresses.address, name="request-address"),
    path("requests/<str:number>/submit/", requests.submit, name="request-submit"),
    path("requests/<str:number>/take-back/", requests.take_back, name="request-take-back"),
    path("requests/<str:number>/give-up/", requests.give_up, name="request-give-up"),
    path("requests/<str:number>/decide/", requests.decide, name="request-decide"),
    path("requests/<str:number>/order/", requests.order, name="request-order"),
    path("orders/", orders.index, name="orders"),
    path("orders/<str:number>/", orders.detail, name="order"),
    path("orders/<str:number>/cancel/", orders.cancel, name="order-cancel"),
    path("orders/<str:number>/accept/", acceptance.accept, name="accept"),
    path("orders/<str:number>/acceptances/<int:sequence>/", acceptance.paper, name="acceptance-paper"),
    path("payments/", orders.payments, name="payments"),
    path("payments/<str:number>/", orders.pay, name="pay"),
    path("payments/<str:number>/slip/", orders.slip, name="payment-slip"),
    path("payments/<str:number>/account/", orders.account, name="refund-account"),
    path("board/", boards.board, name="board"),
    path("board/<int:unit_id>/orders/", boards.orders, name="board-orders"),
    path("declarations/<int:declaration_id>/", boards.declaration, name="declaration-decide"),
]
