"""Nobody keeps all reading children busy: one file at a time of each person, so many in a minute."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from shop.core.untrusted.readers import FilesOfRequest, TooManyFiles, forget, turn_of_person


def asked(pk: int | None, act: Any, address: str = "10.0.0.1") -> None:
    """Do `act` while a request of account `pk`, or of an address, is answered."""
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    request.user = SimpleNamespace(pk=pk, is_authenticated=pk is not None)  # type: ignore[assignment]

    def answer(_request: Any) -> HttpResponse:
        act()
        return HttpResponse()

    FilesOfRequest(answer)(request)


def read() -> None:
    with turn_of_person():
        pass


@pytest.fixture(autouse=True)
def anew() -> Any:
    forget()
    yield
    forget()


def test_so_many_files_of_a_person_are_read_in_a_minute(settings: Any) -> None:
    settings.FILES_A_MINUTE = 3
    for _turn in range(3):
        asked(1, read)
    with pytest.raises(TooManyFiles) as refused:
        asked(1, read)
    assert (refused.value.status, refused.value.code) == (429, "too_many_files")
    asked(2, read)
    asked(None, read)
    read()


def test_files_are_counted_over_all_processes(settings: Any) -> None:
    settings.FILES_A_MINUTE = 3
    for _process in range(3):
        # Another process knows nothing of what this one remembers.
        forget()
        asked(1, read)
    forget()
    with pytest.raises(TooManyFiles):
        asked(1, read)


def test_who_is_not_signed_in_is_counted_by_address(settings: Any) -> None:
    settings.FILES_A_MINUTE = 1
    asked(None, read)
    with pytest.raises(TooManyFiles):
        asked(None, read)
    asked(None, read, address="10.0.0.2")


def test_one_file_at_a_time_of_each_person(settings: Any) -> None:
    settings.FILE_PATIENCE_SECONDS = 0
    began, ends, said = threading.Event(), threading.Event(), []

    def slow() -> None:
        with turn_of_person():
            began.set()
            ends.wait(30)

    first = threading.Thread(target=asked, args=(1, slow))
    first.start()
    try:
        assert began.wait(30)
        with pytest.raises(TooManyFiles):
            asked(1, read)
        asked(2, lambda: said.append("read"))
    finally:
        ends.set()
        first.join()
    asked(1, read)
    assert said == ["read"]
