"""Locks on what has no row yet: a bank's number, a parcel's number."""

from django.db import connection


def lock_name(kind: str, name: str) -> None:
    """Lock a name of a kind until the transaction ends: who comes meanwhile sees afterwards what was written under it.

    SQLite writes one transaction at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind}:{name}"])
