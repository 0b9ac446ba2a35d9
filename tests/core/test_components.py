"""Tags that draw components: exact markup where people read it, and addresses that keep the language."""

from decimal import Decimal

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils.translation import override

from shop.core.steps import Step, show_steps
from shop.core.templatetags import heqiao, heqiao_components


class Sample(forms.Form):
    """One required field."""

    phone = forms.CharField(label="Phone")


def draw(source: str, **context: object) -> str:
    """Return the markup of a template string."""
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (3280, '<span class="price"><span class="price-sign">¥</span>32<span class="price-cents">.80</span></span>'),
        (
            123456705,
            '<span class="price"><span class="price-sign">¥</span>1,234,567<span class="price-cents">.05</span></span>',
        ),
        (-1000, '<span class="price">−<span class="price-sign">¥</span>10<span class="price-cents">.00</span></span>'),
        (None, '<span class="price"><span class="price-sign">¥</span>0<span class="price-cents">.00</span></span>'),
    ],
)
def test_price_is_exact_to_the_fen(fen: int | None, shown: str) -> None:
    assert draw("{% price fen %}", fen=fen) == shown


def test_price_of_yuan_and_plain_amounts() -> None:
    assert "32</span>" not in draw("{% price_yuan yuan size='l' ink=True %}", yuan=Decimal("32.80"))
    assert 'class="price price-l price-ink"' in draw("{% price_yuan yuan size='l' ink=True %}", yuan=Decimal("32.80"))
    assert draw("{{ fen|yuan }}", fen=1838040) == "¥18,380.40"
    assert draw("{{ fen|yuan }}", fen=-5) == "−¥0.05"


def test_badge_kinds_have_their_colours_and_empty_ones_vanish() -> None:
    assert draw("{% badge '帮扶产品' 'proven' %}") == '<span class="badge badge-green">帮扶产品</span>'
    assert draw("{% badge text 'neutral' %}", text="<b>") == '<span class="badge">&lt;b&gt;</span>'
    assert draw("{% badge '' 'offer' %}") == ""


def test_field_joins_label_hint_and_error() -> None:
    markup = draw("{% field form.phone hint='11 digits' %}", form=Sample({}))
    assert 'for="id_phone"' in markup
    assert 'aria-describedby="id_phone-hint id_phone-error"' in markup
    assert 'aria-invalid="true"' in markup
    assert 'id="id_phone-error"' in markup
    assert 'data-testid="field-phone"' in markup


def test_bar_never_runs_over_its_end() -> None:
    assert heqiao_components.bar(130, 20) | {} == {
        "done": "100",
        "committed": "",
        "label": "",
        "size": "",
        "kind": "",
    }
    assert heqiao_components.bar(69.4, 50)["committed"] == "30.6"


def test_a_bar_of_little_is_seen_and_one_of_nothing_is_not() -> None:
    drawn = heqiao_components.bar(0.02, 0.3)
    assert (drawn["done"], drawn["committed"]) == ("1.5", "1.5")
    assert (heqiao_components.bar(0)["done"], heqiao_components.bar(0)["committed"]) == ("0", "")


def test_nearest_ground_and_fallback() -> None:
    assert heqiao.ground("#DBE2D0") == "ground-sage"
    assert heqiao.ground("#EEDFB6") == "ground-straw"
    assert heqiao.ground("not a colour") == "ground-oat"
    assert heqiao.ground(None) == "ground-oat"


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("/shop/?page=2", "/en/shop/?page=2"),
        ("/en/shop/?q=%E6%9F%9A", "/shop/?q=%E6%9F%9A"),
        ("/en/", "/"),
        ("/", "/en/"),
    ],
)
def test_language_switch_keeps_the_page(path: str, other: str) -> None:
    request = RequestFactory().get(path)
    assert heqiao.other_language_path(Context({"request": request})) == other


def test_links_keep_the_language() -> None:
    with override("en"):
        assert heqiao.local("/shop/") == "/en/shop/"
    with override("zh-hans"):
        assert heqiao.local("/shop/") == "/shop/"


@pytest.mark.parametrize("path", ["/styleguide/", "/help/damage/", "/notices/"])
@pytest.mark.django_db
def test_site_pages_ask_the_database_nothing(client: Client, django_assert_num_queries: object, path: str) -> None:
    client.get(path)  # The menus are kept from the first page on.
    with django_assert_num_queries(0):  # type: ignore[operator]  # reason: the fixture is a context manager
        response = client.get(path)
    assert response.status_code == 200
    assert "data-me=" in response.content.decode()


@pytest.mark.django_db
def test_missing_page_says_what_to_do_next_in_both_languages(client: Client) -> None:
    chinese, english = client.get("/help/nothing/"), client.get("/en/help/nothing/")
    assert (chinese.status_code, english.status_code) == (404, 404)
    assert 'lang="zh-Hans"' in chinese.content.decode()
    assert "See what is in season" in english.content.decode()
    assert "See what is in season" not in chinese.content.decode()


def test_a_line_says_each_piece_apart_from_its_sum() -> None:
    source = "{% line_sum each pieces sum %}"
    with override("en"):
        three = draw(source, each=3280, pieces=3, sum=9540)
        one = draw(source, each=3280, pieces=1, sum=3280)
    assert "¥32.80 <span>× 3</span>" in three
    assert '<p class="less">−¥3.00</p>' in three
    assert '<span>Subtotal</span> <span class="price price-s price-ink">' in three
    assert "¥32.80 <span>× 1</span>" in one
    assert "Subtotal" not in one


def test_steps_ahead_never_read_as_done() -> None:
    steps = show_steps(
        [Step("Ordered", "", "", True, "1"), Step("Paid", "To pay", "Pay", time="2"), Step("Sent", "To send", "Send")]
    )
    assert [(step["label"], step["state"], step["time"]) for step in steps] == [
        ("Ordered", "done", "1"),
        ("To pay", "now", ""),
        ("Send", "todo", ""),
    ]


class WithFile(forms.Form):
    """A photo and something else."""

    photo = forms.FileField(widget=forms.FileInput(attrs={"accept": "image/*"}))
    name = forms.CharField()


def test_a_file_is_chosen_in_the_pages_language_and_a_lost_one_is_said() -> None:
    with override("zh-hans"):
        empty = draw("{% field form.photo %}", form=WithFile())
        lost = draw("{% field form.photo %}", form=WithFile({}, {"photo": SimpleUploadedFile("a.jpg", b"x")}))
    assert 'for="id_photo">' in empty
    assert "拍照或选照片" in empty
    assert 'aria-labelledby="id_photo-label"' in empty
    assert "还没有选" in empty
    assert "请重新选一次" in lost
