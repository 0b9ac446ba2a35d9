"""Counting how often a code was opened: a copied code shows by it."""

from django.db import connection

from traceability.models import TracedParcel

_TABLE = TracedParcel._meta.db_table
_COUNT = f"UPDATE {_TABLE} SET scans = scans + 1 WHERE id = %s RETURNING scans"
# A count may lose its last half second when the machine falls: readers of one code need not queue for the disk.
_COUNT_SOON = (
    "WITH soon AS (SELECT set_config('synchronous_commit', 'off', true) AS said) "
    f"UPDATE {_TABLE} SET scans = scans + 1 FROM soon WHERE id = %s AND said = 'off' RETURNING scans"
)


def count_scan(*, parcel_id: int) -> int:
    """Count one more opening of a parcel's page; return how many there were, this one too. One query."""
    alone = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_SOON if alone else _COUNT, [parcel_id])
        return int(cursor.fetchone()[0])
