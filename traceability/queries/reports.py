"""Reports of laboratories by their number."""

from django.db.models import Func, QuerySet, Value
from django.db.models.functions import Replace, Upper

from shop.core.codes import packed_code
from traceability.models import LabTest
from traceability.states import TestKind

BETWEEN = " -_.()"


def reports_numbered(number: str) -> QuerySet[LabTest]:
    """Return the commissioned tests with this report's number, however its parts were set apart when typed."""
    packed: Func = Upper("report_no")
    for each in BETWEEN:
        packed = Replace(packed, Value(each), Value(""))
    rows = LabTest.objects.filter(kind=TestKind.COMMISSIONED).exclude(report_no="")
    return rows.annotate(packed=packed).filter(packed=packed_code(number).upper()).order_by("pk")


def lots_of_report(test: LabTest) -> list[str]:
    """Return the codes of the other lots that a test's report stands for."""
    if test.kind != TestKind.COMMISSIONED:
        return []
    codes = reports_numbered(test.report_no).exclude(lot=test.lot_id).values_list("lot__code", flat=True)
    return sorted(set(codes))
