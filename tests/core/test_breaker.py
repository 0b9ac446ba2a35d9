"""A helper that does not answer is asked again from time to time, by one caller at a time."""

from shop.core.breaker import FIRST_SECONDS, LONGEST_SECONDS, Breaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_outage_is_asked_about_ever_more_rarely_and_by_one() -> None:
    clock = Clock()
    breaker = Breaker("helper", clock)
    assert (breaker.is_open, breaker.may_try()) == (False, True)
    waits = []
    for _ in range(7):
        breaker.failed(OSError())
        began = clock.now
        while not breaker.may_try():
            clock.now += 0.0625
        assert not breaker.may_try()
        waits.append(round(clock.now - began, 2))
    assert waits[0] == FIRST_SECONDS
    assert waits == sorted(waits)
    assert waits[-1] <= LONGEST_SECONDS
    breaker.succeeded()
    assert (breaker.is_open, breaker.may_try(), breaker.may_try()) == (False, True, True)


def test_an_outage_is_said_once(caplog) -> None:
    breaker = Breaker("helper", Clock())
    for _ in range(3):
        breaker.failed(OSError())
    breaker.succeeded()
    breaker.succeeded()
    assert [record.getMessage() for record in caplog.records] == [
        "helper does not answer (OSError): doing without it",
        "helper answers again",
    ]
