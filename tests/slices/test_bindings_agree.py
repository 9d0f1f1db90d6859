"""Whatever is bound, the database counts what the language means: held against its other
interpreter, over generated events and bindings."""

import json
import random
from collections import Counter
from typing import Any

import pytest

from service.domain import filters
from tests.make import Client

Json = dict[str, Any]
EVENTS, BINDINGS = 150, 40
NAMES = ("Call Started", "Mail Sent", "Visited", "客户")
VALUES: tuple[Any, ...] = (0, 1, 2.5, "a", "ab", "Ä", True, None, ["a", 1], [], {"b": "a"})
OPS = ("eq", "ne", "lt", "ge", "in", "between", "contains", "starts_with", "matches", "exists")
FIELDS = ("event", "device", "channel", "type", "properties.a", "properties.a.b", "context.x")


def _event(random: random.Random, n: int) -> Json:
    found: Json = {
        "type": random.choice(("track", "track", "page", "screen", "identify")),
        "messageId": f"m{n}",
        "userId": f"u{random.randrange(12)}",
        "event": random.choice(NAMES),
        "timestamp": f"2026-0{random.randint(3, 5)}-{random.randint(1, 28):02}T10:00:00Z",
        "properties": {"a": random.choice(VALUES)},
        "context": {"x": random.choice(VALUES)},
    }
    if random.random() < 0.5:
        found["properties"]["channel"] = random.choice(("phone", "web"))
    return found


def _test(random: random.Random) -> Json:
    field, op = random.choice(FIELDS), random.choice(OPS)
    if op == "exists":
        return {"field": field, "op": op, "value": random.random() < 0.5}
    texts = field in FIELDS[:4] or op in ("contains", "starts_with", "matches")
    held: list[Any] = [*NAMES, "phone", "track", "a", "*a*"] if texts else [0, 1, 2.5]
    if op == "in":
        return {"field": field, "op": op, "value": random.sample(held, 2)}
    if op == "between":
        return {"field": field, "op": op, "value": sorted(random.sample(held, 2))}
    return {"field": field, "op": op, "value": random.choice(held)}


def _binding(random: random.Random, depth: int = 3) -> Any:
    kind = random.choice(("test", "test", "all", "any", "not", "name"))
    if kind == "name" and depth == 3:
        return random.choice(NAMES)
    if depth == 0 or kind in ("test", "name"):
        return _test(random)
    if kind == "not":
        return {"not": _binding(random, depth - 1) if depth > 1 else _test(random)}
    parts = [_inner(random, depth - 1) for _ in range(random.randint(0, 3))]
    return {kind: parts}


def _inner(random: random.Random, depth: int) -> Json:
    found = _binding(random, depth)
    return found if isinstance(found, dict) else _test(random)


def _taken(binding: Any, events: list[Json]) -> list[Json]:
    parsed = filters.parse_selection(binding, filters.BINDINGS)
    return [one for one in events if filters.evaluate(parsed, filters.lookup_in(one)) is True]


async def _stored(client: Client, random: random.Random) -> list[Json]:
    """The events of paths that came of generated messages."""
    batch = [_event(random, n) for n in range(EVENTS)]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == EVENTS, answer.text
    lines = (await client.get("/v1/events", headers={"Accept": "application/x-ndjson"})).text
    *events, _ = [json.loads(line) for line in lines.splitlines()]
    return [one for one in events if one["type"] in ("track", "page", "screen")]


@pytest.mark.parametrize("seed", range(4))
async def test_a_preview_counts_what_the_language_means(client: Client, seed: int) -> None:
    generator = random.Random(seed)
    events = await _stored(client, generator)
    hits = 0
    for _ in range(BINDINGS):
        binding = _binding(generator)
        answer = await client.post("/v1/bindings/preview", json={"binding": binding, "limit": 5})
        assert answer.status_code == 200, (binding, answer.text)
        found, taken = answer.json(), _taken(binding, events)
        hits += bool(taken)
        assert found["events"] == len(taken), binding
        assert found["not_taken"] == len(events) - len(taken), binding
        assert found["contacts"] == len({one["contact_id"] for one in taken}), binding
        names = Counter(one["event"] for one in taken)
        assert {one["event"]: one["count"] for one in found["by_event"]} == names, binding
        times = sorted(one["timestamp"] for one in taken)
        assert len(found["examples"]) == min(5, len(taken))
        shown = [one["timestamp"][:10] for one in found["examples"]]
        assert shown == [one[:10] for one in times[::-1][:5]], binding
    assert hits > BINDINGS / 4


@pytest.mark.parametrize("seed", range(4))
async def test_a_map_covers_what_the_language_means(client: Client, seed: int) -> None:
    generator = random.Random(seed + 100)
    events = await _stored(client, generator)
    bindings = [_binding(generator) for _ in range(8)]
    steps = [{"action": f"Step {n}", "binding": one} for n, one in enumerate(bindings)]
    body = {"title": "Bound", "stages": [{"name": "Stage", "steps": steps}]}
    made = await client.made("/v1/journeys", body)
    found = await client.got(f"/v1/journeys/{made['id']}/bindings")
    taken = [{one["message_id"] for one in _taken(binding, events)} for binding in bindings]
    assert [one["events"] for one in found["steps"]] == [len(one) for one in taken]
    free = Counter(one["event"] for one in events if one["message_id"] not in set().union(*taken))
    assert {one["event"]: one["count"] for one in found["unbound"]} == free
    ids = [one["id"] for one in made["stages"][0]["steps"]]
    answer = await client.post("/v1/bindings/preview", json={"step_id": ids[0]})
    both = {ids[n]: len(taken[0] & one) for n, one in enumerate(taken) if n and taken[0] & one}
    assert {one["step_id"]: one["events"] for one in answer.json()["overlaps"]} == both
