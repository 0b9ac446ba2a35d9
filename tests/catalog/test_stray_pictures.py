"""Pictures of what was refused: none is stored for what can't be, and private ones that belong to nothing go."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from catalog.models import Picture
from catalog.operations.kept_photos import MOST_A_DAY, keep_photos
from catalog.operations.pictures import store_picture
from catalog.operations.stray_pictures import forget_stray_pictures
from shop.core.errors import DomainError
from shop.core.private_files import private_storage
from shop.sales.models import AfterSale
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.payments import start_payment
from shop.sales.operations.slips import MOST_SLIPS, add_slip
from shop.sales.states import AfterSaleKind
from tests.factories import AT, make_listing
from tests.sales.selling import buy, lines_of, paid, photo, ship

pytestmark = pytest.mark.django_db


def files() -> int:
    return sum(
        path.is_file() for root in (settings.PRIVATE_ROOT, settings.MEDIA_ROOT) for path in Path(root).rglob("*")
    )


def claim(line_id: int, amount_fen: int = 100) -> AfterSale:
    return open_after_sale(
        line_id=line_id, kind=AfterSaleKind.DAMAGED, quantity=1, amount_fen=amount_fen, reason="压坏了",
        uploads=[photo()], actor=None, at=AT,
    )  # fmt: skip


def stores_nothing(refused: Callable[[], object]) -> bool:
    before = (Picture.objects.count(), files())
    with pytest.raises(DomainError):
        refused()
    return (Picture.objects.count(), files()) == before


def test_nothing_is_stored_of_a_slip_too_many() -> None:
    purchase = buy((make_listing(), 1))
    start_payment(purchase=purchase, gateway_name="transfer", at=AT)
    for _number in range(MOST_SLIPS):
        add_slip(purchase=purchase, upload=photo(), actor=None, at=AT)
    assert stores_nothing(lambda: add_slip(purchase=purchase, upload=photo(), actor=None, at=AT))


def test_nothing_is_stored_of_a_claim_that_can_not_be_made() -> None:
    order = paid((make_listing(), 2))
    (line,) = lines_of(order)
    assert stores_nothing(lambda: claim(line.pk))
    ship(order)
    assert stores_nothing(lambda: claim(line.pk, 10**7))
    claim(line.pk)
    assert stores_nothing(lambda: claim(line.pk))


def test_nothing_is_stored_of_an_answer_that_can_not_be_given() -> None:
    order = ship(paid((make_listing(), 2)))
    case = claim(lines_of(order)[0].pk)

    def answer(approve: bool, fen: int, words: str) -> object:
        return decide_after_sale(
            case_id=case.pk, approve=approve, amount_fen=fen, answer=words, uploads=[photo()], actor=None, at=AT
        )

    assert stores_nothing(lambda: answer(False, 0, ""))
    assert stores_nothing(lambda: answer(True, 101, ""))
    answer(False, 0, "到货时完好")
    assert stores_nothing(lambda: answer(False, 0, "到货时完好"))


def test_private_pictures_that_belong_to_nothing_go_after_a_day(
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    order = ship(paid((make_listing(), 2)))
    claim(lines_of(order)[0].pk)
    (evidence,) = Picture.objects.filter(is_private=True)
    stray, public = store_picture(upload=photo(), is_private=True), store_picture(upload=photo())
    assert forget_stray_pictures(at=timezone.now()) == 0
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # a context manager
        assert forget_stray_pictures(at=timezone.now() + timedelta(days=1, minutes=1)) == 1
    assert set(Picture.objects.filter(pk__in=[evidence.pk, stray.pk, public.pk]).values_list("pk", flat=True)) == {
        evidence.pk,
        public.pk,
    }
    assert private_storage().exists(f"{evidence.key}-240.webp")
    assert not private_storage().exists(f"{stray.key}-240.webp")


def test_a_form_that_is_refused_without_end_keeps_so_many_photos_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.operations.kept_photos._encoded", lambda data: data)
    kept = sum(len(keep_photos(uploads=[photo()] * 6, owner="claim:1", at=AT)) for _time in range(12))
    assert kept == MOST_A_DAY
    assert len(keep_photos(uploads=[photo()], owner="claim:2", at=AT)) == 1
    assert len(keep_photos(uploads=[photo()], owner="claim:1", at=AT + timedelta(days=1))) == 1
