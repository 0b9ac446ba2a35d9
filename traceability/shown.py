"""Events in plain words, as timelines show them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shop.core.times import full_day, moment
from traceability.queries.telling import Told
from traceability.queries.trace import LotInParcel
from traceability.queries.verifying import Broken
from traceability.rules.weights import in_words
from traceability.states import BizStep, Grade, LotState


def timeline(events: list[Told]) -> list[dict[str, str]]:
    """Return events as the component `timeline` draws them, in plain words."""
    return [{"title": title(each), "when": moment(each.at), "text": words(each), "state": "done"} for each in events]


def title(told: Told) -> str:
    """Return what happened, in two or three words."""
    if told.step == BizStep.TEST:
        return _("Test passed") if told.test.get("passed") else _("Test failed")
    return str(BizStep(told.step).label) if told.step in BizStep.values else told.step


def words(told: Told) -> str:
    """Return what an event tells, in one plain sentence."""
    kilograms = in_words(told.grams)
    if told.step == BizStep.TEST:
        return _test_words(told.test)
    if told.step == BizStep.PACKING:
        grade = told.body.get("heqiao:grade", "")
        parts = [Grade(grade).label if grade in Grade.values else "", kilograms]
        boxes = told.body.get("heqiao:boxes", 0)
        if boxes:
            parts.append(ngettext("%(n)d box", "%(n)d boxes", boxes) % {"n": boxes})
        if told.sorted_out:
            parts.append(_("%(kg)s sorted out") % {"kg": in_words(told.sorted_out)})
        return " · ".join(str(part) for part in parts if part)
    if told.step == BizStep.MIXING:
        lots = ", ".join(str(part.get("lotNumber", "")) for part in told.fact("sources") or [])
        return _("%(kg)s of %(lots)s") % {"kg": kilograms, "lots": lots}
    if told.step == BizStep.DISPOSAL:
        return f"{kilograms} · {told.fact('method') or ''}"
    if told.step == BizStep.SHIPPING:
        pieces = told.body.get("heqiao:pieces", 0)
        return ngettext("%(n)d piece, %(kg)s", "%(n)d pieces, %(kg)s", pieces) % {"n": pieces, "kg": kilograms}
    return _("%(kg)s, lot %(lot)s") % {"kg": kilograms, "lot": told.body.get("heqiao:lotNumber", "")}


ROWS = {
    "lot": gettext_lazy("lot"),
    "certificate": gettext_lazy("conformity certificate"),
    "test": gettext_lazy("test"),
    "parcel": gettext_lazy("parcel"),
    "goods": gettext_lazy("goods of a parcel"),
    "sources": gettext_lazy("what was mixed into lot"),
}


NAMED_ROWS = ("lot", "certificate", "sources")


def broken_words(broken: Broken | None, step: str = "") -> str:
    """Return what was changed, in the reader's language; "" where nothing was."""
    if broken is None:
        return ""
    if not broken.row:
        facts = {"n": broken.seq, "step": step or "?"}
        return _("Event %(n)d of this supplier's records (%(step)s) is not as it was written.") % facts
    kind, _space, name = broken.row.partition(" ")
    # A reader knows a lot's code and a certificate's number; the number of a row says nothing to anybody.
    row = f"{ROWS.get(kind, kind)} {name}" if kind in NAMED_ROWS else str(ROWS.get(kind, kind))
    if not broken.seq:
        return _("What stands here of the %(row)s was never sealed in this supplier's records.") % {"row": row}
    return _("What stands here of the %(row)s is not what was sealed in event %(n)d of this supplier's records.") % {
        "row": row,
        "n": broken.seq,
    }


def suspended_words(lot: LotInParcel) -> str:
    """Return that a lot was suspended after its certificates were issued, and when; "" while they stand."""
    if lot.is_certified:
        return ""
    if lot.disposed_at is not None:
        return _("The lot was disposed of on %(day)s: the certificate stands for nothing any more.") % {
            "day": full_day(lot.disposed_at)
        }
    if lot.lot.state == LotState.RECALLED and lot.failed_at is not None:
        return _(
            "The lot was recalled on %(day)s, when a test of it failed: the certificate stands for nothing any more."
        ) % {"day": full_day(lot.failed_at)}
    if lot.failed_at is None:
        return _("The lot was suspended after this certificate was issued: it stands for nothing any more.")
    return _(
        "The lot was suspended on %(day)s, when a test of it failed: the certificate stands for nothing any more."
    ) % {"day": full_day(lot.failed_at)}


def _test_words(test: dict[str, Any]) -> str:
    """Return a test in plain words: who looked for what, and what was found."""
    return _("%(lab)s looked for %(item)s: %(result)s") % {
        "lab": test.get("lab", ""),
        "item": test.get("item", ""),
        "result": test.get("result", ""),
    }
