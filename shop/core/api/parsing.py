"""How bodies are read: JSON of which every object names a field once."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


class StrictParser(Parser):
    """Refuse an object that names a field twice: which of the two counts, nobody could tell."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body."""
        return json.loads(request.body, object_pairs_hook=_each_once)
