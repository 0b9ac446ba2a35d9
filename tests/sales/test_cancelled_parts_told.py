"""A part that was cancelled: its buyer reads why the money went back, and the list what the rest comes to."""

import pytest
from django.test import Client
from django.utils.translation import gettext as _
from django.utils.translation import override

from shop.sales.operations.shipping import cancel_rest
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, paid

pytestmark = pytest.mark.django_db


def test_what_the_supplier_could_not_send_is_told_in_the_history_and_is_no_part_of_the_sum():
    buyer, supplier = make_user(), make_supplier()
    goods = [make_listing(name, supplier=supplier, stock=9, price_fen=3280) for name in ("金柚", "英红")]
    order = paid(*((each, 1) for each in goods), user=buyer)
    cancel_rest(order_id=order.pk, actor=None, at=AT, line_ids=[lines_of(order)[0].pk], reason="out_of_stock")
    order.refresh_from_db()
    holder = Client()
    holder.force_login(buyer, backend="django.contrib.auth.backends.ModelBackend")
    with override("zh-hans"):
        why = _("The supplier ran out. We are sorry.")
    assert why in holder.get(f"/account/orders/{order.order.number}/").content.decode()
    page = holder.get("/account/orders/").content.decode()
    assert order.refunded_fen == 3280
    assert order.left_fen > 0
    sums = f"{order.left_fen // 100}", f"{order.total_fen // 100}"
    told = page.split("含运费")[1][:400]
    assert (sums[0] in told, sums[1] in told) == (True, False)
