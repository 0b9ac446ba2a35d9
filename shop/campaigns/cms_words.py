"""The words of the CMS's scripts: Wagtail's own, and our Chinese for what it leaves in English."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.localization import get_localized_response


class _Catalogue(JavaScriptCatalog):
    """Its paths, then ours: what comes later counts."""

    packages = ["wagtail.admin"]

    def get_paths(self, packages: list[str]) -> list[str]:
        """Return where the catalogues lie."""
        return [*super().get_paths(packages), str(Path(settings.BASE_DIR) / "shop" / "forks" / "locale")]


_catalogue = _Catalogue.as_view()


def words(request: HttpRequest, *given: Any, **options: Any) -> HttpResponse:
    """Return the catalogue in the language of the editor."""
    response: HttpResponse = get_localized_response(_catalogue, request, *given, **options)
    return response
