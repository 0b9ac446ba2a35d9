"""What people write stays text, also where it looks like a mark that a page fills in for its reader."""

import re

import pytest
from django.test import Client

from catalog.cardpress import ICONS, MARKS, CardFace, press, shown
from catalog.models import Listing
from catalog.views.products import TOKEN_MARK
from shop.core import kept
from shop.core.templatetags import heqiao_standing
from shop.sales.operations.reviews import moderate_review, submit_review
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import lines_of, paid, receive, ship
from traceability.views.trace import SCANS

pytestmark = pytest.mark.django_db
# Marks as they were and as they are written; those kept secret no writer can know.
WRITTEN = f"hq:token qz:token hq:scans {ICONS} {' '.join(MARKS.values())} hqtokenmark"
SECRET = (kept.TOKEN, TOKEN_MARK, SCANS, heqiao_standing.EDGE)


def test_marks_that_are_filled_in_can_not_be_known() -> None:
    assert len(set(SECRET)) == len(SECRET)
    for each in SECRET:
        assert re.fullmatch(r"hq[0-9a-f]{40}mark", each)


def face(name: str) -> CardFace:
    return CardFace(
        1, 2, "pomelo", name, name, name, 3280, name, name, "sprout", "key", (240, 480), "cream", True, False
    )


def test_a_card_shows_what_was_written() -> None:
    (html,) = shown([press(face(WRITTEN))])
    text = re.sub(r"<[^>]*>", " ", html).replace("&#58;", ":")
    assert text.count(WRITTEN) >= 4
    assert "icons.svg" not in text


def tokens(page: str) -> int:
    return len(re.findall(r"(?<![A-Za-z0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])", page))


def page_of(client: Client, listing: Listing) -> str:
    return client.get(f"/shop/p/{listing.slug}/").content.decode()


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(make_user("reader@example.cn"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("where", ["name_zh", "summary_zh", "description_zh"])
def test_a_product_that_writes_marks_prints_nobodys_token(reader: Client, where: str) -> None:
    listing = make_listing(stock=9)
    before = tokens(page_of(reader, listing))
    written = WRITTEN[: Listing._meta.get_field(where).max_length or 100]
    setattr(listing, where, written)
    listing.save()
    page = page_of(reader, listing)
    assert written in page
    assert tokens(page) == before


def test_a_review_that_writes_marks_prints_nobodys_token(reader: Client) -> None:
    listing = make_listing(stock=9)
    before = tokens(page_of(reader, listing))
    line = lines_of(receive(ship(paid((listing, 1)))))[0]
    review = submit_review(line_id=line.pk, stars=5, text=WRITTEN, uploads=[], actor=None, at=AT)
    moderate_review(review_id=review.pk, approve=True, actor=make_user(), at=AT)
    for page in (page_of(reader, listing), reader.get(f"/shop/p/{listing.slug}/reviews/").content.decode()):
        assert WRITTEN in page
        assert tokens(page) <= before
