"""Only a test that asks for the database has it: another would read what was left, and commit what stays."""

import pytest

from catalog.models import Listing
from shop.accounts.models import User


def test_a_test_without_the_mark_gets_no_database(django_db_setup: None) -> None:
    """It is there already, as for every test that comes after the first with the mark."""
    for act in (Listing.objects.exists, lambda: User.objects.create(email="left@example.cn")):
        with pytest.raises(RuntimeError, match="Database access not allowed"):
            act()


@pytest.mark.django_db
def test_a_test_with_the_mark_has_it() -> None:
    assert not User.objects.filter(email="left@example.cn").exists()
