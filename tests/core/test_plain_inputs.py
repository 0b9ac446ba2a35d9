from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from shop.core.plain_inputs import PLAIN, PlainInputs

WIDGETS = (
    forms.TextInput,
    forms.NumberInput,
    forms.EmailInput,
    forms.URLInput,
    forms.HiddenInput,
    forms.DateInput,
    forms.DateTimeInput,
    forms.TimeInput,
)
TEXT = st.text(max_size=12)
ATTRS = st.dictionaries(TEXT, st.one_of(TEXT, st.booleans(), st.integers(), TEXT.map(mark_safe)), max_size=4)


@given(st.sampled_from(WIDGETS), TEXT, st.one_of(st.none(), TEXT, st.integers(), TEXT.map(mark_safe)), ATTRS)
def test_inputs_are_what_djangos_templates_draw(widget, name, value, attrs):
    assert widget.template_name in PLAIN
    drawn = [widget().render(name, value, attrs, renderer=one) for one in (PlainInputs(), DjangoTemplates())]
    assert drawn[0] == drawn[1].strip()


def test_what_is_typed_is_never_markup():
    drawn = forms.TextInput().render("name", '"><script>', {"data-x": "'<"}, renderer=PlainInputs())
    assert drawn == '<input type="text" name="name" value="&quot;&gt;&lt;script&gt;" data-x="&#x27;&lt;">'


def test_other_widgets_are_djangos():
    select = forms.Select(choices=[("a", "甲")])
    assert select.render("x", "a", renderer=PlainInputs()) == select.render("x", "a", renderer=DjangoTemplates())
