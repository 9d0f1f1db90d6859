"""The contract's operations, and the places in their bodies that refer to other resources.

Both are read from the OpenAPI document, and nobody can forget one: what the tables here do not
provide for fails.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import httpx

from tests.contract.furnishing import KINDS, NAME, portrait
from tests.make import Client

Schema = Mapping[str, Any]

BODIES: Mapping[str, dict[str, Any]] = {
    "journey": {"title": "Mine now"},
    "stage": {"name": "Mine now"},
    "step": {"action": "Mine now"},
    "transition": {"from": "call", "to": "visit", "kind": "alternative"},
    "touchpoint": {"name": "Mine now"},
    "profile": {"name": "Mine now"},
    "persona": {"name": "Mine now"},
    "profile_attribute": {"key": "mine", "label": "Mine now", "type": "text"},
    "template": {"name": "Mine now"},
    "vocabulary_entry": {"kind": "channel", "slug": "mine now"},
    "api_key": {"name": "Mine now"},
    "workspace": {"name": "Mine now"},
    "gap": {"status": "accepted"},
    "settings": {"form_fields": 4},
}
"""The least that each kind takes."""

ITEMS: Mapping[str, dict[str, Any]] = {
    "stages": BODIES["stage"],
    "steps": BODIES["step"],
    "emotions": {"rating": 1},
    "touchpoints": {},
    "items": BODIES["journey"],
}
"""The least that an item of a list takes, by the list's name."""

REFERS = {
    "persona_id": "persona",
    "persona_ids": "persona",
    "touchpoint_id": "touchpoint",
    "profile_id": "profile",
    "parent_id": "profile",
    "journey_id": "journey",
    "as_is_id": "journey",
    "variant_of": "journey",
    "next_journey_ids": "journey",
    "stage_id": "stage",
    "alias_of": "vocabulary_entry",
    "into": "vocabulary_entry",
    "against": "journey",
}
"""What a member refers to."""

NOBODY = "019e0000-0000-7000-8000-000000000000"
LOOSE = {
    ("touchpoint", "content_ids"): "there is no content yet, so any id is kept",
    ("step", "stage_id", "POST"): "the path says which stage",
}
"""Members whose ids are not held against anything, with the reason."""


class Call(NamedTuple):
    """One operation, and the kind of what it writes."""

    method: str
    path: str
    kind: str

    def url(self, ids: Mapping[str, str]) -> str:
        """Its path with the ids of somebody's resources in it."""
        collection = self.path.split("/")[2]
        url = re.sub(r"\{(source|external_id)\}", lambda found: NAME[found[1]], self.path)
        return re.sub(r"\{\w+\}", lambda _: ids[KINDS[collection]], url)

    @property
    def least(self) -> dict[str, Any]:
        """The least body it takes."""
        if self.path.endswith("/share"):
            return {}
        return {"into": NOBODY} if self.path.endswith("/merge") else BODIES[self.kind]

    async def sent(self, client: Client, url: str) -> httpx.Response:
        """The call with the least it takes."""
        if self.method in {"GET", "DELETE"}:
            return await client.request(self.method, url)
        if url.endswith("/avatar"):
            return await client.request(self.method, url, content=portrait())
        return await client.request(self.method, url, json=self.least)


class Reference(NamedTuple):
    """A place in the body of a call that holds an id, and the kind it is an id of."""

    call: Call
    pointer: str
    kind: str


def calls(contract: Schema) -> Iterator[tuple[Call, Schema]]:
    """Every operation, as what it is called by and as it is described."""
    for path, operations in contract["paths"].items():
        named = [part for part in path.split("/")[2:] if part in KINDS]
        for method, operation in operations.items():
            assert named, f"{path} is not provided for"
            yield Call(method.upper(), path, KINDS[named[-1]]), operation


def references(contract: Schema) -> Iterator[Reference]:
    """Every id that a body can hold."""
    for call, operation in calls(contract):
        content = operation.get("requestBody", {}).get("content", {})
        body = content.get("application/json", {}).get("schema", {})
        for pointer in sorted(set(_places(body, contract["components"]["schemas"]))):
            member = pointer.removesuffix("/0").rpartition("/")[2]
            if {(call.kind, member), (call.kind, member, call.method)} & LOOSE.keys():
                continue
            kind = call.kind if member == "after" else REFERS.get(member)
            assert kind, f"{call.method} {call.path}: {pointer} is not provided for"
            yield Reference(call, pointer, kind)


def _places(schema: Schema, schemas: Schema, at: str = "", within: str = "") -> Iterator[str]:
    """Pointers to the ids in a body of this schema; the first of a list stands for all."""
    if reference := schema.get("$ref", "").rpartition("/")[2]:
        if f"/{reference}/" not in within:
            yield from _places(schemas[reference], schemas, at, f"{within}/{reference}/")
        return
    if schema.get("format") == "uuid":
        yield at
    for option in (o for name in ("anyOf", "oneOf", "allOf") for o in schema.get(name, ())):
        yield from _places(option, schemas, at, within)
    if "items" in schema:
        yield from _places(schema["items"], schemas, f"{at}/0", within)
    for name, member in schema.get("properties", {}).items():
        yield from _places(member, schemas, f"{at}/{name}", within)


def body_with(reference: Reference, which: str) -> Any:
    """The least body that holds an id at the place of a reference."""
    parts = reference.pointer.split("/")[1:]
    return _with(parts, which, {} if parts[0] == "items" else reference.call.least)


def _with(parts: list[str], which: str, least: Mapping[str, Any]) -> Any:
    if not parts:
        return which
    name, *deeper = parts
    if name == "0":
        return [_with(deeper, which, least)]
    return {**least, name: _with(deeper, which, ITEMS.get(name, {}))}
