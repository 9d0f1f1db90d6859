"""The contract's operations, and the places in their bodies that refer to other resources.

Both are read from the OpenAPI document, and nobody can forget one: what the tables here do not
provide for fails.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import httpx

from tests.contract.furnishing import KINDS, NAME, portrait
from tests.make import BY_ANN, Client

Schema = Mapping[str, Any]
NOBODY = "019e0000-0000-7000-8000-000000000000"

BODIES: Mapping[str, dict[str, Any]] = {
    "journey": {"title": "Mine now"},
    "stage": {"name": "Mine now"},
    "step": {"action": "Mine now"},
    "transition": {"from": "call", "to": "visit", "kind": "alternative"},
    "touchpoint": {"name": "Mine now"},
    "content": {"title": "Mine now"},
    "profile": {"name": "Mine now"},
    "persona": {"name": "Mine now"},
    "profile_attribute": {"key": "mine", "label": "Mine now", "type": "text"},
    "template": {"name": "Mine now"},
    "vocabulary_entry": {"kind": "channel", "slug": "mine now"},
    "evidence": {"kind": "anecdotal", "source_kind": "poll", "text": "Mine now"},
    "evidence_source": {"source_kind": "poll", "title": "Mine now"},
    "action": {"title": "Mine now"},
    "review": {"departments": ["service"]},
    "comment": {"text": "Mine now", "target": {"kind": "gap", "id": NOBODY}},
    "revision": {"label": "Mine now"},
    "acknowledgement": {"department": "service"},
    "restoring": {"revision": 1},
    "copy": {"as": "copy"},
    "api_key": {"name": "Mine now"},
    "trusted_document": {"name": "Mine now", "document": "{ __typename }"},
    "workspace": {"name": "Mine now"},
    "gap": {"status": "accepted"},
    "settings": {"form_fields": 4},
    "message": {"type": "page", "userId": "mine now"},
    "event": {"type": "page", "userId": "mine now"},
    "quarantined_message": {"message": "{}"},
    "consent_purpose": {"key": "mine", "name": "Mine now", "legal_basis": "consent"},
    "consent": {"purpose": "analytics", "granted": True},
    "erasure": {},
    "contact": {"traits": {"name": "Mine now"}},
    "account": {"name": "Mine now"},
    "merge": {},
    "contacts_upserted": {"items": [{"identifiers": [{"source": "crm", "value": "mine"}]}]},
    "contacts_referred": {"items": [{"source": "crm", "value": "7"}]},
    "contacts_sought": {"filter": {"all": []}},
    "profile_previewed": {},
    "contacts_captured": {"identifiers": [{"source": "fair", "value": "mine"}]},
    "contacts_merged": {"winner_id": NOBODY, "loser_id": NOBODY},
    "enrolled": {"journey_id": NOBODY, "stage_key": "mine"},
    "binding": {},
    "kpi": {"name": "Mine now"},
    "alert": {"name": "Mine now", "watches": {"gap": {}}, "condition": {"above": 0}},
    "kpi_value": {"items": [{"at": "2026-05-01T00:00:00Z", "value": 1}]},
    "sessions_asked": {},
    "funnels_asked": {"steps": [{"any_of": ["mine"]}, {"any_of": ["now"]}]},
    "kpi_asked": {"kpi": "orders"},
    "attribution_asked": {"goal": "Order Completed", "touch": "Visit"},
    "correlates_asked": {"goal": "Order Completed"},
    "drivers_asked": {},
    "surveys_asked": {},
    "transitions_asked": {},
    "paths_asked": {},
    "conformance_asked": {"planned": ["a"]},
    "retention_asked": {},
}
"""The least that each kind takes."""

FIXED: Mapping[str, frozenset[str]] = {
    "comment": frozenset({"target"}),
    "consent_purpose": frozenset({"key"}),
}
"""Members of these that no patch changes."""

ITEMS: Mapping[str, dict[str, Any]] = {
    "stages": BODIES["stage"],
    "steps": BODIES["step"],
    "emotions": {"rating": 1},
    "touchpoints": {},
    "targets": {},
    "places": {},
    "subject": {},
    "items": BODIES["journey"],
    "target": {"kind": "journey"},
    "answers": {"step_key": "call", "item_key": "fees"},
}
"""The least that an item of a list takes, by the list's name."""

APART = {
    "/v1/contacts/batch/upsert": "contacts_upserted",
    "/v1/contacts/batch/archive": "contacts_referred",
    "/v1/contacts/lookup": "contacts_referred",
    "/v1/contacts/merge": "contacts_merged",
    "/v1/contacts/search": "contacts_sought",
    "/v1/contacts/capture": "contacts_captured",
    "/v1/profiles/preview": "profile_previewed",
    "/v1/contacts/{contact_id}/journeys": "enrolled",
    "/v1/sessions/query": "sessions_asked",
    "/v1/funnels/query": "funnels_asked",
    "/v1/kpis/query": "kpi_asked",
    "/v1/attribution/query": "attribution_asked",
    "/v1/correlates/query": "correlates_asked",
    "/v1/drivers/query": "drivers_asked",
    "/v1/surveys/query": "surveys_asked",
    "/v1/transitions/query": "transitions_asked",
    "/v1/paths/query": "paths_asked",
    "/v1/conformance/query": "conformance_asked",
    "/v1/retention/query": "retention_asked",
}
"""Operations on a whole collection, and the kind of what they take."""

REFERS = {
    "persona_id": "persona",
    "persona_ids": "persona",
    "touchpoint_id": "touchpoint",
    "touchpoint_ids": "touchpoint",
    "profile_id": "profile",
    "contact_id": "contact",
    "profile_ids": "profile",
    "parent_id": "profile",
    "journey_id": "journey",
    "as_is_id": "journey",
    "variant_of": "journey",
    "next_journey_ids": "journey",
    "nests": "journey",
    "stage_id": "stage",
    "step_id": "step",
    "transition_id": "transition",
    "source_id": "evidence_source",
    "evidence_ids": "evidence",
    "content_ids": "content",
    "id": "journey",
    "alias_of": "vocabulary_entry",
    "into": "vocabulary_entry",
    "against": "journey",
    "account_id": "account",
    "winner_id": "contact",
    "loser_id": "contact",
}
"""What a member refers to."""

LOOSE = {
    ("touchpoint", "content_ids"): "plans may name content that is yet to come",
    ("step", "stage_id", "POST"): "the path says which stage",
    ("action", "gap_ids"): "gaps are computed, and stored nowhere",
    ("comment", "id"): "a target of any sort: see the tests of comments",
    ("comment", "journey_id"): "it goes with a target that is a gap: see the tests of comments",
    ("contacts_upserted", "id"): "each item has an outcome: see the tests of contacts",
    ("contacts_upserted", "account_id"): "each item has an outcome: see the tests of contacts",
    ("contacts_referred", "id"): "each item has an outcome: see the tests of contacts",
    ("contacts_merged", "winner_id"): "there must be two: see the tests of contacts",
    ("contacts_merged", "loser_id"): "there must be two: see the tests of contacts",
    ("enrolled", "step_id"): "a place is one of a map: see the tests of enrolments",
    ("enrolled", "stage_id"): "a place is one of a map: see the tests of enrolments",
    ("comment", "parent_id"): "of one's own kind, not of a profile's: see the tests of comments",
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
        url = self.path.replace("{number}", "1")
        url = re.sub(r"\{(source|external_id)\}", lambda found: NAME[found[1]], url)
        return re.sub(r"\{\w+\}", lambda _: ids[KINDS[collection]], url)

    @property
    def least(self) -> dict[str, Any]:
        """The least body it takes."""
        if self.path.endswith("/share"):
            return {}
        if self.path.endswith("}/merge"):
            return {"into": NOBODY}
        if self.path.endswith("/sign-offs"):
            return {"department": "service"}
        if self.path.endswith("/complete"):
            return {}
        fixed = FIXED.get(self.kind, frozenset()) if self.method == "PATCH" else frozenset()
        return {name: value for name, value in BODIES[self.kind].items() if name not in fixed}

    async def sent(self, client: Client, url: str, own: Mapping[str, str]) -> httpx.Response:
        """The call with the least it takes; `own` are ids of the caller's resources."""
        if self.method in {"GET", "DELETE"}:
            return await client.request(self.method, url)
        if url.endswith("/avatar"):
            return await client.request(self.method, url, content=portrait())
        of_map = {"journey_id": own["journey"]} if self.kind in {"review", "comment"} else {}
        body = {**self.least, **(of_map if self.method == "PUT" else {})}
        return await client.request(self.method, url, json=body, headers=BY_ANN)


class Reference(NamedTuple):
    """A place in the body of a call that holds an id, and the kind it is an id of."""

    call: Call
    pointer: str
    kind: str


def calls(contract: Schema) -> Iterator[tuple[Call, Schema]]:
    """Every operation, as what it is called by and as it is described."""
    for path, operations in contract["paths"].items():
        named = [part for part in path.split("/")[2:] if part in KINDS]
        named = named or ["batch"] * (path == "/v1/import" or path in APART)
        for method, operation in operations.items():
            assert named, f"{path} is not provided for"
            yield Call(method.upper(), path, APART.get(path) or KINDS[named[-1]]), operation


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
