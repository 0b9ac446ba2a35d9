"""Pieces are read alike in the supplier's and the buyer's forms: "24件", full-width digits and "二十" are numbers."""

import pytest

from livestream.forms import DropForm
from shop.sales.forms.orders import AfterSaleForm
from shop.sales.forms.stock import AdjustForm, CountForm

FIELDS = [
    (AdjustForm, "pieces"), (CountForm, "counted"), (AfterSaleForm, "quantity"), (DropForm, "pieces"),
    (DropForm, "per_buyer"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "name"), FIELDS)
@pytest.mark.parametrize(("typed", "pieces"), [("24件", 24), ("２４", 24), ("二十", 20), ("1,200", 1200)])
def test_a_number_of_pieces_is_read_as_in_a_list(form, name, typed, pieces):
    assert form.base_fields[name].clean(typed) == pieces


@pytest.mark.parametrize(("form", "name"), FIELDS)
@pytest.mark.parametrize("typed", ["1.5", "-1"])
def test_what_is_no_whole_number_is_said_beside_the_field(form, name, typed):
    bound = form({name: typed}).fields[name]
    with pytest.raises(Exception, match=f"“{typed}”"):
        bound.clean(typed)
