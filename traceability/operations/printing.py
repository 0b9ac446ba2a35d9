"""Labels and certificates as PDF, by Typst. Data goes in as JSON, never as markup."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import justmytype_intl_cjk
import segno
import typst
from django.conf import settings
from django.utils import translation

from shop.core.times import plain_day
from traceability.models import ConformityCertificate, ParcelLot, TracedParcel
from traceability.rules.codes import grouped
from traceability.rules.weights import in_words
from traceability.states import STOPPED, LotState

SHEETS = Path(__file__).parents[1] / "print"
_FAMILIES = Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl"
# The first has nearly all; rare characters of names and villages (𠮷 𡌶 𡃁) stand in the others.
FONTS = [_FAMILIES / name for name in ("notosanssc", "notosanstc", "notosansjp")]
MOST_NAMES = 3


def trace_address(code: str) -> str:
    """Return the address that a label's QR holds."""
    return f"{settings.SITE_URL}/t/{code}"


def labels_pdf(*, supplier_id: int, shipment_ids: Iterable[int]) -> bytes:
    """Return a PDF with one label (80 × 50 mm) for each of the supplier's parcels; b"" when none of them is there."""
    parcels = TracedParcel.objects.filter(supplier_id=supplier_id, shipment_id__in=list(shipment_ids))
    parcels = parcels.select_related("supplier").order_by("pk")
    goods: dict[int, list[ParcelLot]] = {}
    for row in ParcelLot.objects.filter(parcel__in=parcels).select_related("lot").order_by("pk"):
        goods.setdefault(row.parcel_id, []).append(row)
    labels = [_label(parcel, goods.get(parcel.pk, [])) for parcel in parcels]
    return _compile("labels", {"labels": labels}) if labels else b""


@dataclass(frozen=True)
class SealedPaper:
    """A certificate to print, and whether an event of the chain holds its facts."""

    row: ConformityCertificate
    is_sealed: bool


def certificate_pdf(*, papers: Sequence[SealedPaper], code: str = "", warning: str = "") -> bytes:
    """Return a PDF with one 承诺达标合格证 (A6) for each; `code` adds the parcel's QR, `warning` what was changed since."""
    printed = [
        {
            "number": row.number,
            "form": row.form,
            "product": row.product,
            "weight": in_words(row.grams),
            "producer": row.producer,
            "origin": row.origin,
            "contact": row.contact or "—",
            "date": f"{row.issued_on:%Y} 年 {row.issued_on.month} 月 {row.issued_on.day} 日",
            "basis": row.basis,
            "parents": list(row.parents),
            "lot": row.lot.code,
            "qr": _qr(trace_address(code)) if code else "",
            "code": grouped(code),
            "warning": warning,
            "sealed": is_sealed,
        }
        for row, is_sealed in ((paper.row, paper.is_sealed) for paper in papers)
    ]
    return _compile("certificate", {"papers": printed})


def _label(parcel: TracedParcel, goods: list[ParcelLot]) -> dict[str, Any]:
    names = list(dict.fromkeys(row.name_zh for row in goods))
    lots = list(dict.fromkeys(row.lot.code for row in goods))
    states = {row.lot.state for row in goods}
    with translation.override("zh-hans"):  # a label is in Chinese, whoever prints it
        stopped = next((str(LotState(state).label) for state in STOPPED if state in states), "")
    harvested = min((row.lot.harvested_on for row in goods), default=None)
    return {
        "code": grouped(parcel.code),
        "qr": _qr(trace_address(parcel.code)),
        "names": names[:MOST_NAMES],
        "stopped": stopped,
        "more": max(0, len(names) - MOST_NAMES),
        "lots": lots[:MOST_NAMES],
        "supplier": parcel.supplier.name_zh,
        "harvested": plain_day(harvested),
        "shipped": plain_day(parcel.shipped_at),
    }


def _qr(text: str) -> str:
    return segno.make(text, error="m").svg_inline(scale=4, border=2)


def _compile(sheet: str, data: dict[str, Any]) -> bytes:
    found = typst.compile(
        str(SHEETS / f"{sheet}.typ"),
        root=str(SHEETS),
        font_paths=[str(folder) for folder in FONTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    if not isinstance(found, bytes):
        raise TypeError("one PDF was expected")
    return found
