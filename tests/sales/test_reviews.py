import pytest
from django.test import Client
from oscar.apps.catalogue.reviews.models import ProductReview

from shop.accounts import roles
from shop.accounts.operations.groups import ensure_groups, give_role
from shop.core.errors import InvalidInput
from shop.core.models import AuditEntry
from shop.sales.errors import WrongState
from shop.sales.models import ReviewFacts
from shop.sales.operations.reviews import moderate_review, reply_to_review, submit_review
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import lines_of, paid, photo, receive, ship

pytestmark = pytest.mark.django_db


def write(order, **changes):
    facts = {
        "line_id": lines_of(order)[0].pk,
        "stars": 5,
        "text": "很甜",
        "uploads": [photo()],
        "actor": None,
        "at": AT,
    }
    return submit_review(**(facts | changes))


def test_a_review_waits_then_is_shown_and_counted():
    pomelo = make_listing(stock=50)
    review = write(receive(ship(paid((pomelo, 1)))))
    assert (review.shown_name, review.review.status, review.pictures.count()) == ("周**", 0, 1)
    pomelo.refresh_from_db()
    assert pomelo.review_count == 0
    moderator = make_user()
    moderate_review(review_id=review.pk, approve=True, actor=moderator, at=AT)
    with pytest.raises(WrongState):
        moderate_review(review_id=review.pk, approve=False, reason="x", actor=moderator, at=AT)
    pomelo.refresh_from_db()
    assert (pomelo.review_count, pomelo.review_good_count) == (1, 1)
    assert AuditEntry.objects.filter(action="review_approved", actor_id=moderator.pk).count() == 1


def test_three_stars_count_but_are_not_good():
    pomelo = make_listing(stock=50)
    review = write(receive(ship(paid((pomelo, 1)))), stars=3)
    moderate_review(review_id=review.pk, approve=True, actor=make_user(), at=AT)
    pomelo.refresh_from_db()
    assert (pomelo.review_count, pomelo.review_good_count) == (1, 0)


def test_a_refusal_says_why_and_counts_nothing():
    pomelo = make_listing(stock=50)
    review = write(receive(ship(paid((pomelo, 1)))))
    with pytest.raises(InvalidInput):
        moderate_review(review_id=review.pk, approve=False, actor=make_user(), at=AT)
    moderate_review(review_id=review.pk, approve=False, reason="有电话号码", actor=make_user(), at=AT)
    pomelo.refresh_from_db()
    review.refresh_from_db()
    assert (pomelo.review_count, review.review.status, review.refusal) == (0, ProductReview.REJECTED, "有电话号码")


def test_one_review_a_line_but_each_line_its_own():
    user, pomelo = make_user(), make_listing(stock=50)
    first = receive(ship(paid((pomelo, 1), user=user)))
    again = receive(ship(paid((pomelo, 1), user=user, key="k2")))
    write(first, actor=user)
    with pytest.raises(WrongState) as refused:
        write(first, actor=user)
    assert refused.value.code == "reviewed_already"
    write(again, actor=user)
    assert ReviewFacts.objects.filter(listing_id=pomelo.pk).count() == 2


def test_only_what_was_received_is_reviewed():
    with pytest.raises(WrongState):
        write(ship(paid((make_listing(stock=50), 1))))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"stars": 0}, "stars"), ({"stars": 6}, "stars"), ({"text": "  "}, "text"), ({"text": "好" * 501}, "text")],
)
def test_what_is_wrong_is_said_beside_its_field(changes, field):
    order = receive(ship(paid((make_listing(stock=50), 1))))
    with pytest.raises(InvalidInput) as refused:
        write(order, **changes)
    assert refused.value.field == field


def test_seven_photos_are_one_too_many():
    order = receive(ship(paid((make_listing(stock=50), 1))))
    with pytest.raises(InvalidInput) as refused:
        write(order, uploads=[photo() for _ in range(7)])
    assert refused.value.field == "photos"


def test_a_supplier_answers_a_shown_review():
    review = write(receive(ship(paid((make_listing(stock=50), 1)))))
    moderate_review(review_id=review.pk, approve=True, actor=make_user(), at=AT)
    with pytest.raises(InvalidInput):
        reply_to_review(review_id=review.pk, text=" ", actor=None, at=AT)
    reply_to_review(review_id=review.pk, text="谢谢", actor=None, at=AT)
    review.refresh_from_db()
    assert review.reply == "谢谢"


def test_the_queue_names_the_supplier_in_the_readers_language(client: Client) -> None:
    """It was Chinese on English pages."""
    pomelo = make_listing(stock=50)
    write(receive(ship(paid((pomelo, 1)))))
    staff = make_user()
    give_role(user=staff, role=roles.PLATFORM_REVIEWER, actor=None, at=AT)
    ensure_groups()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    for address, name in (("/review/", pomelo.supplier.name_zh), ("/en/review/", pomelo.supplier.name_en)):
        assert name
        assert f'data-testid="review-supplier">{name}<' in client.get(address).content.decode()
