"""The evidence of a lot in plain words, from its events, its certificates and those of its product."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.queries.certificates import CertificateShown
from traceability.models import ProduceLot
from traceability.queries.trace import LotInParcel
from traceability.rules.evidence import Evidence, EvidenceKind, strongest
from traceability.rules.quality import Tested, standing_failures
from traceability.states import STOPPED, TestKind

BADGES = {
    EvidenceKind.COMMISSIONED_TEST: lambda each: _("Tested by %(by)s") % {"by": each.by},
    EvidenceKind.OWN_TEST: lambda _each: _("Tested by the producer"),
    EvidenceKind.PROMISE: lambda _each: _("Promised by the producer"),
}


def evidence_of(lot: LotInParcel, proofs: Sequence[CertificateShown], *, is_intact: bool) -> list[Evidence]:
    """Return what stands for a lot, the strongest first. A failed test is no evidence of anything good.

    Of records that were changed nothing stands: what remains is the register of certificates, which is not of them.
    The certificates of a suspended lot promise nothing any more, and no later test speaks for a lot that was recalled
    or disposed of: it stands in the history of the lot alone.
    """
    register = [
        Evidence(EvidenceKind.CERTIFIED, each.kind_text, each.issuer, each.valid_from, each.number) for each in proofs
    ]
    if not is_intact:
        return register
    tests = [
        Tested(str(each.test.get("item", "")), str(each.test.get("kind", "")), bool(each.test.get("passed")), each.at)
        for each in lot.tests
    ]
    found = []
    if not lot.is_stopped and not standing_failures(tests):
        found += [_test(each) for each in reversed(lot.tests) if each.test.get("passed")]
    found += [
        Evidence(EvidenceKind.PROMISE, str(_("Conformity certificate")), each.producer, each.issued_on, each.number)
        for each in lot.papers
        if lot.is_certified
    ]
    found += register
    today = timezone.localdate()
    found.append(Evidence(EvidenceKind.RECORDS, str(_("Records unchanged")), "", today))
    return found


def shared_by(proofs: Sequence[Sequence[CertificateShown]]) -> list[CertificateShown]:
    """Return the certificates that stand for goods of several products: those that every one of them is sold under."""
    first, *others = proofs
    numbers = [{each.number for each in other} for other in others]
    return [each for each in first if all(each.number in other for other in numbers)]


def any_of(revoked: Mapping[int, list[CertificateShown]], listing_ids: Iterable[int]) -> list[CertificateShown]:
    """Return the revoked certificates of any of these products, each once."""
    return list({each.number: each for pk in listing_ids for each in revoked.get(pk, [])}.values())


def _test(event: Any) -> Evidence:
    test = event.test
    is_own = test.get("kind") != TestKind.COMMISSIONED
    return Evidence(
        EvidenceKind.OWN_TEST if is_own else EvidenceKind.COMMISSIONED_TEST,
        f"{test.get('item', '')}：{test.get('result', '')}",
        str(test.get("lab", "")),
        timezone.localtime(event.at).date(),
        str(test.get("reportNo", "")),
    )


def badge_of(found: Sequence[Evidence], lot: ProduceLot) -> dict[str, Any]:
    """Return the badge of a lot: that it was stopped; else what was verified and when, or that nothing was."""
    if lot.state in STOPPED:
        return {"text": lot.get_state_display(), "kind": "stopped", "evidence": str(lot.state), "on": None}
    best = strongest(found)
    if best is None:
        return {"text": _("Entered by the supplier, not verified"), "kind": "neutral", "evidence": "none", "on": None}
    kind = "neutral" if best.kind == EvidenceKind.PROMISE else "proven"
    return {"text": BADGES[best.kind](best), "kind": kind, "evidence": str(best.kind), "on": best.on}


def rows(found: Sequence[Evidence]) -> list[dict[str, Any]]:
    """Return the list below the badge: what, by whom, when, and who says so."""
    return [
        {
            "kind": str(each.kind),
            "what": each.what,
            "who": _who(each),
            "on": each.on,
            "number": each.number,
        }
        for each in found
    ]


def _who(each: Evidence) -> str:
    said: dict[EvidenceKind, str] = {
        EvidenceKind.COMMISSIONED_TEST: _(
            "%(by)s; entered by the supplier with the report's number, we have not seen it"
        ),
        EvidenceKind.OWN_TEST: _("%(by)s; the producer's own test, entered by the supplier"),
        EvidenceKind.PROMISE: _("%(by)s promises it; nobody else has checked"),
        EvidenceKind.CERTIFIED: _("%(by)s; valid on the day you read this"),
        EvidenceKind.RECORDS: _(
            "checked by this page as it was made: every sealed record of this supplier, and what stands here beside it"
        ),
    }
    return said[each.kind] % {"by": each.by}
