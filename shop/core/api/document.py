"""The OpenAPI document: ninja's, completed with scopes, keys, problems and examples, in the reader's language."""

import re
from typing import Any

from django.utils.translation import gettext as _
from ninja import NinjaAPI

from shop.core.api.problems import MEDIA_TYPE, titles
from shop.core.scopes import SCOPES

METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM = {"$ref": "#/components/schemas/Problem"}
DEPTH = 6


def document(api: NinjaAPI, *, prefix: str, tags: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the document of `api` mounted at `prefix`; `tags` are (name, description) in their order."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=prefix))
    schemas = found["components"]["schemas"]
    for name, schema in schemas.items():
        # Docstrings are for who reads the code.
        schema.pop("description", None)
        schema.setdefault("title", name)
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation, schemas)
    schemas["Problem"] = _problem_schema()
    found["tags"] = [{"name": str(_(name)), "description": str(_(text))} for name, text in tags]
    found["components"]["responses"] = {
        str(status): {"description": title, "content": {MEDIA_TYPE: {"schema": PROBLEM}}}
        for status, title in titles().items()
    }
    found["components"]["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": _("A token of POST /api/v1/tokens, sent as Authorization: Bearer …"),
            "x-scopes": {name: str(_(words)) for name, words in SCOPES.items()},
        }
    }
    _translate(found["paths"])
    _translate(schemas)
    found["info"] |= {"description": str(_(api.description)), "title": str(_(api.title))}
    found.pop("servers", None)
    return found


def _complete(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    scope, key = operation["x-scope"], operation["x-idempotency-key"]
    operation["tags"] = [str(_(tag)) for tag in operation["tags"]]
    operation["security"] = [{"bearer": [scope]}] if scope else []
    refused = {400, 429, 500}
    if scope:
        refused |= {401, 403}
    if "{" in path:
        refused.add(404)
    if method != "get":
        refused |= {409, 422}
    if any(each["in"] == "query" for each in operation["parameters"]):
        refused.add(422)
    for status in sorted(refused):
        operation["responses"][status] = {"$ref": f"#/components/responses/{status}"}
    operation["responses"] = {str(status): each for status, each in operation["responses"].items()}
    _move_examples(operation["parameters"])
    if key != "none":
        operation["parameters"].append(
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": key == "required",
                "schema": {"type": "string", "maxLength": 80, "examples": ["2026-11-23-order-17"]},
                "description": _("The same key with the same body is answered as the first time, for two days."),
            }
        )
    contents = [operation.get("requestBody", {}), *operation["responses"].values()]
    for holder in contents:
        media = holder.get("content", {}).get("application/json")
        if media is not None:
            media["example"] = example_of(media["schema"], schemas)


def _move_examples(parameters: list[dict[str, Any]]) -> None:
    """Move lists of examples into the schemas: a parameter's own `examples` are named objects (OpenAPI 3.1)."""
    for parameter in parameters:
        if isinstance(parameter.get("examples"), list):
            parameter["schema"]["examples"] = parameter.pop("examples")


def example_of(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:
    """Return a value that `schema` could have: its own examples where it gives some."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[-1]]
    given = [schema.get("example"), schema.get("const"), *schema.get("examples", []), schema.get("default")]
    given += schema.get("enum", [])
    own = next((each for each in given if each not in (None, "", [])), None)
    if own is not None:
        return own
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], schemas, depth)
    return _example_of_kind(schema, schemas, depth)


def _example_of_kind(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:
    kind = str(schema.get("type"))
    if kind == "array":
        return [example_of(schema.get("items", {}), schemas, depth + 1)] if depth < DEPTH else []
    if kind == "object" and depth < DEPTH:
        return {name: example_of(each, schemas, depth + 1) for name, each in schema.get("properties", {}).items()}
    least = max(int(schema.get("minimum", 1)), 1)
    text = "2026-11-23" if schema.get("format") == "date" else "…"
    return {"integer": least, "boolean": True, "null": None, "object": {}}.get(kind, text)


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "title": "Problem",
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "examples": ["about:blank"]},
            "title": text,
            "status": {"type": "integer", "examples": [422]},
            "code": {"type": "string", "description": _("Stays the same; decide by it, not by the words.")},
            "detail": text,
            "errors": {
                "type": "array",
                "items": {"type": "object", "properties": {"field": text, "code": text, "message": text}},
            },
            "details": {"type": "object"},
        },
    }


def _translate(node: Any) -> None:
    """Put every summary and description below `node` into the reader's language."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"summary", "description"} and isinstance(value, str) and value:
                node[key] = str(_(value))
            else:
                _translate(value)
    elif isinstance(node, list):
        for each in node:
            _translate(each)


def path_places(path: str) -> list[str]:
    """Return the names in a path's places."""
    return re.findall(r"{(\w+)}", path)
