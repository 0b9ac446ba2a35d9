"""The scopes of tokens, by name. Which of them a person may be given is decided by `shop.accounts`."""

from django.utils.translation import gettext_noop

SCOPES: dict[str, str] = {
    "account:read": gettext_noop("Read your profile, addresses, favourites and tokens"),
    "account:write": gettext_noop("Change your addresses and favourites, and revoke tokens"),
    "orders:read": gettext_noop("Read your basket, purchases and orders"),
    "orders:write": gettext_noop("Buy, cancel, confirm receipt, ask for refunds, review"),
    "seller:read": gettext_noop("Read the orders, after-sales cases and settlement of your supplier"),
    "seller:write": gettext_noop("Ship and cancel orders, and decide after-sales cases of your supplier"),
    "goods:read": gettext_noop("Read what your supplier proposes to sell"),
    "goods:write": gettext_noop("Propose products and changes, take products off sale and put them back"),
    "stock:write": gettext_noop("Set the stock of your supplier's products"),
    "lots:read": gettext_noop("Read the lots of your supplier and their events"),
    "lots:write": gettext_noop("Record bases, harvests, packing and tests of your supplier"),
    "review:read": gettext_noop("Read what waits for a reviewer"),
    "review:write": gettext_noop("Decide what waits for a reviewer"),
    "units:read": gettext_noop("Read the quota, requests and orders of your unit and of those below it"),
    "units:write": gettext_noop("Declare, request, order and accept for your unit"),
    "units:decide": gettext_noop("Approve and return requests and declarations"),
    "pledges:read": gettext_noop("Read your gifts, and the needs of those you act for"),
    "pledges:write": gettext_noop("Give, and publish needs of those you act for"),
    "live:chat": gettext_noop("Write in the chat of live rooms"),
    "live:host": gettext_noop("Run the live rooms that you host"),
    "reports:read": gettext_noop("Read sales reports"),
}
