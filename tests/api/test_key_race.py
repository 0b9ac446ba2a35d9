"""One key, ten times at once: one purchase, and everybody gets its answer. Without keys: ten."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection, connections

from catalog.models import Stock
from shop.core.models import FirstAnswer
from shop.sales.models import Purchase
from tests.factories import make_division, make_listing, make_user, spec_of

from .conftest import Program, program_of

TIMES = 10


def test_ten_requests_with_one_key_place_one_purchase(real_db: str) -> None:
    make_division()
    spec = spec_of(make_listing(stock=50))
    secret = program_of(make_user(name="周敏")).secret
    address = {"name": "周敏", "phone": "13800002046", "division": "440106", "street": "龙口西路 8 号"}
    body = {"buy": {"specification_id": spec.specification_id, "quantity": 1}, "address": address}
    connection.close()

    def at_once(keys: list[str]) -> list[tuple[int, str]]:
        barrier = Barrier(TIMES)

        def send(key: str) -> tuple[int, str]:
            barrier.wait()
            try:
                answer = Program(secret).post("/purchases", body, key=key)
                return answer.status_code, answer.data.get("number", answer.data.get("code"))
            finally:
                connections.close_all()

        with ThreadPoolExecutor(TIMES) as pool:
            return list(pool.map(send, keys))

    answers = at_once(["one"] * TIMES)
    assert len(set(answers)) == 1, answers
    assert answers[0][0] == 201
    assert (Purchase.objects.count(), Stock.objects.get().reserved, FirstAnswer.objects.count()) == (1, 1, 1)
    # The control: what the key keeps from happening.
    assert len(set(at_once([f"own {n}" for n in range(TIMES)]))) == TIMES
    assert (Purchase.objects.count(), Stock.objects.get().reserved) == (1 + TIMES, 1 + TIMES)
