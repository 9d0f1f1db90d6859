"""The OpenAPI document: what the routes say of themselves, and what holds for each of them.

FastAPI writes down the routes. Added here, so that no route need repeat it: the headers of requests
and answers. Taken away: what FastAPI supposes of its own validation, which ours does not use.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.api.errors import MEDIA_TYPE
from service.api.rest import insights
from service.api.rest.documents import ProblemDocument, refusals

Json = dict[str, Any]

MERGE_PATCH = "application/merge-patch+json"
_SUPPOSED = "HTTPValidationError"
_REF = "#/components/{}/{}"

_HEADERS: Json = {
    "RequestId": {
        "description": "The `X-Request-Id` of the request, or a new one; logged on our side.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"},
    },
    "ETag": {
        "description": "The version, for If-Match and If-None-Match.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[^"]+"$'},
    },
    "ContentLanguage": {
        "description": "The language of generated texts: en, de, es, zh-Hans or zh-Hant.",
        "schema": {"type": "string"},
    },
    "Vary": {
        "description": "The headers of requests that the answer depends on.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "Where the new resource is.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
    },
}

_PARAMETERS: Json = {
    "RequestId": {
        "name": "X-Request-Id",
        "description": "Comes back and is logged: 1 to 128 of A-Z, a-z, 0-9, `.`, `_` and `-`.",
    },
    "Actor": {
        "name": "Waypost-Actor",
        "description": "The person behind a shared key, as `name <mail>`, in UTF-8; audited.",
        "schema": {"type": "string", "maxLength": 200, "pattern": "^[^\\x00-\\x1f\\x7f-\\x9f]*$"},
    },
    "AcceptLanguage": {
        "name": "Accept-Language",
        "description": "The language of generated texts (RFC 9110), as in `de-AT, en;q=0.5`.",
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "description": "Kept for 24 hours: the same request gets its first answer again.",
        "schema": {"type": "string", "maxLength": 200, "pattern": "^[ -~]*[!-~][ -~]*$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "description": "The ETag the resource must still have; else 412, and nothing changes.",
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "description": "The ETag of what you have; 304 when that is still so.",
    },
}


def describe(app: FastAPI) -> Json:
    """The OpenAPI document, made once."""
    document: Json | None = app.openapi_schema
    if document is None:
        document = app.openapi_schema = _described(app)
    return document


def _described(app: FastAPI) -> Json:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        separate_input_output_schemas=False,
    )
    components = document["components"]
    problem = ProblemDocument.model_json_schema(ref_template=_REF.format("schemas", "{model}"))
    components["schemas"] |= problem.pop("$defs", {}) | insights.CURVE_SCHEMA
    components["schemas"]["ProblemDocument"] = problem
    for supposed in (_SUPPOSED, "ValidationError"):
        components["schemas"].pop(supposed, None)
    components["headers"] = _HEADERS
    components["parameters"] = {
        name: {"in": "header", "required": False, "schema": {"type": "string"}, **parameter}
        for name, parameter in _PARAMETERS.items()
    }
    refusals: Json = {}
    components["responses"] = refusals
    for operations in document["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation)
            _share(refusals, operation["responses"])
    _drop_titles(document["paths"])
    for schema in components["schemas"].values():
        _drop_titles(schema)
    return document


def _complete(method: str, operation: Json) -> None:
    responses = operation["responses"]
    if _SUPPOSED in str(responses.get("422")):
        del responses["422"]
    if any(parameter["in"] == "query" for parameter in operation.get("parameters", ())):
        responses.setdefault("422", refusals(422)[422])
    for response in responses.values():
        response.setdefault("headers", {})["X-Request-Id"] = _ref("headers", "RequestId")
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        parameter["schema"] = _present(parameter["schema"])
    parameters += [_ref("parameters", name) for name in _headers_of(method, responses)]
    if method == "patch":
        content = operation["requestBody"]["content"]
        content[MERGE_PATCH] = content["application/json"]


def _share(refusals: Json, responses: Json) -> None:
    """Write each refusal once, under its status, and point at it from every operation."""
    for status, response in responses.items():
        if MEDIA_TYPE in response.get("content", ()):
            refusals[f"Problem{status}"] = response
            responses[status] = _ref("responses", f"Problem{status}")


def _drop_titles(node: Any, names: bool = False) -> None:
    """Take away the titles that repeat a member's name; `names`: these keys are names."""
    if isinstance(node, list):
        for inner in node:
            _drop_titles(inner)
    elif isinstance(node, dict):
        if not names:
            node.pop("title", None)
        for name, inner in node.items():
            _drop_titles(inner, names=not names and name == "properties")


def _headers_of(method: str, responses: Json) -> list[str]:
    names = ["RequestId", "Actor"]
    if any("Content-Language" in one.get("headers", ()) for one in responses.values()):
        names.append("AcceptLanguage")
    if method == "post":
        names.append("IdempotencyKey")
    if "412" in responses:
        names.append("IfMatch")
    if "304" in responses:
        names.append("IfNoneMatch")
    return names


def _present(schema: Json) -> Json:
    """The schema of a parameter that is there: in a URL nothing is null."""
    options: list[Json] = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(options) != 1:
        return schema
    return options[0] | {name: value for name, value in schema.items() if name != "anyOf"}


def _ref(kind: str, name: str) -> Json:
    return {"$ref": _REF.format(kind, name)}
