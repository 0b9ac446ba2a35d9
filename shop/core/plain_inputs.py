"""How forms draw their fields: simple inputs written straight away, everything else by Django's templates.

Two templates for each input, rendered anew, are a sixth of what the checkout's page costs; the markup is the same.
"""

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

_KINDS = ("text", "number", "email", "url", "tel", "search", "hidden", "date", "datetime", "time", "input")
PLAIN = frozenset(f"django/forms/widgets/{kind}.html" for kind in _KINDS)


class PlainInputs(DjangoTemplates):
    """FORM_RENDERER of the site."""

    def render(self, template_name: str, context: Mapping[str, Any], request: Any = None) -> SafeString:
        """Return the widget's markup, exactly as Django's own templates give it."""
        if template_name not in PLAIN:
            return mark_safe(super().render(template_name, dict(context), request))
        widget = context["widget"]
        value = "" if widget["value"] is None else format_html(' value="{}"', str(widget["value"]))
        name, kind = conditional_escape(widget["name"]), conditional_escape(widget["type"])
        return mark_safe(f'<input type="{kind}" name="{name}"{value}{_written(widget["attrs"])}>')


def _written(attrs: Mapping[str, Any]) -> str:
    parts = []
    for name, value in attrs.items():
        if value is not False:
            written = "" if value is True else f'="{conditional_escape(str(value))}"'
            parts.append(f" {conditional_escape(name)}{written}")
    return "".join(parts)
