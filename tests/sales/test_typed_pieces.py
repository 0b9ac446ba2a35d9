"""Pieces are read alike in the supplier's and the buyer's forms: "24件", full-width digits and "二十" are numbers."""

import pytest

from catalog.forms import SpecForm
from livestream.forms import DropForm
from shop.sales.forms.orders import AfterSaleForm
from shop.sales.forms.stock import AdjustForm, CountForm
from traceability.forms import PackingForm

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


@pytest.mark.parametrize(
    ("name", "typed", "read"),
    [
        ("stock", "４０件", 40), ("stock", "1,200", 1200), ("stock", "0", 0), ("pieces", "12个", 12), ("ml", "500ml", 500),
        ("ml", "1_0", None), ("stock", "3 箱", None), ("stock", "1.5", None),
    ],
)  # fmt: skip
def test_what_is_typed_of_a_specification_is_read_as_everywhere(name, typed, read):
    form = SpecForm({f"specs-0-{name}": typed}, prefix="specs-0")
    assert (form.is_valid(), form.cleaned_data.get(name)) == (read is not None, read)
    if read is None and name == "stock":
        assert typed in form.errors[name][0]


@pytest.mark.parametrize(
    ("typed", "read"), [("10 箱", 10), ("１０", 10), ("1,000", 1000), ("10 件", None), ("-1", None)]
)
def test_boxes_at_packing_are_read_as_everywhere(typed, read):
    form = PackingForm({"pack-boxes": typed})
    form.is_valid()
    assert form.cleaned_data.get("boxes") == read
    assert ("boxes" in form.errors) == (read is None)
