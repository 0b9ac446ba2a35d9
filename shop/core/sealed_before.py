"""Sealing rows that were written before their model was sealed, in a migration: as they are found then."""

from typing import Any

from django.db.migrations import RunPython

from shop.core.digests import digest_of

AT_ONCE = 500


def seal_rows(label: str, *names: str) -> RunPython:
    """Return the migration's operation that seals these columns of all rows of a model ("app.Model").

    The migration depends on core's `0009_sealed_writes`. Later migrations that write rows, or add a sealed column, end
    with this for what they wrote. The hashes are those of `models.sealed_rows`, without a salt.
    """

    def seal(apps: Any, _editor: Any) -> None:
        writes = apps.get_model("core", "SealedWrite")
        rows = apps.get_model(*label.split(".")).objects.order_by("pk").values("pk", *names)
        writes.objects.bulk_create(
            (
                writes(
                    kind=label.lower(),
                    object_id=row["pk"],
                    digests={name: digest_of({name: row[name]}) for name in names},
                )
                for row in rows.iterator(AT_ONCE)
            ),
            batch_size=AT_ONCE,
        )

    return RunPython(seal, RunPython.noop)
