"""The reviewer's queue of reviews."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.core.errors import DomainError
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local
from shop.sales.models import ReviewFacts
from shop.sales.operations.reviews import moderate_review
from shop.sales.queries.reviewing import decided_reviews, waiting_reviews
from shop.sales.views.seller import review_rows


def _check(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), local("/account/login/"))
    if not request.user.has_perm("sales.moderate_reviews"):
        raise PermissionDenied
    return None


@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show the reviews that wait, the oldest first; `?decided=1` shows what was decided."""
    return _check(request) or _show(request)


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


@never_cache
@post_only
def decide(request: HttpRequest, review_id: int) -> HttpResponse:
    """Show a review to everybody, or refuse it with a reason."""
    denied = _check(request)
    if denied is not None:
        return denied
    if not ReviewFacts.objects.filter(pk=review_id).exists():
        raise Http404
    approve = request.POST.get("decision") == "approve"
    try:
        moderate_review(
            review_id=review_id,
            approve=approve,
            reason=request.POST.get("reason", "")[:200],
            actor=request.user,
            at=timezone.now(),
        )
    except DomainError as error:
        return _show(request, refused=review_id, refusal=str(error.message), status=error.status)
    messages.success(request, _("The review is shown.") if approve else _("The review is refused."))
    return redirect("review:queue")
