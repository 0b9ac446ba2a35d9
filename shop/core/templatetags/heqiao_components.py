"""Template tags that draw whole components: fields, bars, charts, pagers, timelines. Display only."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from shop.core.templatetags.heqiao import price_classes, price_markup, yuan

register = template.Library()
LEAST_SEEN = 1.5


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    hint: str = "",
    label: str = "",
    placeholder: str = "",
    extra: str = "",
    optional: bool = True,
    when: str = "",
) -> dict[str, Any]:
    """Draw a form field: label above, control, hint, error below, joined by aria-describedby.

    {% field form.phone hint=_("11 digits") %}. `extra` are classes of the block ("full"). `when` says when a field is
    needed that is not always ("needed to refuse"), where "optional" would not be true.
    """
    widget = bound.field.widget
    described = [
        f"{bound.id_for_label or bound.auto_id}-{part}"
        for part, on in (("hint", hint or bound.help_text), ("error", bound.errors))
        if on
    ]
    attrs: dict[str, Any] = {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if placeholder:
        attrs["placeholder"] = placeholder
    if "data-testid" not in widget.attrs:
        attrs["data-testid"] = f"field-{bound.html_name.replace('_', '-')}"
    choices = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    is_file = isinstance(widget, FileInput)
    if is_file:
        attrs["aria-labelledby"] = f"{bound.id_for_label or bound.auto_id}-label"
    return {
        "field": bound,
        "id": bound.id_for_label or bound.auto_id,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "control": bound.as_widget(attrs=attrs),
        "is_check": isinstance(widget, CheckboxInput),
        "is_file": is_file,
        "takes_photos": is_file and "image" in str(widget.attrs.get("accept", "")),
        "takes_many": is_file and bool(getattr(widget, "allow_multiple_selected", False)),
        # A browser gives no file back with the page that says what is wrong: the form keeps them, or says so.
        "kept_files": getattr(bound.form, "kept_photos", ()) if is_file else (),
        "lost_files": is_file
        and bound.form.is_bound
        and bound.html_name in bound.form.files
        and not getattr(bound.form, "kept_photos", ()),
        "is_choices": choices,
        "optional": optional and not bound.field.required and not isinstance(widget, CheckboxInput),
        "when": when,
        "extra": extra,
    }


@register.simple_tag
def line_sum(each_fen: int, pieces: int, sum_fen: int) -> SafeString:
    """Show what a line of goods costs: one piece × how many, then what the line comes to, each said for what it is.

    {% line_sum line.unit_price_fen line.pieces line.sum_fen %}, in 分; what `sum_fen` is less than the product is the
    line's discount. One piece at its full price is its own sum.
    """
    each = format_html('<p class="line-each" data-testid="line-each">{} <span>× {}</span></p>', yuan(each_fen), pieces)
    less_fen = each_fen * pieces - sum_fen
    if pieces == 1 and not less_fen:
        return format_html('<div class="goods-sum line-sum line-sum-one">{}</div>', each)
    less = format_html('<p class="less">{}</p>', yuan(-less_fen)) if less_fen > 0 else ""
    total = format_html(
        '<p class="line-total" data-testid="line-total"><span>{}</span> {}</p>',
        pgettext("line", "Subtotal"),
        price_markup(sum_fen, price_classes("s", ink=True)),
    )
    return format_html('<div class="goods-sum line-sum">{}{}{}</div>', each, less, total)


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Any, anchor: str = "") -> dict[str, Any]:
    """Say at the top of a page what a form refused, each sentence linked to its field; nothing without errors.

    The script puts the focus there. `anchor` is the id of a control that `field` did not draw.
    """
    found: list[dict[str, str]] = []
    if isinstance(form, BaseForm) and form.is_bound:
        found = [{"href": anchor, "label": "", "text": str(error)} for error in form.non_field_errors()]
        for bound in form:
            target = anchor or bound.id_for_label or bound.auto_id
            found += [{"href": target, "label": str(bound.label), "text": str(error)} for error in bound.errors]
    return {"errors": found}


def _seen(percent: float) -> float:
    return max(percent, LEAST_SEEN) if percent > 0 else 0.0


@register.inclusion_tag("components/bar.html")
def bar(done: float, committed: float = 0, label: str = "", size: str = "", kind: str = "") -> dict[str, Any]:
    """Draw a bar of percentages 0-100: pine done, hatched committed, sunk remainder. `label` is read aloud.

    What is more than nothing is drawn at least as wide as can be seen; the number stands beside the bar.
    """
    first = _seen(min(100.0, float(done)))
    second = min(100.0 - first, _seen(float(committed)))
    return {
        "done": f"{first:g}",
        "committed": f"{second:g}" if second else "",
        "label": label,
        "size": size,
        "kind": kind,
    }


@register.inclusion_tag("components/range.html")
def reference_range(low_fen: int, high_fen: int, this_fen: int) -> dict[str, Any]:
    """Draw the usual price range of the same grade and this product's point on it (all in 分 per unit)."""
    span = max(high_fen - low_fen, 1)
    bottom, top = low_fen - span * 2 / 3, high_fen + span * 2 / 3

    def place(fen: float) -> str:
        return f"{max(2.0, min(98.0, (fen - bottom) / (top - bottom) * 100)):.1f}"

    return {
        "low": place(low_fen),
        "width": f"{float(place(high_fen)) - float(place(low_fen)):.1f}",
        "high": place(high_fen),
        "point": place(this_fen),
        "low_fen": low_fen,
        "high_fen": high_fen,
        "this_fen": this_fen,
    }


@register.inclusion_tag("components/columns.html")
def columns(days: Sequence[Mapping[str, Any]], label: str) -> dict[str, Any]:
    """Draw a small column chart: days of {label, value, now}; the tallest fills the height."""
    top = max((float(day["value"]) for day in days), default=0) or 1
    step = 100 / max(len(days), 1)
    drawn = [
        {
            "x": f"{i * step + step * 0.22:.1f}",
            "middle": f"{i * step + step / 2:.1f}",
            "width": f"{step * 0.56:.1f}",
            "y": f"{100 - float(day['value']) / top * 96:.1f}",
            "height": f"{float(day['value']) / top * 96:.1f}",
            "label": day["label"],
            "now": day.get("now", False),
            "value": day["value"],
        }
        for i, day in enumerate(days)
    ]
    return {"days": drawn, "label": label}


@register.inclusion_tag("components/stepper.html")
def stepper(
    name: str,
    value: int = 1,
    low: int = 1,
    high: int | None = None,
    label: str = "",
    size: str = "",
    testid: str = "quantity",
) -> dict[str, Any]:
    """Draw minus, number, plus. Works as a number field without scripts."""
    return {
        "name": name,
        "value": value,
        "low": low,
        "high": high,
        "label": label,
        "size": size,
        "testid": testid,
    }


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Any, unit: str = "", here: str = "") -> dict[str, Any]:
    """Draw prev, numbers, next of a Django page object, keeping the query. `unit`: "样".

    `here`: the list's address, where it is shown at others as well.
    """
    request = context.get("request")
    query = request.GET.copy() if request is not None else None
    if query is not None:
        query.pop("page", None)
    kept = query.urlencode() if query else ""
    numbers = list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    return {
        "page": page,
        "numbers": numbers,
        "gap": page.paginator.ELLIPSIS,
        "unit": unit,
        "here": here,
        "kept": f"&{kept}" if kept else "",
    }


@register.inclusion_tag("components/empty.html")
def empty(
    title: str,
    text: str = "",
    action: str = "",
    href: str = "",
    src: str = "",
    testid: str = "empty",
) -> dict[str, Any]:
    """Draw an empty state: round produce picture, one fact, one useful next step."""
    return {
        "title": title,
        "text": text,
        "action": action,
        "href": href,
        "src": src,
        "testid": testid,
    }


@register.inclusion_tag("components/notice.html")
def notice(text: str, kind: str = "info", icon: str = "") -> dict[str, Any]:
    """Draw a notice box. kind: info, warn, error, kaki, plain."""
    drawing = icon or {"warn": "circle-alert", "error": "triangle-alert"}.get(kind, "info")
    return {"text": text, "kind": kind, "drawing": drawing}


@register.inclusion_tag("components/section_head.html")
def section_head(title: str, more: str = "", href: str = "", id: str = "") -> dict[str, Any]:
    """Draw a section's serif title with "全部 46 样 >" at the right."""
    return {"title": title, "more": more, "href": href, "id": id}


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*pairs: str) -> dict[str, Any]:
    """Draw a trail: {% breadcrumb _("Home") "/" category.name category.url title "" %} (name, address pairs)."""
    names, addresses = pairs[::2], pairs[1::2]
    return {"trail": [{"name": n, "url": u} for n, u in zip(names, addresses, strict=False)]}


@register.inclusion_tag("components/steps.html")
def steps(steps: Sequence[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """Draw a horizontal timeline: steps of {label, state: done|now|todo, time}."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Sequence[Mapping[str, Any]], newest_first: bool = False) -> dict[str, Any]:
    """Draw a vertical timeline: entries of {title, text, when, state: done|now|todo}."""
    return {"entries": entries, "newest_first": newest_first}
