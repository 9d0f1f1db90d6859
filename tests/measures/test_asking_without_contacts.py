"""Keys without contacts:read: every condition and field of every analysis asks for declared
dimensions of events alone, in REST and in GraphQL."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.faces.asking import answered, camel
from tests.make import Client, pointers
from tests.measures.doing import Json

STEPS: Json = {"steps": [{"any_of": ["a"]}, {"any_of": ["b"]}]}
ASKED: Mapping[str, tuple[str, str, Json]] = {
    "sessions": ("sessions", "SessionsQueryInput", {}),
    "funnels": ("funnel", "FunnelsQueryInput", STEPS),
    "kpis": ("kpiValue", "KpiQueryInput", {"kpi": "revenue"}),
    "transitions": ("observedTransitions", "TransitionsQueryInput", {}),
    "paths": ("paths", "PathsQueryInput", {}),
    "conformance": ("conformance", "ConformanceQueryInput", {"planned": ["a"]}),
    "retention": ("retention", "RetentionQueryInput", {}),
    "attribution": ("attribution", "AttributionQueryInput", {"goal": "a", "touch": "b"}),
    "correlates": ("correlates", "CorrelatesQueryInput", {"goal": "a"}),
    "drivers": ("drivers", "DriversQueryInput", {}),
    "surveys": ("surveys", "SurveysQueryInput", {}),
}
"""By path: its field in GraphQL, the field's input, and the least it takes."""
TELLING: Mapping[str, Json] = {
    "property": {"field": "properties.sku", "op": "eq", "value": 1},
    "trait": {"field": "traits.city", "op": "eq", "value": "Ulm"},
    "context": {"field": "context.locale", "op": "exists", "value": True},
    "person": {"field": "user_id", "op": "eq", "value": "u"},
}
OF_PEOPLE: Mapping[str, Json] = {
    "did": {"did": "Order Completed"},
    "member_of": {
        "field": "member_of",
        "op": "eq",
        "value": "0198c7f0-0000-7000-8000-000000000010",
    },
    "consent": {"consent": "email_marketing"},
}
DECLARED: Json = {"field": "device", "op": "eq", "value": "phone"}
CONDITIONS = (
    *((path, ("filter",)) for path in ASKED),
    *(("funnels", at) for at in (("steps", 0, "any_of", 0), ("exclude", 0, "selection"))),
    *(("kpis", ("parameters", name)) for name in ("order",)),
    *(("paths", (name,)) for name in ("start", "end")),
    ("conformance", ("only_with",)),
    *(("retention", (name,)) for name in ("start", "return")),
    *(("attribution", (name,)) for name in ("goal", "touch")),
    ("correlates", ("goal",)),
    *(("drivers", (name,)) for name in ("order", "referral", "activity")),
)
FIELDS = (
    ("sessions", ("switches", 0)),
    ("funnels", ("breakdown",)),
    ("kpis", ("breakdown", 0)),
    *(("kpis", ("parameters", name)) for name in ("amount", "currency")),
)


@pytest.fixture
async def analyst(client: Client) -> AsyncIterator[Client]:
    """Who sees figures, and no people."""
    made = {"name": "Figures", "scopes": ["analytics:read"]}
    key = (await client.made("/v1/api-keys", made))["key"]
    before = client.headers["Authorization"]
    client.headers["Authorization"] = f"Bearer {key}"
    yield client
    client.headers["Authorization"] = before


def put(body: Any, at: tuple[Any, ...], value: Any) -> Any:
    """A body with a value at a place, the lists and objects on the way made."""
    head, *rest = at
    if isinstance(head, int):
        held = [*(body or [])]
        inner = put(held[head] if held else None, tuple(rest), value) if rest else value
        return [inner, *held[1:]]
    held = dict(body or {})
    return {**held, head: put(held.get(head), tuple(rest), value) if rest else value}


async def refusals(client: Client, path: str, body: Json) -> tuple[set[str], set[str]]:
    """Where both faces refuse a body as telling people apart; nowhere where they answer."""
    answer = await client.post(f"/v1/{path}/query", json=body)
    assert answer.status_code in (200, 422), answer.text
    found = answer.json().get("errors", [])
    assert {one["code"] for one in found} <= {"needs_contacts_read"}, found
    field, kind, _ = ASKED[path]
    query = f"query ($input: {kind}!) {{ {field}(input: $input) {{ __typename }} }}"
    told = await answered(client, query, input=_spelt(body))
    errors = [one for each in told.get("errors", []) for one in each["extensions"]["errors"]]
    assert {one["code"] for one in errors} <= {"needs_contacts_read"}, told
    return {one["pointer"] for one in found}, {one["pointer"] for one in errors}


def _spelt(body: Json) -> Any:
    """As GraphQL spells members; conditions are JSON, whose names stay."""
    if isinstance(body, list):
        return [_spelt(one) for one in body]
    if not isinstance(body, dict) or {"field", "did", "consent"} & body.keys():
        return body
    return {next(iter(camel({name: 0}))): _spelt(one) for name, one in body.items()}


@pytest.mark.parametrize(("path", "at"), CONDITIONS)
async def test_no_condition_tells_people_apart(
    analyst: Client, path: str, at: tuple[Any, ...]
) -> None:
    *_, least = ASKED[path]
    pointer = "/" + "/".join(str(one) for one in at)
    for one in TELLING.values():
        assert await refusals(analyst, path, put(least, at, one)) == ({pointer},) * 2
    inner = {"any": [DECLARED, {"not": TELLING["trait"]}]}
    rest = await analyst.post(f"/v1/{path}/query", json=put(least, at, inner))
    assert (rest.status_code, pointers(rest)) == (422, {f"{pointer}/any/1/not"})
    assert await refusals(analyst, path, put(least, at, DECLARED)) == (set(), set())


@pytest.mark.parametrize("path", ASKED)
async def test_no_filter_asks_what_people_are(analyst: Client, path: str) -> None:
    field, kind, least = ASKED[path]
    query = f"query ($input: {kind}!) {{ {field}(input: $input) {{ __typename }} }}"
    for one in OF_PEOPLE.values():
        body = put(least, ("filter",), one)
        answer = await analyst.post(f"/v1/{path}/query", json=body)
        assert answer.status_code in (403, 422), answer.text
        told = await answered(analyst, query, input=_spelt(body))
        assert told["data"] == {field: None}
        assert told["errors"]


@pytest.mark.parametrize(("path", "at"), FIELDS)
async def test_no_field_tells_people_apart(analyst: Client, path: str, at: tuple[Any, ...]) -> None:
    *_, least = ASKED[path]
    pointer = "/" + "/".join(str(one) for one in at)
    for name in ("properties.sku", "traits.city", "user_id"):
        assert await refusals(analyst, path, put(least, at, name)) == ({pointer},) * 2
    assert await refusals(analyst, path, put(least, at, "device")) == (set(), set())
