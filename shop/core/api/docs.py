"""The documentation's page: made from the OpenAPI document, with nothing of anybody else's."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shop.core.api.document import METHODS
from shop.core.api.problems import titles
from shop.core.languages import spoken
from shop.core.scopes import SCOPES

KINDS = {"integer": "integer", "string": "string", "boolean": "boolean", "array": "array", "object": "object"}


@dataclass(frozen=True)
class Value:
    """A parameter, or a field of a body or an answer; `depth` indents it."""

    name: str
    kind: str
    needed: bool
    text: str
    depth: int = 0


@dataclass
class Shown:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    key: str
    parameters: list[Value]
    body: list[Value]
    answer: list[Value]
    status: str
    refusals: list[tuple[str, str]]
    curl: str
    example: str


@dataclass
class Group:
    """The operations under one heading."""

    name: str
    text: str
    anchor: str
    operations: list[Shown] = field(default_factory=list)


@require_safe
@spoken
def docs_page(request: HttpRequest, described: Callable[[str], dict[str, Any]], prefix: str) -> HttpResponse:
    """Show the document in the reader's language."""
    chosen = get_language() or settings.LANGUAGE_CODE
    found = described(chosen)
    context = {
        "info": found["info"],
        "groups": groups(found),
        "scopes": [(name, _(words)) for name, words in SCOPES.items()],
        "problems": sorted(titles().items()),
        "prefix": prefix,
        "requests_a_minute": settings.API_REQUESTS_A_MINUTE,
        "other": "zh-hans" if chosen == "en" else "en",
        "total": sum(len(each) for each in found["paths"].values()),
    }
    return render(request, "api/docs.html", context)


def groups(found: dict[str, Any]) -> list[Group]:
    """Return the document's operations under their headings, in order."""
    made = {
        tag["name"]: Group(tag["name"], tag["description"], f"tag-{number}")
        for number, tag in enumerate(found["tags"], 1)
    }
    schemas = found["components"]["schemas"]
    for path, operations in found["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                made[operation["tags"][0]].operations.append(_shown(path, method, operation, schemas))
    return [group for group in made.values() if group.operations]


def _shown(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> Shown:
    sent = _media(operation.get("requestBody", {}))
    status = next(name for name in operation["responses"] if name.startswith("2"))
    answered = _media(operation["responses"][status])
    refusals = [(name, titles()[int(name)]) for name in operation["responses"] if not name.startswith("2")]
    return Shown(
        id=slugify(operation["operationId"]),
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        scope=operation["x-scope"] or "",
        key=operation["x-idempotency-key"],
        parameters=[
            Value(each["name"], _kind(each["schema"], schemas), each["required"], each.get("description", ""))
            for each in operation["parameters"]
            if each["in"] != "header"
        ],
        body=list(_fields(sent.get("schema", {}), schemas)),
        answer=list(_fields(answered.get("schema", {}), schemas)),
        status=status,
        refusals=refusals,
        curl=_curl(path, method, operation, sent.get("example")),
        example=_json(answered["example"]) if "example" in answered else "",
    )


def _media(holder: dict[str, Any]) -> dict[str, Any]:
    return holder.get("content", {}).get("application/json", {})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _curl(path: str, method: str, operation: dict[str, Any], body: Any) -> str:
    lines = [
        f"curl -X {method.upper()} {settings.SITE_URL}{path}" if method != "get" else f"curl {settings.SITE_URL}{path}"
    ]
    if operation["x-scope"]:
        lines.append('-H "Authorization: Bearer $HEQIAO_TOKEN"')
    if operation["x-idempotency-key"] != "none":
        lines.append('-H "Idempotency-Key: 2026-11-23-17"')
    if body is not None:
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(body, ensure_ascii=False)}'"]
    return " \\\n  ".join(lines)


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return _resolved(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas)
    if "anyOf" in schema:
        return _resolved(next(each for each in schema["anyOf"] if each.get("type") != "null"), schemas)
    return schema


def _kind(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    plain = _resolved(schema, schemas)
    if plain.get("enum"):
        return " | ".join(map(str, plain["enum"]))
    if plain.get("const"):
        return str(plain["const"])
    kind = KINDS.get(str(plain.get("type")), "object")
    if kind == "array":
        kind = f"[{_kind(plain.get('items', {}), schemas)}]"
    elif plain.get("format"):
        kind = plain["format"]
    return f"{kind} | null" if any(each.get("type") == "null" for each in schema.get("anyOf", ())) else kind


def _fields(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> list[Value]:
    """Return the fields of a schema, each followed by those inside it."""
    plain = _resolved(schema, schemas)
    if plain.get("type") == "array":
        return _fields(plain.get("items", {}), schemas, depth)
    rows: list[Value] = []
    needed = plain.get("required", [])
    for name, each in plain.get("properties", {}).items():
        text = each.get("description", "")
        rows.append(Value(name, _kind(each, schemas), name in needed, text, depth))
        if depth < 3:
            rows += _fields(each, schemas, depth + 1)
    return rows
