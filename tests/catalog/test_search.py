"""Cutting text into tokens, and finding listings by them on either database."""

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import ListingCard
from catalog.operations.cards import rebuild_cards
from catalog.search import Term, also_called, matching, parse, tokens_of
from tests import factories

CHINESE = st.text(alphabet="梅县金柚雷波脐橙连州菜心清远鸡高荔枝", min_size=1, max_size=12)
ANY = st.text(max_size=60)


def found_by(tokens: str, query: str) -> bool:
    """Say what a database must answer: every term is a token, or the beginning of one."""
    have = tokens.split()
    terms = parse(query)
    return bool(terms) and all(
        any(token.startswith(term.text) if term.is_prefix else token == term.text for token in have) for term in terms
    )


def test_tokens_of_a_name():
    assert tokens_of(["金柚 2 个装"]).split() == sorted(
        {"金", "柚", "金柚", "jinyou", "you", "jy", "y", "2", "个", "装", "个装", "gezhuang", "zhuang", "gz", "z"}
    )
    assert tokens_of([], ["特级 Grade"]) == "grade 特 特级 级"


def test_terms_of_a_query():
    assert parse("金柚") == [Term("金柚")]
    assert parse("柚") == [Term("柚")]
    assert parse("梅县金柚") == [Term("梅县"), Term("县金"), Term("金柚")]
    assert parse("JinYou") == [Term("jinyou", is_prefix=True)]
    assert parse("é２") == [Term("e2", is_prefix=True)]
    assert parse('"; DROP -- *') == [Term("drop", is_prefix=True)]
    assert parse("!!! ，。") == []


@given(CHINESE, st.data())
def test_every_part_of_a_name_finds_it(name, data):
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert found_by(tokens_of([name]), name[start:end])


@given(ANY)
def test_tokens_are_plain(text):
    tokens = tokens_of([text])
    assert tokens == " ".join(sorted(set(tokens.split())))
    assert all(token.isalnum() for token in tokens.split())
    assert all(term.text.isalnum() for term in parse(text))


@pytest.fixture
def shelf(db):
    village = factories.make_village(name="松源村")
    names = ["梅县金柚 2 个装", "雷波脐橙", "连州菜心 霜后嫩芽", "金柚礼盒 two layers"]
    listings = [factories.make_listing(name, village=village if i == 0 else None) for i, name in enumerate(names)]
    rebuild_cards(at=factories.AT)
    return {listing.name_zh: listing.pk for listing in listings}


QUERIES = ["金柚", "柚", "梅县金柚", "jinyou", "jy", "JY", "jin", "mxjy", "脐橙", "qicheng", "lbqc", "layers", "lay",
           "松源村", "songyuan", "金橙", "柚金", "pomelo", "2", "梅县 礼盒", "x", "' OR 1=1", "金柚*", "🍊"]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_the_database_answers_what_the_tokens_say(shelf, query):
    wanted = {card.pk for card in ListingCard.objects.all() if found_by(card.tokens, query)}
    assert set(matching(ListingCard.objects.all(), query).values_list("pk", flat=True)) == wanted


def test_pinyin_and_initials_find_the_pomelo(shelf):
    pomelos = {shelf["梅县金柚 2 个装"], shelf["金柚礼盒 two layers"]}
    for query in ("金柚", "jinyou", "jy"):
        assert set(matching(ListingCard.objects.all(), query).values_list("pk", flat=True)) == pomelos
    assert not matching(ListingCard.objects.all(), "柚金")


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("梅县金柚 2 个装", ("柚子", "文旦")),
        ("威宁土豆", ("马铃薯", "洋芋")),
        ("连平鹰嘴桃", ("桃子",)),
        ("和平猕猴桃 绿心", ("奇异果",)),
        ("纸皮核桃", ("胡桃",)),
        ("连州菜心", ("菜薹",)),
        ("清远鸡", ()),
    ],
)
def test_what_else_a_shopper_calls_it(name, others):
    assert also_called(name) == others


def test_other_words_find_it(shelf):
    cards = ListingCard.objects.all()
    for query in ("橙子", "chengzi", "甜橙"):
        assert [card.pk for card in matching(cards, query)] == [shelf["雷波脐橙"]]
    assert len(matching(cards, "youzi")) == 2


def test_the_index_follows_the_cards(shelf):
    pk = shelf["雷波脐橙"]
    listing = factories.Listing.objects.get(pk=pk)
    listing.name_zh = "雷波血橙"
    listing.save()
    rebuild_cards(listing_ids=[pk], at=factories.AT)
    cards = ListingCard.objects.all()
    assert not matching(cards, "脐橙")
    assert [card.pk for card in matching(cards, "血橙")] == [pk]
    listing.state = "withdrawn"
    listing.save()
    rebuild_cards(listing_ids=[pk], at=factories.AT)
    assert not matching(cards, "血橙")


def test_reindex_builds_what_was_lost(shelf, capsys):
    ListingCard.objects.all().delete()
    call_command("reindex")
    assert ListingCard.objects.count() == len(shelf)
    assert "4/4 listings" in capsys.readouterr().out
