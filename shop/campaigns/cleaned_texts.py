"""Texts of the CMS, read as everywhere else: without what nobody can see. One place for pages, blocks and uploads."""

from typing import Any

from django import forms
from django.db import models
from wagtail import blocks
from wagtail.admin import widgets
from wagtail.admin.forms.models import register_form_field_override

from shop.core import texts
from shop.core.fields import LineField, MomentField, ParagraphsField


class LineBlock(blocks.CharBlock):
    """A text on one line."""

    def clean(self, value: Any) -> Any:
        """Return it cleaned; what is left empty is judged so."""
        return super().clean(texts.one_line(value or ""))


class ParagraphsBlock(blocks.TextBlock):
    """A text of several lines."""

    def clean(self, value: Any) -> Any:
        """Return it cleaned, its lines kept."""
        return super().clean(texts.many_lines(value or ""))


class CleanedTexts(forms.BaseForm):
    """Reads the texts of a form whose fields Wagtail makes (images, documents) as our own fields read theirs."""

    _bound_fields_cache: dict[str, Any]  # BaseForm's, which the stubs leave out

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if type(field) is forms.CharField:
                kind = ParagraphsField if isinstance(field.widget, forms.Textarea) else LineField
                self.fields[name] = kind(
                    max_length=field.max_length, required=field.required, label=field.label, widget=field.widget,
                    help_text=field.help_text, initial=field.initial,
                )  # fmt: skip
                # Wagtail has looked at the title by now: what is kept of it holds the field that it had.
                self._bound_fields_cache.pop(name, None)


def read_texts_cleaned() -> None:
    """Have every form that Wagtail makes of a model (pages, their comments) read texts by our fields."""
    register_form_field_override(models.CharField, override={"form_class": LineField})
    register_form_field_override(models.EmailField, override={"form_class": forms.EmailField})
    register_form_field_override(
        models.DateTimeField, override={"form_class": MomentField, "widget": widgets.AdminDateTimeInput}
    )
    register_form_field_override(
        models.TextField,
        override={"form_class": ParagraphsField, "widget": widgets.AdminAutoHeightTextInput},
        exact_class=True,
    )
