"""The message centre."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shop.accounts import messages, queries
from shop.accounts.operations import messages as operations
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local


@never_cache
@login_required
@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """Show the messages, unread first."""
    page = queries.message_page(request.user, request.GET.get("page", "1"))
    rows = [(message, messages.render(message.kind, message.params)) for message in page.object_list]
    unread = queries.unread_count(request.user)
    return render(request, "accounts/messages.html", {"page": page, "rows": rows, "unread": unread})


@never_cache
@login_required
@post_only
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one's message as read and go where it leads."""
    message = queries.message(request.user, pk)
    if message is None:
        raise Http404
    operations.mark_read(message=message, actor=request.user, at=timezone.now())
    return HttpResponseRedirect(local(message.url)) if message.url else redirect("accounts:messages")


@never_cache
@login_required
@post_only
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    operations.mark_all_read(actor=request.user, at=timezone.now())
    return redirect("accounts:messages")
