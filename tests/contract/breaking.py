"""What a new contract takes away from those who call by the old one: OpenAPI, and GraphQL.

Pure. Members and parameters may be added to what is shown, and optional ones to what is sent;
nothing that callers rely on may go, be called otherwise, or be narrower than it was.
"""

from collections.abc import Callable, Iterator
from typing import Any

from graphql import build_schema
from graphql.utilities import (
    DangerousChangeType,
    find_breaking_changes,
    find_dangerous_changes,
)

Json = dict[str, Any]
Resolve = Callable[[Json], Json]

LOWER = ("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum")
HIGHER = ("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum")
NUMBERS = {"multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
SAID_OF: dict[str, set[str]] = {
    "string": {"minLength", "maxLength", "pattern", "format", "contentMediaType"},
    "number": NUMBERS | {"format"},
    "integer": NUMBERS | {"format"},
    "array": {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"},
    "object": {
        *("properties", "required", "additionalProperties", "propertyNames"),
        *("minProperties", "maxProperties"),
    },
    "boolean": set(),
    "null": set(),
}
"""What of a schema holds for which type; it may list several types, with bounds for each."""
PYTHON = {"string": str, "number": (int, float), "integer": int, "boolean": bool}


def breaks(old: Json, new: Json) -> list[str]:
    """A sentence for each break, in the order of the old document."""
    return list(_Comparison(old, new).paths())


def graphql_breaks(old: str, new: str) -> list[str]:
    """The same for two schemas of GraphQL; what an absent argument means is part of them."""
    was, now = build_schema(old), build_schema(new)
    found = [change.description for change in find_breaking_changes(was, now)]
    return found + [
        change.description
        for change in find_dangerous_changes(was, now)
        if change.type is DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE
    ]


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self.old = old
        self.new = new
        self.compared: set[tuple[str, str | None]] = set()

    def paths(self) -> Iterator[str]:
        for path, operations in self.old["paths"].items():
            for method, operation in operations.items():
                at = f"{method.upper()} {path}"
                now = self.new["paths"].get(path, {}).get(method)
                if now is None:
                    yield f"{at} is gone"
                else:
                    yield from self.operation(at, operation, now)

    def operation(self, at: str, old: Json, new: Json) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{at} is now called {new['operationId']}"
        open_to, opened = (o.get("security") or [{}] for o in (old, new))
        for key in open_to:
            if key not in opened:
                yield f"{at} is no longer opened by {' and '.join(key) or 'everybody'}"
        yield from self.parameters(at, old, new)
        yield from self.body(at, old, new)
        yield from self.answers(at, old, new)

    def parameters(self, at: str, old: Json, new: Json) -> Iterator[str]:
        was, now = (
            {(p["in"], p["name"]): p for p in map(found, operation.get("parameters", ()))}
            for found, operation in ((self.was, old), (self.now, new))
        )
        for key, parameter in was.items():
            where = f"{at} {' '.join(key)}"
            if key not in now:
                yield f"{where} is gone"
            else:
                yield from self.schema(where, parameter["schema"], now[key]["schema"], sent=True)
        for key, parameter in now.items():
            if parameter.get("required") and not was.get(key, {}).get("required"):
                yield f"{at} {' '.join(key)} is required"

    def body(self, at: str, old: Json, new: Json) -> Iterator[str]:
        was, now = (o.get("requestBody", {}) for o in (old, new))
        if now.get("required") and not was.get("required"):
            yield f"{at} needs a body"
        for media, content in was.get("content", {}).items():
            if media not in now.get("content", {}):
                yield f"{at} takes no {media}"
            else:
                schemas = (c.get("schema", {}) for c in (content, now["content"][media]))
                yield from self.schema(f"{at} body", *schemas, sent=True)

    def answers(self, at: str, old: Json, new: Json) -> Iterator[str]:
        for status, response in old["responses"].items():
            if status not in new["responses"]:
                if status < "400":
                    yield f"{at} answers no {status}"
                continue
            was, now = self.was(response), self.now(new["responses"][status])
            for media, content in was.get("content", {}).items():
                if media not in now.get("content", {}):
                    yield f"{at} {status} shows no {media}"
                else:
                    schemas = (c.get("schema", {}) for c in (content, now["content"][media]))
                    yield from self.schema(f"{at} {status}", *schemas, sent=False)
            yield from self.headers(f"{at} {status}", was, now)

    def headers(self, at: str, old: Json, new: Json) -> Iterator[str]:
        for name, header in old.get("headers", {}).items():
            now = new.get("headers", {}).get(name)
            if now is None:
                yield f"{at} has no header {name}"
            elif self.was(header).get("required") and not self.now(now).get("required"):
                yield f"{at} may lack the header {name}"

    def schema(self, at: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        was, now = by_type(old, self.was), by_type(new, self.now)
        if sent and "default" in self.was(old):
            before, after = self.was(old)["default"], self.now(new).get("default")
            if before != after:
                yield f"{at} has another default"
        given, taken = (was, now) if sent else (now, was)
        for kind, options in given.items():
            others = taken.get(kind) or (taken.get("number") if kind == "integer" else None)
            if not others:
                yield f"{at} {'takes no' if sent else 'may be'} {kind}"
                continue
            for option in options:
                pairs = [(option, other) if sent else (other, option) for other in others]
                yield from self.nearest(at, pairs, sent=sent)

    def nearest(self, at: str, pairs: list[tuple[Json, Json]], *, sent: bool) -> Iterator[str]:
        """The breaks against whichever alternative has the fewest."""
        if len(pairs) == 1:
            yield from self.same_type(at, *pairs[0], sent=sent)
            return
        kept, tried = set(self.compared), []
        for pair in pairs:
            self.compared = set(kept)
            tried.append((list(self.same_type(at, *pair, sent=sent)), self.compared))
        found, self.compared = min(tried, key=lambda one: len(one[0]))
        yield from found

    def same_type(self, at: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        if "$ref" in old:
            # What has a name is compared once with what stands in its place, whoever refers to it.
            at = f"{old['$ref'].rpartition('/')[2]} {'sent' if sent else 'shown'}"
            if (at, new.get("$ref")) in self.compared:
                return
            self.compared.add((at, new.get("$ref")))
        old, new = self.was(old), self.now(new)
        yield from narrower(at, old, new) if sent else other_format(at, old, new)
        members, remain = old.get("properties", {}), new.get("properties", {})
        for name, member in members.items():
            if name not in remain:
                yield f"{at}/{name} is gone"
            else:
                yield from self.schema(f"{at}/{name}", member, remain[name], sent=sent)
        needed, always = (set(schema.get("required", ())) for schema in (new, old))
        for name in sorted(needed - always if sent else (always - needed) & set(remain)):
            yield f"{at}/{name} {'is required' if sent else 'may be absent'}"
        yield from self.inner(at, old, new, sent=sent)

    def inner(self, at: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        if sent and new.get("additionalProperties") is False and _is_open(old):
            yield f"{at} takes no further members"
        for name in ("items", "additionalProperties"):
            was, now = (schema.get(name, {}) for schema in (old, new))
            if isinstance(was, dict) and isinstance(now, dict) and (was or now):
                yield from self.schema(f"{at}/*", was, now, sent=sent)

    def was(self, node: Json) -> Json:
        return _resolved(self.old, node)

    def now(self, node: Json) -> Json:
        return _resolved(self.new, node)


def narrower(at: str, old: Json, new: Json) -> Iterator[str]:
    """Bounds of what is sent that are tighter than they were."""
    for name in LOWER:
        if name in new and new[name] < old.get(name, float("inf")):
            yield f"{at} has a lower {name}"
    for name in HIGHER:
        if name in new and new[name] > old.get(name, float("-inf")):
            yield f"{at} has a higher {name}"
    for name in ("pattern", "format", "multipleOf"):
        if name in new and _meant(new[name]) != _meant(old.get(name)):
            yield f"{at} has another {name}"
    allowed, still = ([s["const"]] if "const" in s else s.get("enum") for s in (old, new))
    if still is not None and (allowed is None or not set(allowed) <= set(still)):
        yield f"{at} allows fewer values"


def _meant(said: Any) -> Any:
    """A pattern as ECMA-262 means it: a blank is the mark of byte order too, named or not."""
    return said.replace(r"\ufeff", "") if isinstance(said, str) and r"\s" in said else said


def other_format(at: str, old: Json, new: Json) -> Iterator[str]:
    """What is shown in another form than callers read."""
    if "format" in old and new.get("format") != old["format"]:
        yield f"{at} has another format"


def by_type(schema: Json, resolve: Resolve) -> dict[str, list[Json]]:
    """What a schema says of each JSON type it admits; references to that stay references."""
    found: dict[str, list[Json]] = {}
    one = resolve(schema)
    options = one.get("anyOf") or one.get("oneOf")
    if options:
        for option in options:
            for kind, said in by_type(option, resolve).items():
                # What stands beside the alternatives holds for each of them.
                beside = {n: v for n, v in one.items() if n in SAID_OF[kind]}
                found.setdefault(kind, []).extend({**beside, **each} for each in said)
        return found
    kinds = one.get("type", list(SAID_OF))
    if isinstance(kinds, str):
        return {kinds: [schema]}
    return {kind: [_only(kind, one)] for kind in kinds}


def _only(kind: str, schema: Json) -> Json:
    """What a schema of several types says of one of them."""
    said = {name: value for name, value in schema.items() if name in SAID_OF[kind]}
    if "enum" in schema and kind in PYTHON:
        said["enum"] = [one for one in schema["enum"] if isinstance(one, PYTHON[kind])]
    return {"type": kind, **said}


def _is_open(schema: Json) -> bool:
    return schema.get("additionalProperties") is not False


def _resolved(document: Json, node: Json) -> Json:
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node
