"""Rows whose columns are sealed whenever the application writes them, in the same transaction and by the same call.

A seal is one hash for each column that was written. Of a row the last hash of each column counts: whoever changes one
column lawfully does not seal another that was changed past the application meanwhile. `manage.py check_ledger` compares.
"""

import copy
import secrets
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, cast

from django.db import models, transaction
from django.utils import timezone

from shop.core.digests import digest_of

_Row = TypeVar("_Row", bound="SealedRow")
AT_ONCE = 500


def new_salt() -> str:
    """Return the salt of one row."""
    return secrets.token_hex(16)


class SealedWrite(models.Model):
    """What one write made of columns of one row, as hashes by column; `is_gone`: it was deleted. Append-only."""

    kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField(help_text="No foreign key: a seal stays when its row is gone")
    digests = models.JSONField(default=dict)
    is_gone = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["kind", "object_id"], name="sealed_write_of")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class SealedQuerySet(models.QuerySet[_Row]):
    """Seals what is written to several rows at once."""

    def update(self, **values: Any) -> int:
        """Update, and seal the columns that were: two queries more."""
        # A migration's model has the manager without the rest: what migrations write, they seal themselves.
        names = self.model.sealed_among(values) if issubclass(self.model, SealedRow) else []
        if not names:
            return super().update(**values)
        with transaction.atomic(using=self.db):
            found = self.order_by()
            found.query.select_for_update = False
            pks = list(found.values_list("pk", flat=True))
            changed = models.QuerySet.update(self.filter(pk__in=pks), **values) if pks else 0
            rows = self.model._base_manager.using(self.db).filter(pk__in=pks)
            _keep(self.model, [(row.pk, row.sealed_digests(names)) for row in rows], self.db)
            return changed

    update.alters_data = True  # type: ignore[attr-defined]  # as Django marks what templates must not call

    def bulk_create(self, objs: Iterable[_Row], *args: Any, **options: Any) -> list[_Row]:
        """Create, and seal: one query more. Without conflicts that are passed over: those rows have no ids."""
        if not issubclass(self.model, SealedRow):
            return super().bulk_create(objs, *args, **options)
        if options.get("ignore_conflicts") or options.get("update_conflicts"):
            raise NotImplementedError("rows that are sealed can't be written over others")
        with transaction.atomic(using=self.db):
            made = super().bulk_create(objs, *args, **options)
            _keep(self.model, [(row.pk, row.sealed_digests()) for row in made], self.db)
            return made

    bulk_create.alters_data = True  # type: ignore[attr-defined]  # as above


class SealedRow(models.Model):
    """A row of which all columns are sealed but those that `not_sealed` names, each with its reason.

    Those of `sealed_with_salt` are erased with their person: they are hashed with the row's own `seal_salt`, which is
    erased with them, so that nobody can guess them from what is kept.
    """

    not_sealed: ClassVar[dict[str, str]] = {}
    sealed_with_salt: ClassVar[tuple[str, ...]] = ()

    objects = SealedQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **more: Any) -> Self:
        """Remember what was read: of a row that is saved whole, only what changed is sealed anew."""
        made = super().from_db(db, field_names, values, **more)
        made._remember(_columns(cls))
        return made

    def save_base(self, *args: Any, **options: Any) -> None:
        """Save, and seal what was: one query more."""
        is_new, given = self._state.adding, options.get("update_fields")
        super().save_base(*args, **options)
        if given is not None:
            names = self.sealed_among(given)
        else:
            names = [name for name in _columns(type(self)) if is_new or self._was_set(name)]
        if names:
            row = type(self)._base_manager.using(self._state.db).get(pk=self.pk) if self._has_sums(names) else self
            _keep(type(self), [(self.pk, row.sealed_digests(names))], self._state.db)
            self._remember(names)

    @classmethod
    def sealed_among(cls, names: Iterable[str]) -> list[str]:
        """Return which columns of these fields are sealed. A new salt seals all that is hashed with it."""
        fields = {_field(cls, name).attname for name in names if name != "pk"}
        if "seal_salt" in fields:
            fields |= set(cls.sealed_with_salt)
        return [name for name in _columns(cls) if name in fields]

    def sealed_digests(self, names: Sequence[str] | None = None) -> dict[str, str]:
        """Return the hashes of columns of this row as it is, of all that are sealed where none are named."""
        wanted = _columns(type(self)) if names is None else names
        return digests_of(self.__dict__ | {name: self._plain(name) for name in wanted}, wanted, self.sealed_with_salt)

    def _plain(self, name: str) -> Any:
        """Return a value as it is read back: it may have been given as text."""
        return _field(type(self), name).to_python(getattr(self, name))

    def _remember(self, names: Iterable[str]) -> None:
        """Keep the values of columns that are loaded."""
        kept = self.__dict__.setdefault("_as_read", {})
        for name in names:
            if name in self.__dict__:
                value = self.__dict__[name]
                kept[name] = copy.deepcopy(value) if isinstance(value, dict | list) else value

    def _was_set(self, name: str) -> bool:
        kept = self.__dict__.get("_as_read", {})
        return name in self.__dict__ and (name not in kept or kept[name] != self.__dict__[name])

    def _has_sums(self, names: Iterable[str]) -> bool:
        """Tell whether the database worked a value out."""
        return any(hasattr(self.__dict__.get(name), "resolve_expression") for name in names)


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    return cast("models.Field[Any, Any]", model._meta.get_field(name))


@cache
def _columns(model: type[SealedRow]) -> tuple[str, ...]:
    left_out = {_field(model, name).attname for name in model.not_sealed}
    fields = model._meta.concrete_fields
    return tuple(field.attname for field in fields if not field.primary_key and field.attname not in left_out)


def columns_of(model: type[SealedRow]) -> tuple[str, ...]:
    """Return the columns of a model that are sealed."""
    return _columns(model)


def digests_of(facts: Any, names: Iterable[str], with_salt: Collection[str] = ()) -> dict[str, str]:
    """Return the hash of each named value of a row; facts has its `seal_salt`, where some are hashed with one."""
    return {
        name: digest_of({name: facts[name]} | ({"seal_salt": facts["seal_salt"]} if name in with_salt else {}))
        for name in names
    }


def seal_gone(instance: SealedRow, using: str, **_facts: Any) -> None:
    """Django's own signal: a row was deleted."""
    SealedWrite.objects.using(using).create(kind=instance._meta.label_lower, object_id=instance.pk, is_gone=True)


def _keep(model: type[SealedRow], rows: Iterable[tuple[int, dict[str, str]]], using: str | None) -> None:
    kind = model._meta.label_lower
    SealedWrite.objects.using(using).bulk_create(
        [SealedWrite(kind=kind, object_id=pk, digests=digests) for pk, digests in rows], batch_size=AT_ONCE
    )
