"""Reading the cases that the platform decides."""

from django.core.paginator import Page
from django.db.models import QuerySet

from shop.accounts.queries import names_of
from shop.core.paging import Turned, paged
from shop.sales.models import AfterSale
from shop.sales.states import AfterSaleState

CASES_A_PAGE = 20


def waiting_cases(page: Turned = 1) -> Page:
    """Return a page of the cases that are with the platform, who waits longest first. Three queries."""
    return paged(_waiting().prefetch_related("moves").order_by("asked_at", "pk"), page, CASES_A_PAGE)


def judged_cases(page: Turned = 1) -> Page:
    """Return a page of the cases that the platform decided, the latest opened first. Three queries."""
    rows = AfterSale.objects.filter(decisions__isnull=False).exclude(state=AfterSaleState.ARBITRATION).distinct()
    return paged(_with_order(rows).prefetch_related("moves").order_by("-asked_at", "-pk"), page, CASES_A_PAGE)


def waiting_count() -> int:
    """Return how many cases are with the platform. One query."""
    return _waiting().count()


def case_to_judge(case_id: int) -> AfterSale | None:
    """Return a case that is or was with the platform, with both sides' evidence; None for others. Five queries."""
    rows = AfterSale.objects.filter(pk=case_id, asked_at__isnull=False)
    return _with_order(rows).prefetch_related("pictures__picture", "decisions", "moves").first()


def earlier_cases(case: AfterSale) -> list[AfterSale]:
    """Return what was asked for on the line of a case before it, the latest first. Four queries at most."""
    rows = AfterSale.objects.filter(line=case.line_id, pk__lt=case.pk).order_by("-pk")
    return list(rows.prefetch_related("pictures__picture", "decisions"))


def signers(case: AfterSale) -> dict[int, str]:
    """Return who decided on a case, by id. One query."""
    return names_of({decision.decided_by_id for decision in case.decisions.all()})


def _waiting() -> QuerySet[AfterSale]:
    return _with_order(AfterSale.objects.filter(state=AfterSaleState.ARBITRATION))


def _with_order(rows: QuerySet[AfterSale]) -> QuerySet[AfterSale]:
    return rows.select_related("line__order__order", "line__order__purchase", "line__order__supplier")
