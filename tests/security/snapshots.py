"""What the database holds, as digests that two moments can be compared by."""

import hashlib

from django.apps import apps
from django.db import connection

# Sessions, and what Wagtail notes about its editors' screens.
NOTED = {"django_session", "wagtailcore_editingsession", "wagtailusers_userprofile", "axes_accessattempt"}
# What programs leave behind: that a token was used, and refusals that are answered the same way again.
NOTED |= {"accounts_accesstoken", "core_firstanswer"}
# How often was tried what has a limit, also by those who are refused.
NOTED |= {"core_limit"}


def tables() -> dict[str, str]:
    """Return a digest of each table's rows."""
    digests = {}
    names = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - NOTED
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name in sorted(names & existing):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            digests[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return digests
