"""The reviewer's queue of reviews."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shop.core import sent
from shop.core.acting import permitted
from shop.core.errors import DomainError
from shop.core.post_only import post_only
from shop.sales.models import ReviewFacts
from shop.sales.operations.reviews import moderate_review
from shop.sales.queries.reviewing import decided_reviews, waiting_reviews
from shop.sales.views.seller import review_rows


@permitted("sales.moderate_reviews")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show the reviews that wait, the oldest first; `?decided=1` shows what was decided."""
    return _show(request)


def _show(request: HttpRequest, *, refused: int = 0, refusal: str = "", status: int = 200) -> HttpResponse:
    is_history = request.GET.get("decided") == "1"
    read = decided_reviews if is_history else waiting_reviews
    page = read(request.GET.get("page", 1))
    context = {
        "page": page,
        "rows": review_rows(page),
        "is_history": is_history,
        "refused": refused,
        "refusal": refusal,
    }
    return render(request, "review/queue.html", context, status=status)


@permitted("sales.moderate_reviews")
@post_only
def decide(request: HttpRequest, review_id: int) -> HttpResponse:
    """Show a review to everybody, or refuse it with a reason."""
    if not ReviewFacts.objects.filter(pk=review_id).exists():
        raise Http404
    approve = request.POST.get("decision") == "approve"
    try:
        moderate_review(
            review_id=review_id,
            approve=approve,
            reason=sent.paragraphs(request, "reason", 200),
            actor=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        return _show(request, refused=review_id, refusal=str(error.message), status=error.status)
    messages.success(request, _("The review is shown.") if approve else _("The review is refused."))
    return redirect("review:queue")
