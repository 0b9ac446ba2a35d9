"""The words of what people are told about their trade."""

from django.utils.translation import gettext_lazy as _

from shop.accounts.messages import register

register(
    "purchase_paid",
    title=_("Paid: %(total)s"),
    text=_("Orders being prepared: %(orders)s. We tell you when they are on their way."),
    action=_("See the orders"),
    icon="circle-check",
)
register(
    "purchase_paid_after",
    title=_("Paid: %(total)s"),
    text=_("Nothing more is to be paid for %(number)s."),
    action=_("See the orders"),
    icon="circle-check",
)
register(
    "order_to_ship",
    title=_("A new order to ship"),
    text=_("%(number)s, %(pieces)s pieces. Ship before %(ship_by)s."),
    action=_("Ship it"),
    icon="package",
)
register(
    "order_cancelled",
    title=_("Order %(number)s is cancelled"),
    text=_("What you paid is on its way back the way it came."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_cancelled_goods_first",
    title=_("Order %(number)s is cancelled"),
    text=_("Nothing was paid for it, and nothing has to be."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_cancelled_unpaid",
    title=_("Order %(number)s is cancelled"),
    text=_("Nothing was taken for it. The other orders of the purchase stay as they are."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_cancelled_under_way",
    title=_("Order %(number)s is cancelled"),
    text=_("If a payment of this purchase still comes, what is not needed of it is returned to you at once."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "transfer_short",
    title=_("Your transfer came: %(left)s is still missing"),
    text=_("%(came)s is booked for %(number)s. Send the rest with the same remittance code."),
    action=_("See the account"),
    icon="wallet",
)
register(
    "order_cancelled_supplier",
    title=_("Order %(number)s is cancelled"),
    text=_("Do not ship it. The stock is yours again."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_cancelled_gone",
    title=_("Order %(number)s is cancelled"),
    text=_("Do not ship it. What was not there, or not sound, left your stock."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_short",
    title=_("Part of order %(number)s can't be sent"),
    text=_("We are sorry. %(amount)s is on its way back the way it came."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_short_owed",
    title=_("Part of order %(number)s can't be sent"),
    text=_("We are sorry. %(amount)s less is to be paid."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_weighed",
    title=_("%(amount)s comes back to you for order %(number)s"),
    text=_("%(goods)s. The rest goes back to you."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_weighed_owed",
    title=_("%(amount)s less to pay for order %(number)s"),
    text=_("%(goods)s."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_shipped",
    title=_("%(supplier)s has sent your order"),
    text=_("%(carrier)s %(tracking_no)s. Open the parcel when it arrives: damage is reported within 48 hours."),
    action=_("Follow the parcel"),
    icon="truck",
)
register(
    "order_partly_shipped",
    title=_("%(supplier)s has sent a part of your order"),
    text=_("%(sent)s of %(pieces)s pieces: %(carrier)s %(tracking_no)s. The rest comes in a parcel of its own."),
    action=_("Follow the parcel"),
    icon="truck",
)
register(
    "order_tracking_corrected",
    title=_("The number of your parcel was put right"),
    text=_("%(supplier)s: it travels as %(carrier)s %(tracking_no)s."),
    action=_("Follow the parcel"),
    icon="truck",
)
register(
    "order_rest_cancelled",
    title=_("The rest of order %(number)s is cancelled"),
    text=_("%(amount)s is on its way back the way it came. What was sent stays."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_rest_cancelled_owed",
    title=_("The rest of order %(number)s is cancelled"),
    text=_("%(amount)s less is to be paid. What was sent stays."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_rest_cancelled_supplier",
    title=_("The buyer cancelled the rest of order %(number)s"),
    text=_("Do not send the other %(pieces)s pieces: they are in your stock again. What was sent stays sold."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_nudged",
    title=_("A buyer is waiting for %(number)s"),
    text=_("Please send it soon, or say what is missing."),
    action=_("Ship it"),
    icon="clock",
)
register(
    "order_received_owed",
    title=_("Order %(number)s arrived"),
    text=_("%(amount)s of it is still owed to you; the settlement shows by when."),
    action=_("See the settlement"),
    icon="circle-check",
)
register(
    "order_received_paid",
    title=_("Order %(number)s arrived"),
    text=_("It is paid already: nothing of it is owed to you."),
    action=_("See the settlement"),
    icon="circle-check",
)
register(
    "order_received_nothing",
    title=_("Order %(number)s is completed"),
    text=_("All of it was given back or not charged: nothing is to be settled."),
    action=_("See the settlement"),
    icon="circle-check",
)
register(
    "order_received",
    title=_("Order %(number)s arrived"),
    text=_("%(amount)s is yours to be settled."),
    action=_("See the settlement"),
    icon="circle-check",
)
register(
    "case_opened",
    title=_("After-sales: %(amount)s for %(name)s"),
    text=_("Please answer before %(due)s; after that the platform decides."),
    action=_("Decide"),
    icon="headset",
)
register(
    "case_offered",
    title=_("%(amount)s is offered to you for %(name)s"),
    text=_("Take it, or ask the platform before %(due)s. Without an answer it is paid then."),
    action=_("See the order"),
    icon="message",
)
register(
    "case_refused",
    title=_("Your request on %(name)s was refused"),
    text=_("The supplier writes: %(answer)s. If you do not agree, ask the platform before %(due)s."),
    action=_("See the order"),
    icon="message",
)
register(
    "case_asked",
    title=_("The platform decides on %(name)s"),
    text=_("It looks at the evidence of both sides and decides before %(due)s."),
    action=_("See the order"),
    icon="headset",
)
register(
    "case_asked_supplier",
    title=_("The platform decides on %(name)s"),
    text=_("It looks at the evidence of both sides and decides before %(due)s."),
    action=_("See the case"),
    icon="headset",
)
register(
    "case_to_return",
    title=_("Please send %(name)s back"),
    text=_("Send it and enter the parcel number before %(due)s; %(amount)s follows once it is there."),
    action=_("Enter the parcel"),
    icon="package",
)
register(
    "case_to_return_judged",
    title=_("The platform decided: please send %(name)s back"),
    text=_("%(why)s Enter the parcel number before %(due)s; %(amount)s follows once it is there."),
    action=_("Enter the parcel"),
    icon="package",
)
register(
    "case_to_return_supplier",
    title=_("%(name)s comes back to you"),
    text=_("The buyer has until %(due)s to send it."),
    action=_("See the case"),
    icon="package",
)
register(
    "case_to_return_supplier_judged",
    title=_("The platform decided: %(name)s comes back to you"),
    text=_("%(why)s The buyer has until %(due)s to send it; %(amount)s goes back once you have it."),
    action=_("See the case"),
    icon="package",
)
register(
    "case_returning",
    title=_("%(name)s is on its way back"),
    text=_("Confirm it before %(due)s, or say what is wrong; after that %(amount)s goes back to the buyer."),
    action=_("See the case"),
    icon="truck",
)
register(
    "case_approved",
    title=_("%(amount)s comes back to you"),
    text=_("Your request on %(name)s was granted."),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "case_approved_judged",
    title=_("The platform decided: %(amount)s comes back to you"),
    text=_("%(name)s: %(why)s"),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "case_approved_supplier",
    title=_("%(amount)s goes back for %(name)s"),
    text=_("The case is closed."),
    action=_("See the case"),
    icon="rotate-ccw",
)
register(
    "case_approved_supplier_judged",
    title=_("The platform decided: %(amount)s goes back for %(name)s"),
    text=_("%(why)s"),
    action=_("See the case"),
    icon="rotate-ccw",
)
register(
    "case_dismissed_judged",
    title=_("The platform decided: nothing is given back for %(name)s"),
    text=_("%(why)s"),
    action=_("See the order"),
    icon="message",
)
register(
    "case_dismissed_supplier_judged",
    title=_("The platform decided: nothing is given back for %(name)s"),
    text=_("%(why)s"),
    action=_("See the case"),
    icon="circle-check",
)
register(
    "case_lapsed",
    title=_("Your return of %(name)s has ended"),
    text=_("It was not sent back in time."),
    action=_("See the order"),
    icon="clock",
)
register(
    "case_lapsed_supplier",
    title=_("The return of %(name)s has ended"),
    text=_("The buyer did not send it back in time."),
    action=_("See the case"),
    icon="clock",
)
register(
    "case_withdrawn",
    title=_("The buyer took a request back"),
    text=_("%(name)s: nothing is left to do."),
    action=_("See the case"),
    icon="circle-check",
)
register(
    "review_approved",
    title=_("Your review is on the page"),
    text=_("Thank you for writing about %(name)s."),
    action=_("See it"),
    icon="star",
)
register(
    "review_refused",
    title=_("Your review of %(name)s can't be shown"),
    text=_("The reason: %(reason)s"),
    action=_("See the order"),
    icon="message",
)
register(
    "restock",
    title=_("%(name)s is back"),
    text=_("You asked us to tell you."),
    action=_("Have a look"),
    icon="bell",
)
register(
    "village_news",
    title=_("%(village)s has something new"),
    text=_("%(name)s is on sale. You follow the village."),
    action=_("Have a look"),
    icon="leaf",
)
register(
    "harvest",
    title=_("%(name)s is being harvested"),
    text=_("You asked us to tell you."),
    action=_("Have a look"),
    icon="leaf",
)
register(
    "offer_asked",
    title=_("Will you pay for “%(offer)s”?"),
    text=_("It can cost you %(most)s at most, and it waits for your answer."),
    action=_("See the terms"),
    icon="ticket",
)
register(
    "offer_dropped",
    title=_("“%(offer)s” is not yours to pay for any more"),
    text=_("The platform changed who pays for it. Nothing of it is charged to you from now on."),
    action=_("See your offers"),
    icon="ticket",
)
