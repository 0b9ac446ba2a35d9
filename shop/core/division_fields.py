"""省, 市, 区 in a form: three selects whose deeper one decides."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from shop.core import regions
from shop.core.fields import LineField


class DivisionFields(forms.Form):
    """Where something is, down to the county. Works without scripts: each submit fills the next select.

    `template`: components/division_picker.html with the form as `form`; `picked`, `provinces`, … are for it. Cleans
    `division` to a county's code.
    """

    province = LineField(required=False, label=_("Province"), max_length=12)
    city = LineField(required=False, label=_("City"), max_length=12)
    division = LineField(
        label=_("Province, city, county"),
        max_length=12,
        error_messages={"required": _("Choose province, city and county.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take the chosen parts; each offers what lies in it next."""
        super().__init__(*args, **options)
        county = self._given("division")
        city = self._given("city") or county[:4]
        province = self._given("province") or city[:2]
        self.picked = {"province": province, "city": city if city.startswith(province) else "", "division": county}

    def _given(self, name: str) -> str:
        found = self.data.get(self.add_prefix(name)) if self.is_bound else self.initial.get(name)
        return str(found or "")

    @cached_property
    def provinces(self) -> Sequence[Any]:
        """Every province."""
        return regions.provinces()

    @cached_property
    def cities(self) -> Sequence[Any]:
        """What lies in the chosen province."""
        return regions.children(self.picked["province"]) if self.picked["province"] else []

    @cached_property
    def counties(self) -> Sequence[Any]:
        """What lies in the chosen city."""
        return regions.children(self.picked["city"]) if self.picked["city"] else []

    def clean_division(self) -> str:
        """Return the county's code."""
        code = str(self.cleaned_data["division"])
        row = regions.division(code)
        if row is None or row.level != row.Level.COUNTY:
            raise ValidationError(_("Choose province, city and county."), code="no_county")
        return code
