"""What a new OpenAPI document takes away from those who call by the old one.

Pure. Members and parameters may be added to what is shown, and optional ones to what is sent;
nothing that callers rely on may go, be called otherwise, or be narrower than it was.
"""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Resolve = Callable[[Json], Json]

LOWER = ("maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum")
HIGHER = ("minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum")
TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")


def breaks(old: Json, new: Json) -> list[str]:
    """A sentence for each break, in the order of the old document."""
    return list(_Comparison(old, new).paths())


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self.old = old
        self.new = new
        self.compared: set[str] = set()

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
            for name in was.get("headers", {}):
                if name not in now.get("headers", {}):
                    yield f"{at} {status} has no header {name}"

    def schema(self, at: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        was, now = by_type(old, self.was), by_type(new, self.now)
        for kind in was if sent else now:
            if kind not in (now if sent else was):
                yield f"{at} {'takes no' if sent else 'may be'} {kind}"
        for kind in was:
            if kind in now:
                yield from self.same_type(at, was[kind], now[kind], sent=sent)

    def same_type(self, at: str, old: Json, new: Json, *, sent: bool) -> Iterator[str]:
        if "$ref" in old:
            # What has a name is compared once, whoever refers to it.
            at = f"{old['$ref'].rpartition('/')[2]} {'sent' if sent else 'shown'}"
            if at in self.compared:
                return
            self.compared.add(at)
            old, new = self.was(old), self.now(new)
        yield from narrower(at, old, new) if sent else ()
        members, remain = old.get("properties", {}), new.get("properties", {})
        for name, member in members.items():
            if name not in remain:
                yield f"{at}/{name} is gone"
            else:
                yield from self.schema(f"{at}/{name}", member, remain[name], sent=sent)
        needed, always = (set(schema.get("required", ())) for schema in (new, old))
        for name in sorted(needed - always if sent else (always - needed) & set(remain)):
            yield f"{at}/{name} {'is required' if sent else 'may be absent'}"
        for inner in ("items", "additionalProperties"):
            if isinstance(old.get(inner), dict) and isinstance(new.get(inner), dict):
                yield from self.schema(f"{at}/*", old[inner], new[inner], sent=sent)

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
        if name in new and new[name] != old.get(name):
            yield f"{at} has another {name}"
    allowed, still = ([s["const"]] if "const" in s else s.get("enum") for s in (old, new))
    if still is not None and (allowed is None or not set(allowed) <= set(still)):
        yield f"{at} allows fewer values"


def by_type(schema: Json, resolve: Resolve) -> dict[str, Json]:
    """What a schema says of each JSON type it admits; references to that stay references."""
    found: dict[str, Json] = {}
    one = resolve(schema)
    options = one.get("anyOf") or one.get("oneOf")
    if options:
        for option in options:
            found |= by_type(option, resolve)
        return found
    kinds = one.get("type", TYPES)
    return dict.fromkeys([kinds] if isinstance(kinds, str) else kinds, schema)


def _resolved(document: Json, node: Json) -> Json:
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node
