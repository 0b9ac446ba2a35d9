"""The yardstick for warm pages: a Django view that answers two letters, without middleware."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(SECRET_KEY="bare", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, MIDDLEWARE=[])


def answer(request: HttpRequest) -> HttpResponse:
    """Say ok."""
    return HttpResponse("ok")


urlpatterns = [path("", answer)]
application = get_wsgi_application()
