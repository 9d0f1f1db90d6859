"""Bodies with every member filled, for tests that put something wrong into each of them."""

import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from tests.faces.full_plans import PLANNED

Path = tuple[str | int, ...]

STEP: dict[str, Any] = {
    "key": "call",
    "action": "Call the adviser",
    "actors": ["spouse"],
    "private": True,
    "motivations": ["safety"],
    "thoughts": ["whom can I trust?"],
    "questions": ["Who pays?", {"key": "fees", "text": "What does it cost?", "topic": "price"}],
    "feelings": ["nervous"],
    "expected_outcome": "a date",
    "actual_outcome": "a machine",
    "outcome_met": "missed",
    "emotion": -1.5,
    "pains": [{"key": "queue", "text": "Waiting", "topic": "speed"}],
    "reliefs": ["a human voice"],
    "gains": ["clarity"],
    "channel": "phone",
    "device": "mobile",
    "department": "service",
    "backstage": ["look up the file"],
    "systems": ["crm"],
    "information_sources": ["friends"],
    "waited_seconds": 90,
    "form_fields": 3,
    "moment_of_truth": True,
    "decision_moment": True,
    "binding": {"field": "event", "op": "eq", "value": "Call Started"},
}
STAGE: dict[str, Any] = {
    "key": "awareness",
    "name": "Awareness",
    "description": "They notice.",
    "phase": "prospect",
    "funnel_stage": "awareness",
    "goals": ["understand"],
    "expectations": ["a quick answer"],
    "needs": ["time"],
    "questions": [{"key": "why", "text": "Why now?", "topic": "open"}],
    "feelings": ["unsure"],
    "frustrations": ["jargon"],
    "reliefs": ["a checklist"],
    "decision_factors": ["fees"],
    "objections": [{"key": "later", "text": "Not now", "topic": "effort"}],
    "steps": [STEP, STEP | {"key": "visit", "action": "Visit"}],
}
TRANSITION: dict[str, Any] = {
    "from": "call",
    "to": "visit",
    "kind": "detour",
    "condition": "when nobody answers",
    "probability": 0.5,
    "expected_seconds": 60.0,
    "hands_over": "the file",
    "received_by": "branch",
}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/journeys": {
        "title": "Finding an adviser",
        "scenario": "Five years to retirement",
        "occasion": "An inheritance",
        "perspective": "to_be",
        "status": "in-review",
        "locale": "de-AT",
        "tags": ["pilot"],
        "campaigns": ["autumn"],
        "template": "adviser",
        "scope": {"from": "unaware", "to": "decision"},
        "goal": {"field": "event", "op": "eq", "value": "Contract Signed"},
        "value_per_conversion": {"amount": 1250.5, "currency": "EUR"},
        "variant_axes": {"client_type": "near retirement"},
        "external_ids": [{"source": "crm", "id": "7"}],
        "stages": [STAGE],
        "transitions": [TRANSITION],
    },
    "/v1/trusted-documents": {
        "name": "A map's title",
        "document": "query Title($id: ID!) { journey(id: $id) { title } }",
    },
    "/v1/personas": {
        "name": "Ann",
        "personality": "careful",
        "backstory": "A teacher",
        "quote": "Soon",
        "role": "decider",
        "tone": "plain",
        "demographics": {"age": 58, "town": {"name": "Graz"}},
        "changes": ["the children leave"],
        "goals": ["rest"],
        "motivations": ["safety"],
        "pains": [{"key": "fees", "text": "Fees", "topic": "price"}],
        "objections": [{"key": "later", "text": "Not now", "topic": "effort"}],
        "likes": ["walks"],
        "dislikes": ["calls"],
        "channels": ["mail"],
        "information_sources": ["friends"],
        "content_formats": ["video"],
        "competitors": ["the bank"],
        "purchases": ["a house"],
        "heard_through": ["a neighbour"],
        "integration_concerns": ["none"],
        "attributes": {"own": {"any": ["thing"]}},
        "external_ids": [{"source": "crm", "id": "7"}],
    },
    "/v1/profiles": {
        "name": "Near retirement",
        "description": "Five years before",
        "market": "Austria",
        "attributes": {"problems_to_solve": ["a pension gap"], "life_stage": "retired"},
        "criteria": {"field": "traits.age", "op": "ge", "value": 58},
        "exclusions": {"field": "traits.town", "op": "eq", "value": "Graz"},
        "external_ids": [{"source": "crm", "id": "7"}],
    },
    "/v1/touchpoints": {
        "key": "hotline",
        "name": "Hotline",
        "description": "Mornings only",
        "phase": "engagement",
        "channel": "phone",
        "device": "mobile",
        "department": "service",
        "party": "own",
        "status": "confirmed",
        "activities": [
            {
                "name": "Mailing",
                "kind": "mail",
                "department": "marketing",
                "starts_on": "2026-05-01",
                "ends_on": "2026-05-31",
                "cost": {"amount": 10, "currency": "EUR"},
            }
        ],
        "binding": "Call Started",
        "external_ids": [{"source": "crm", "id": "7"}],
    },
    "/v1/content": {
        "key": "fees",
        "title": "What advice costs",
        "kind": "article",
        "language": "de-AT",
        "body": "Three ways to pay",
        "url": "https://example.org/fees",
        "stage": "consideration",
        "published_on": "2026-05-01",
        "cost": {"amount": 1200.5, "currency": "EUR"},
        "external_ids": [{"source": "crm", "id": "7"}],
    },
    "/v1/profile-attributes": {
        "key": "own",
        "label": "Own",
        "description": "Ours alone",
        "type": "choice",
        "options": ["a", "b"],
        "unit": "points",
        "sensitive": True,
        "external_ids": [{"source": "crm", "id": "7"}],
    },
    "/v1/evidence-sources": {
        "source_kind": "interview",
        "title": "With Ann",
        "description": "An hour by telephone",
        "url": "https://example.org/talks/7",
        "author": "Eve",
        "department": "service",
        "conducted_on": "2026-05-04",
        "external_ids": [{"source": "crm", "id": "7"}],
    },
    "/v1/evidence": {
        "kind": "analytical",
        "source_kind": "survey",
        "department": "service",
        "author": "Eve",
        "observed_on": "2026-05-04",
        "status": "validated",
        "severity": "high",
        "topic": "speed",
        "themes": ["waiting"],
        "sentiment": -1.25,
        "rating": {"value": 2.0, "scale": [1.0, 5.0]},
        "weight": 2.5,
        "text": "I waited an hour.",
        "language": "en",
        "figure": {"name": "Waited", "value": 61.5, "unit": "minutes"},
        "external_ids": [{"source": "crm", "id": "7"}],
    },
    **PLANNED,
    "/v1/consent-purposes": {
        "key": "newsletter",
        "name": "The newsletter",
        "description": "A letter a month",
        "legal_basis": "consent",
        "channel": "email",
        "text": "Yes, write to me",
        **{"text_version": "2026-05", "expires_after_days": 730},
        "external_ids": [{"source": "crm", "id": "7"}],
    },
    "/v1/vocabulary": {
        "kind": "channel",
        "slug": "hotline",
        "label": "Our hotline",
        "owner": "service",
        "present": True,
        "external_ids": [{"source": "crm", "id": "7"}],
    },
    "/v1/contacts": {
        "identifiers": [{"source": "crm", "value": "7"}],
        "traits": {"name": "Ann", "hobbies": ["chess"], "address": {"city": "Ulm"}},
        "test": True,
        "source_updated_at": "2026-05-01T09:30:00Z",
    },
    "/v1/accounts": {
        "name": "Harbour",
        "domain": "harbour.example",
        "traits": {"size": 4, "city": "Ulm"},
        "external_ids": [{"source": "crm", "id": "7"}],
    },
}


def places(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value in a body, with the way to it."""
    yield at, value
    if isinstance(value, dict | list):
        for name, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(one, (*at, name))


def texts(body: Any) -> list[Path]:
    """The ways to all texts in a body."""
    return [at for at, value in places(body) if isinstance(value, str)]


def objects(body: Any) -> list[Path]:
    """The ways to all objects in a body."""
    return [at for at, value in places(body) if isinstance(value, dict)]


def having(body: Any, at: Path, value: Any) -> Any:
    """A copy of the body with another value at one place."""
    if not at:
        return value
    changed = json.loads(json.dumps(body))
    inner = changed
    for name in at[:-1]:
        inner = inner[name]
    inner[at[-1]] = value
    return changed


def refers_to(value: Any, which: str) -> Any:
    """A reference, or a list or object that holds one, to another row."""
    if isinstance(value, list):
        return [refers_to(one, which) for one in value]
    if isinstance(value, dict):
        return {n: which if n.endswith("_id") else one for n, one in value.items()}
    return which


def pointer_to(at: Path) -> str:
    """A place as a JSON pointer."""
    return "".join("/" + str(name).replace("~", "~0").replace("/", "~1") for name in at)


def png(width: int, height: int) -> bytes:
    """A black picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress((b"\0" * (width + 1)) * height)
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
