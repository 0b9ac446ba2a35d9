"""What a declaration reserves, share by share and part by part, as the API gives it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop
from pydantic import Field

from procurement.declared_shown import reserved_rows
from procurement.models import DeclarationSnapshot
from procurement.texts import name_of, words
from shop.core.api import Answer, Moment, Priced, yuan


class ShareOut(Priced):
    basis: str = Field(examples=["canteen_food"])
    base: str
    ratio: str = Field(examples=["30.00"])
    reserved: str
    rule: str
    document: str


class ReservedPart(Priced):
    basis: str = Field(examples=["Food of the canteen"])
    base: str
    ratio: str = Field(examples=["30 %"])
    reserved: str
    rule: str


class TakenOver(Priced):
    unit: int
    name: str
    base: str
    reserved: str


class DeclarationVersion(Priced):
    version: int
    canteen: str
    represented_by: int | None
    reserved: str
    passed_on: str
    shares: list[ShareOut] = Field(description=gettext_noop("What each rule that binds the unit asks for."))
    reserved_parts: list[ReservedPart] = Field(
        description=gettext_noop("Each base with its share; together they are what it reserved.")
    )
    change_reason: str
    confirmed_at: Moment


class DeclarationWithdrawn(Answer):
    version: int
    by: str
    at: Moment


class DeclarationVersions(Answer):
    items: list[DeclarationVersion]
    withdrawn: list[DeclarationWithdrawn] = Field(
        description=gettext_noop("Versions that the unit withdrew before anybody decided on them.")
    )


def taken_over_out(snapshots: Iterable[DeclarationSnapshot]) -> list[dict[str, Any]]:
    return [
        {
            "unit": row.unit_id,
            "name": name_of(row.unit.organisation),
            "base": yuan(row.canteen_spend_fen),
            "reserved": yuan(row.passed_on_fen),
        }
        for row in snapshots
    ]


def ratio_out(points: int) -> str:
    return f"{Decimal(points) / 100:.2f}"


def shares_out(shares: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "basis": each["basis"],
            "base": yuan(each["base_fen"]),
            "ratio": ratio_out(each["ratio_bp"]),
            "reserved": yuan(each["reserved_fen"]),
            "rule": words(each["name_zh"], each["name_en"]),
            "document": each["document"],
        }
        for each in shares
    ]


def parts_out(declared: Any, taken_over: Iterable[DeclarationSnapshot] = ()) -> list[dict[str, Any]]:
    return [
        {
            "basis": row["basis"],
            "base": yuan(row["base_fen"]),
            "ratio": row["ratio"],
            "reserved": yuan(row["fen"]),
            "rule": row["rule"],
        }
        for row in reserved_rows(declared, taken_over)
    ]
