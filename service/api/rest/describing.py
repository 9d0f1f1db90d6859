"""The OpenAPI document: what the routes say of themselves, and what holds for each of them.

FastAPI writes down the routes. Added here, so that no route need repeat it: the headers of requests
and answers, the ids in paths, whole examples. Taken away: what FastAPI supposes of its own
validation, which ours does not use.
"""

import warnings
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.warnings import UnsupportedFieldAttributeWarning

from service.api.errors import MEDIA_TYPE
from service.api.negotiating import EVENTS
from service.api.rest import answers, plain
from service.api.rest.about import ABOUT, TAGS, id_like, kind_of, named
from service.api.rest.documents import BY_A_PERSON, ProblemDocument, refusals
from service.api.rest.examples import Examples
from service.api.rest.later import every
from service.api.route import Route
from service.domain import changes
from service.domain.journeys import Bundle

Json = dict[str, Any]

MERGE_PATCH = "application/merge-patch+json"
_SUPPOSED = "HTTPValidationError"
_REF = "#/components/{}/{}"

_HEADERS: Json = {
    "RequestId": {
        "description": "The `X-Request-Id` of the request, or a new one; logged on our side.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"},
        "example": "4f1c2a9be0d34c55",
    },
    "ETag": {
        "description": "The version, for If-Match and If-None-Match.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[^"]+"$'},
        "example": '"7"',
    },
    "CurveETag": {
        "description": "Of the map's version, its findings and the form; none with overlays.",
        "required": False,
        "schema": {"type": "string", "pattern": '^"[^"]+"$'},
        "example": '"7-curve-svg"',
    },
    "ContentLanguage": {
        "description": "The language of generated texts: en, de, es, zh-Hans or zh-Hant.",
        "schema": {"type": "string"},
        "example": "de",
    },
    "Vary": {
        "description": "The headers of requests that the answer depends on.",
        "required": True,
        "schema": {"type": "string"},
        "example": "Accept, Accept-Language, Authorization",
    },
    "Location": {
        "description": "Where the new resource is.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": f"/v1/journeys/{id_like('journey')}",
    },
    "ContentLocation": {
        "description": "Of a state of a map that was asked for: where just this one is.",
        "required": False,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": f"/v1/journeys/{id_like('journey')}?revision=3",
    },
    "FirstCopy": {
        "description": "Where the copy is; of a matrix, the first of its variants.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": f"/v1/journeys/{id_like('journey')}",
    },
    "CopyETag": {
        "description": "Of a single copy: its version, for If-Match and If-None-Match.",
        "required": False,
        "schema": {"type": "string", "pattern": '^"[^"]+"$'},
        "example": '"1"',
    },
    "RetryAfter": {
        "description": "Seconds after which it is worth trying again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
        "example": 2,
    },
    "Challenge": {
        "description": "How to say who one is: by a bearer token.",
        "required": True,
        "schema": {"type": "string"},
        "example": 'Bearer realm="waypost"',
    },
    "NotCarried": {
        "description": "The members of the map that a diagram cannot hold, with commas between.",
        "required": False,
        "schema": {"type": "string"},
        "example": "thoughts, pains",
    },
}

_SIGNED_LINK: Json = {
    "type": "apiKey",
    "in": "query",
    "name": "signature",
    "description": "A signed link, for browsers: it opens one resource for reading, until it"
    " expires. It comes whole, with `workspace` and `expires`.",
}

_NAMING = "^[^\\x00-\\x1f\\x7f-\\x9f]*[^\\x00-\\x20\\x7f-\\x9f][^\\x00-\\x1f\\x7f-\\x9f]*$"
_PARAMETERS: Json = {
    "RequestId": {
        "name": "X-Request-Id",
        "description": "Comes back and is logged: 1 to 128 of A-Z, a-z, 0-9, `.`, `_` and `-`.",
        "example": "4f1c2a9be0d34c55",
    },
    "Actor": {
        "name": "Waypost-Actor",
        "description": "The person behind a shared key, as `name <mail>`, in UTF-8; audited.",
        "example": "Ann <ann@example.org>",
        "schema": {"type": "string", "maxLength": 200, "pattern": "^[^\\x00-\\x1f\\x7f-\\x9f]*$"},
    },
    "NamedActor": {
        "name": "Waypost-Actor",
        "description": "The person whose word this is, as `name <mail>`, in UTF-8; 422"
        " `person_required` without one.",
        "example": "Ann <ann@example.org>",
        "required": True,
        "schema": {"type": "string", "maxLength": 200, "pattern": _NAMING},
    },
    "AcceptLanguage": {
        "name": "Accept-Language",
        "description": "The language of generated texts (RFC 9110), as in `de-AT, en;q=0.5`.",
        "example": "de, en;q=0.5",
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "description": "Kept for 24 hours: the same request gets its first answer again.",
        "example": "order-4711-map",
        "schema": {"type": "string", "maxLength": 200, "pattern": "^[ -~]*[!-~][ -~]*$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "description": "The ETag the resource must still have; else 412, and nothing changes.",
        "example": "*",
    },
    "LastEventId": {
        "name": "Last-Event-ID",
        "description": "Of an event stream: the last `id`, to go on from; it wins over `after`.",
        "schema": {"type": "string"},
        "example": changes.NOW,
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "description": "The ETag of what you have; 304 when that is still so.",
        "example": '"6"',
    },
}


_ONLY_READ = {
    *("/v1/contacts/lookup", "/v1/contacts/search"),
    *("/v1/profiles/preview", "/v1/bindings/preview"),
}
"""What is asked by POST, its question being long or personal, and changes nothing."""


def describe(app: FastAPI) -> Json:
    """The OpenAPI document, made once."""
    document: Json | None = app.openapi_schema
    if document is None:
        document = app.openapi_schema = _described(app)
    return document


def _described(app: FastAPI) -> Json:
    with warnings.catch_warnings():
        # Of the names that parameters go by; FastAPI silences it where it builds, not here.
        warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
        document = get_openapi(
            title=app.title,
            version=app.version,
            routes=[route.described() for route in every(app.routes) if isinstance(route, Route)],
            separate_input_output_schemas=False,
            tags=[{"name": name, "description": said} for name, said in TAGS.items()],
            **ABOUT,
        )
    components = document["components"]
    problem, bundle = _schema(ProblemDocument), _schema(Bundle)
    components["schemas"] |= problem.pop("$defs", {}) | answers.schemas()
    components["schemas"]["ProblemDocument"] = problem
    for name, schema in (bundle.pop("$defs") | {"Bundle": bundle}).items():
        components["schemas"].setdefault(name, schema)
    for supposed in (_SUPPOSED, "ValidationError"):
        components["schemas"].pop(supposed, None)
    components["headers"] = _HEADERS
    components["securitySchemes"]["SignedLink"] = _SIGNED_LINK
    components["parameters"] = {
        name: {"in": "header", "required": False, "schema": {"type": "string"}, **parameter}
        for name, parameter in _PARAMETERS.items()
    }
    refused: Json = {}
    components["responses"] = refused
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
            _share(refused, operation["responses"])
    for schemas in (document["paths"], components["schemas"]):
        plain.untitled(schemas, names=schemas is components["schemas"])
        plain.flattened(schemas, names=schemas is components["schemas"])
    _exemplify(document)
    return document


def _schema(model: type[BaseModel]) -> Json:
    """A model that no route names as its answer or body."""
    return model.model_json_schema(ref_template=_REF.format("schemas", "{model}"))


def _exemplify(document: Json) -> None:
    """Give every member, parameter and body an example."""
    examples = Examples(document["components"]["schemas"])
    examples.fill()
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                if "examples" in parameter.get("schema", ()):
                    parameter["example"] = parameter["schema"].pop("examples")[0]
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                examples.show(body.get("content", {}))


def _complete(path: str, method: str, operation: Json) -> None:
    responses = operation["responses"]
    if _SUPPOSED in str(responses.get("422")):
        del responses["422"]
    if any(parameter["in"] == "query" for parameter in operation.get("parameters", ())):
        responses.setdefault("422", refusals(422)[422])
    for response in responses.values():
        response.setdefault("headers", {})["X-Request-Id"] = _ref("headers", "RequestId")
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        parameter["schema"] = plain.present(parameter["schema"])
        if parameter["in"] == "path":
            _identified(path, parameter)
    actor = "NamedActor" if operation.pop(BY_A_PERSON, False) else "Actor"
    names = _headers_of(method, responses, actor)
    if method == "post" and ("events" in operation["tags"] or _only_reads(path)):
        # A message is known by its own id, however often it is sent.
        names.remove("IdempotencyKey")
    parameters += [_ref("parameters", name) for name in names]
    if method == "patch":
        content = operation["requestBody"]["content"]
        content[MERGE_PATCH] = content["application/json"]


def _only_reads(path: str) -> bool:
    return path in _ONLY_READ or path.endswith("/query")


def _identified(path: str, parameter: Json) -> None:
    """Say whose id stands in a path: it follows the name of its collection."""
    collection, found, _ = path.partition(f"/{{{parameter['name']}}}")
    if found and parameter["schema"].get("format") == "uuid":
        kind = kind_of(collection.rpartition("/")[2])
        parameter["description"] = f"Which {named(kind)}: the UUID that its `id` shows."
        parameter["example"] = id_like(kind)


def _share(refusals: Json, responses: Json) -> None:
    """Write each refusal once, under its status, and point at it from every operation."""
    for status, response in responses.items():
        if MEDIA_TYPE in response.get("content", ()):
            refusals[f"Problem{status}"] = response
            responses[status] = _ref("responses", f"Problem{status}")


def _headers_of(method: str, responses: Json, actor: str) -> list[str]:
    names = ["RequestId", actor]
    if any("Content-Language" in one.get("headers", ()) for one in responses.values()):
        names.append("AcceptLanguage")
    if method == "post":
        names.append("IdempotencyKey")
    if "412" in responses:
        names.append("IfMatch")
    if EVENTS in responses.get("200", {}).get("content", ()):
        names.append("LastEventId")
    if "304" in responses:
        names.append("IfNoneMatch")
    return names


def _ref(kind: str, name: str) -> Json:
    return {"$ref": _REF.format(kind, name)}
