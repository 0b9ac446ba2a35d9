"""Who looks after offers in the back office."""

import pytest
from django.test import Client

from shop.accounts import roles
from shop.accounts.operations import groups
from tests.factories import AT, make_user


@pytest.fixture
def office(client: Client) -> Client:
    """Return a browser of campaign staff."""
    staff = make_user("staff@example.cn")
    groups.give_role(user=staff, role=roles.CAMPAIGN_STAFF, actor=None, at=AT)
    groups.ensure_groups()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client
