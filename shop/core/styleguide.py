"""What /styleguide/ shows: one sample of every component. No queries; invented data."""

from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.templatetags.static import static
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from shop.core.fields import LineField, ParagraphsField
from shop.core.steps import Step, show_steps

SWATCHES = [
    ("paper", "#FBF8F2"), ("card", "#FFFFFF"), ("sunk", "#F4EEE3"), ("line", "#E6DED0"),
    ("edge", "#8F8676"), ("ink", "#231F1A"), ("ink2", "#5A5348"), ("ink3", "#746B5E"),
    ("kaki", "#C2441A"), ("kaki2", "#A83812"), ("kakit", "#FBE8DD"), ("pine", "#2E5A44"),
    ("pine2", "#23473A"), ("pinet", "#E5EEE4"), ("amber", "#855600"), ("red", "#AE2A1F"),
]  # fmt: skip
TYPE = [
    ("36/48", "t-story"),
    ("28/38", "t-title"),
    ("22/30", "t-figure"),
    ("18/26", "t-name"),
    ("16/24", "t-section"),
    ("14/21", "t-body"),
    ("13/20", "t-support"),
    ("12/18", "t-hint"),
]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = LineField()
    phone = LineField()
    title = LineField(required=False)
    county = forms.ChoiceField(choices=[("1", "梅县 Meixian"), ("2", "连州 Lianzhou")])
    way = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[("home", "送到家 Home"), ("self", "自提 Pick up")],
    )
    note = ParagraphsField(widget=forms.Textarea(attrs={"rows": 2}), required=False)
    photo = forms.FileField(widget=forms.FileInput(attrs={"accept": "image/*"}), required=False)


def _sample(file: str, ground: str = "#DBE2D0") -> dict[str, Any]:
    return {
        "src": static(f"img/styleguide/{file}.webp"),
        "ground": ground,
        "width": 480,
        "height": 480,
    }


def _cards(english: bool) -> list[dict[str, Any]]:
    rows = [
        ("pomelo", "#DBE2D0", "梅县金柚 2 个装", "Meixian golden pomelo, two", "约 5 斤 · 一级", "about 2.5 kg · grade 1",
         "梅县松源青禾合作社", "Songyuan Qinghe Cooperative", 3280, "6.56 元/斤", "产地直发", "From the orchard", "neutral"),
        ("orange", "#E8DDC7", "雷波脐橙", "Leibo navel oranges", "5 斤 · 果径 75–80 mm", "2.5 kg · 75–80 mm",
         "雷波锦江橙农合作社", "Leibo Jinjiang Growers", 3690, "7.38 元/斤", "帮扶产品", "Certified", "proven"),
        ("hen", "#DEE4CF", "清远鸡 冷鲜整只", "Qingyuan chicken, whole, chilled", "1.2–1.4 kg · 称重", "1.2–1.4 kg · weighed",
         "清新石潭农友合作社", "Shitan Farmers' Friends", 8800, "多退少不补", "称重", "By weight", "limited"),
        ("fruit-box", "#E4E2D1", "冬令水果礼盒", "Winter fruit box", "约 9 斤 · 五家联供", "about 4.5 kg · five growers",
         "禾桥 · 五家合作社", "Heqiao, five cooperatives", 12800, "工会慰问可用", "单位团购", "For unions", "offer"),
        ("litchi", "#DAE0D7", "高州糯米糍荔枝", "Gaozhou glutinous litchi", "3 斤 · 明年 6 月发", "1.5 kg · ships in June",
         "高州根子红荔合作社", "Genzi Red Litchi", 9800, "32.67 元/斤", "预订", "Pre-order", "limited"),
    ]  # fmt: skip
    return [
        {"name": en if english else zh, "spec": spec_en if english else spec_zh, "url": "/shop/",
         "supplier_name": who_en if english else who_zh, "price_fen": fen, "unit_price_text": unit,
         "badge": {"text": badge_en if english else badge_zh, "kind": kind}, "picture": _sample(file, colour),
         "can_add": file != "litchi", "remind": file == "litchi", "listing_id": n, "spec_id": n}
        for n, (file, colour, zh, en, spec_zh, spec_en, who_zh, who_en, fen, unit, badge_zh, badge_en, kind)
        in enumerate(rows, 1)
    ]  # fmt: skip


def sample_page() -> dict[str, Any]:
    """Return the context of the style page in the language in force."""
    english = get_language() == "en"
    form = SampleForm({"name": "周敏", "phone": "1380 204", "county": "1", "way": "home"})
    form.add_error("phone", _("4 digits are missing: please give 11"))
    page: Page[int] = Paginator(range(26), 8).page(1)
    state = ["done", "done", "now", "todo"]
    return {
        "swatches": SWATCHES, "type_scale": TYPE, "form": form, "cards": _cards(english), "page": page,
        "orders": [("PO-0412", _("Rice"), "400 kg", 1840000, _("To accept"), "limited"),
                   ("PO-0409", _("Chicken"), "140", 1260000, _("To pay"), "offer"),
                   ("PO-0398", _("Potatoes"), "1,200 kg", 624000, _("Filed"), "proven")],
        "steps": show_steps([Step(_("Ordered"), "", "", is_done=True), Step(_("Paid"), "", "", is_done=True),
                             Step("", _("On its way"), ""), Step("", "", pgettext("step", "Receipt"))]),
        "entries": [{"title": t, "text": x, "when": w, "state": s} for (t, x, w), s in zip([
            (_("Ordered, stock reserved"), "P-8812", "11-20"), (_("Shipped"), _("SF cold chain, 2 parcels"), "11-21"),
            (_("Being delivered"), _("before 18:00"), _("today")),
            (_("Receipt confirmed"), _("damage is covered for 48 hours"), "")], state, strict=True)],
        "days": [{"label": d, "value": v, "now": n} for d, v, n in [
            ("二", 42, False), ("三", 58, False), ("四", 49, False), ("五", 68, False), ("六", 78, False),
            ("日", 64, False), (pgettext("page", "now"), 96, True)]],
        "places": [{"url": "#place", "title": t, "text": x, "picture": {"src": static(f"img/styleguide/{f}.webp"),
                    "width": 800, "height": 500}} for t, x, f in [
            (_("Twelve thousand pomelo trees"), _("Meixian · pomelo · 186 households"), "land-orchard"),
            (_("Terraces with one harvest a year"), _("Lianshan · rice · 94 households"), "land-terraces"),
            (_("Yinghong tea in the mist"), _("Yingde · black tea · 61 households"), "land-tea-hills")]],
        "icons": ["home", "categories", "live", "cart", "me", "search", "scan", "place", "support", "store", "truck",
                  "order", "leaf", "proven", "clock", "camera", "package", "printer", "star", "heart", "edit",
                  "message", "filter", "bell", "chart", "qr-code", "share", "certificate", "bank", "people", "gift",
                  "test", "cold", "warning", "coupon", "upload"],
    }  # fmt: skip
