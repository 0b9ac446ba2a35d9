"""The visitor's own parts of pages that are cached for everyone."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from shop.sales import visitors
from shop.sales.queries.visitors import own_parts


@never_cache
@ensure_csrf_cookie
@require_safe
def me(request: HttpRequest) -> JsonResponse:
    """Answer {name, basket_count, unread, favourites}."""
    user = visitors.user_of(request)
    return JsonResponse(own_parts(user=user, basket_id=visitors.basket_id_of(request)))
