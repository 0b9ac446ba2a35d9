"""A person who did everything leaves: nothing of it says who it was, and what may be had once stays had."""

from collections.abc import Iterator

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from oscar.apps.catalogue.reviews.models import ProductReview

from catalog.models import Picture, VillageFollow
from catalog.operations import reminders
from catalog.queries.trade import live_listing
from procurement.models import Pledge
from shop.accounts.models import Message, Organisation, User
from shop.accounts.operations.messages import tell
from shop.accounts.operations.privacy import erase_person, export_person
from shop.core.private_files import private_storage
from shop.sales.deal import Invoice
from shop.sales.models import AfterSale, Favourite, Purchase, ReviewFacts
from shop.sales.operations.adopting import adopt_purchase
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.favourites import toggle_favourite
from shop.sales.operations.reviews import submit_review
from shop.sales.whose import Whose, phone_digest
from tests.factories import AT, make_listing, make_user, make_village
from tests.sales.selling import PHONE, lines_of, paid, photo, receive, ship

pytestmark = pytest.mark.django_db
NAME = "周小敏"


@pytest.fixture
def zhou() -> User:
    return make_user("zhou@example.cn", phone=PHONE, phone_verified=True, name=NAME)


def everything() -> Iterator[str]:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            yield from (f"{name}: {row!r}" for row in cursor.fetchall())


def live(user: User) -> tuple[Purchase, AfterSale]:
    """Do what a person does here, and say the own name wherever one can."""
    goods = make_listing(stock=50, price_fen=3280)
    order = receive(ship(paid((goods, 2), user=user, invoice=Invoice(NAME))))
    line = lines_of(order)[0]
    case = open_after_sale(
        line_id=line.pk, kind="damaged", quantity=1, amount_fen=500, reason=f"{NAME}收到时已坏", uploads=[photo()],
        actor=user, at=AT,
    )  # fmt: skip
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=500, actor=None, at=AT)
    submit_review(line_id=line.pk, stars=5, text="很甜", actor=user, at=AT)
    toggle_favourite(user=user, listing_id=goods.pk, at=AT)
    listing = live_listing(goods.pk)
    assert listing is not None
    reminders.ask(user=user, listing=listing, kind="harvest", at=AT)
    VillageFollow.objects.create(user=user, village=make_village("云山村"), created_at=AT)
    return order.purchase, case


def give(user: User, purchase: Purchase) -> Pledge:
    """Give a purchase under the own name; the beneficiary is told by whom."""
    school = Organisation.objects.create(kind="beneficiary", name_zh="云山小学")
    pledge = Pledge.objects.create(
        beneficiary=school, donor=user, donor_name=NAME, words=f"{NAME}敬上", purchase=purchase,
        certificate_code="HQ26-CERT-0001", created_at=AT,
    )  # fmt: skip
    params = {"donor_zh": NAME, "donor_en": NAME, "need_zh": "早餐", "need_en": "Breakfast", "words": f"“{NAME}敬上” "}
    order_id = purchase.orders.get().pk
    tell(user_id=make_user().pk, kind="gift_shipped", params=params, key=f"ask_receipt:{order_id}:1", at=AT)
    return pledge


def test_a_copy_holds_what_every_package_knows(zhou: User) -> None:
    purchase, case = live(zhou)
    give(zhou, purchase)
    copy = export_person(user=zhou)
    assert copy["account"]["name"] == NAME
    assert [row["number"] for row in copy["purchases"]] == [purchase.number]
    assert [row["text"] for row in copy["reviews"]] == ["很甜"]
    assert [row["reason"] for row in copy["after_sales"]] == [case.reason]
    assert len(copy["favourites"]) == len(copy["reminders"]) == 1
    assert (copy["villages"], copy["gifts"][0]["as"]) == (["云山村"], NAME)


def test_an_erased_person_is_nowhere(zhou: User) -> None:
    purchase, case = live(zhou)
    pledge = give(zhou, purchase)
    AccessAttempt.objects.create(username="zhou@example.cn", ip_address="10.0.0.1", failures_since_start=1)
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=make_user(), content_type=kind, object_id=str(zhou.pk), object_repr=NAME, action_flag=2, change_message=""
    )
    erase_person(user=zhou, at=AT)
    left = [row for row in everything() if any(trace in row for trace in (NAME, "13800002046", "zhou@example"))]
    assert left == []
    assert not Favourite.objects.filter(user=zhou).exists()
    page = Client().get(f"/pledges/certificates/{pledge.certificate_code}/").content.decode()
    assert NAME not in page
    told = Message.objects.get(kind="gift_shipped")
    assert (told.params["donor_zh"], told.params["need_zh"]) == ("一位不愿具名的爱心人士", "早餐") or NAME not in str(
        told.params
    )
    purchase.refresh_from_db()
    assert (purchase.total_fen, purchase.ship_name, purchase.user_id) == (6560, "**", zhou.pk)
    case.refresh_from_db()
    assert (case.state, case.agreed_fen) == ("approved", 500)
    assert ProductReview.objects.get().body == "很甜"


def test_the_files_of_an_erased_persons_evidence_are_gone(
    zhou: User, django_capture_on_commit_callbacks: object
) -> None:
    live(zhou)
    picture = Picture.objects.get(is_private=True)
    assert private_storage().exists(f"{picture.key}-240.webp")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
        erase_person(user=zhou, at=AT)
    assert not private_storage().exists(f"{picture.key}-240.webp")
    assert not default_storage.exists(f"{picture.key}-240.webp")


def test_an_organisations_invoice_keeps_its_title(zhou: User) -> None:
    goods = make_listing(stock=50, price_fen=3280)
    order = receive(ship(paid((goods, 1), user=zhou, invoice=Invoice("云山小学", "914401017994287341"))))
    erase_person(user=zhou, at=AT)
    assert Purchase.objects.get(pk=order.purchase_id).invoice_title == "云山小学"


def test_a_coupon_of_an_erased_person_stays_used_for_the_same_phone(zhou: User) -> None:
    purchase, _case = live(zhou)
    erase_person(user=zhou, at=AT)
    purchase.refresh_from_db()
    assert (purchase.contact_phone, purchase.erased_phone) == ("", phone_digest(PHONE))
    assert purchase.erased_phone == phone_digest("13800002046")
    # As a guest, or with a new account of the same phone: the purchase still counts.
    for whose in (Whose.of(None, PHONE), Whose.of(make_user("again@example.cn"), PHONE)):
        assert list(Purchase.objects.filter(whose.purchases())) == [purchase]
    assert not Purchase.objects.filter(Whose.of(None, "+8613800009999").purchases()).exists()


def test_what_was_reviewed_as_a_guest_is_ones_own_after_adoption(zhou: User) -> None:
    goods = make_listing(stock=50, price_fen=3280)
    order = receive(ship(paid((goods, 1), token="c" * 43)))
    submit_review(line_id=lines_of(order)[0].pk, stars=4, text="不错", actor=None, at=AT)
    assert export_person(user=zhou)["reviews"] == []
    here = (order.purchase.guest_token_hash,)
    adopt_purchase(actor=zhou, number=order.purchase.number, token_hashes=here, proved_phone=PHONE, at=AT)
    assert [row["text"] for row in export_person(user=zhou)["reviews"]] == ["不错"]
    erase_person(user=zhou, at=AT)
    assert ReviewFacts.objects.get().shown_name == "**"


def test_names_and_phones_go_out_of_the_words_that_stay(zhou: User) -> None:
    _purchase, case = live(zhou)
    ProductReview.objects.update(body=f"{NAME}：很甜，有事打13800002046", title=f"{NAME}的柚子")
    ReviewFacts.objects.update(reply=f"谢谢{NAME}")
    AfterSale.objects.filter(pk=case.pk).update(answer=f"{NAME}您好，已退")
    erase_person(user=zhou, at=AT)
    review = ProductReview.objects.get()
    assert (review.title, review.body) == ("**的柚子", "**：很甜，有事打**")
    assert ReviewFacts.objects.get().reply == "谢谢**"
    case.refresh_from_db()
    assert case.answer == "**您好，已退"


def test_words_of_others_are_left_as_they_wrote_them(zhou: User) -> None:
    live(zhou)
    other = make_user("li@example.cn")
    again = make_listing(stock=5, price_fen=3280)
    order = receive(ship(paid((again, 1), user=other, key="other"), number="SF1234567890124"))
    submit_review(line_id=lines_of(order)[0].pk, stars=4, text=f"和{NAME}一起买的", actor=other, at=AT)
    erase_person(user=zhou, at=AT)
    assert sorted(ProductReview.objects.values_list("body", flat=True)) == [f"和{NAME}一起买的", "很甜"]
