"""What events tell of handoffs and transitions: against plain loops, over several revisions."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from tests.make import Client
from tests.measures.followed import steps_of
from tests.measures.gap_lists import found
from tests.measures.plain_passing import Event, Passing, excess

Json = dict[str, Any]
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
SECOND_HOLDS = BEGIN + timedelta(days=9)
ORDER = "pqrst"
FIRST, THEN = (
    {one: one for one in ORDER},
    {"p": "p", "x": "q", "r": "r", "y": "r", "s": "s", "t": "t"},
)
EITHER = {"field": "event", "op": "in", "value": ["r", "y"]}
DAYS_3 = 3 * 86_400


def body(**expected: Any) -> Json:
    """Two steps on the web, then three by telephone: q to r crosses."""
    channels = dict(zip(ORDER, ("web", "web", "phone", "phone", "phone"), strict=True))
    steps = [{"key": one, "action": one, "channel": channels[one], "binding": one} for one in ORDER]
    stages = [
        {"name": "look", "key": "look", "steps": steps[:2]},
        {"name": "buy", "key": "buy", "steps": steps[2:]},
    ]
    edges = [
        {"from": one, "to": two, **({"expected_seconds": expected[one]} if one in expected else {})}
        for one, two in pairwise(ORDER)
    ]
    return {"title": "Passing", "stages": stages, "transitions": edges}


def bound(time: datetime) -> Mapping[str, str]:
    return FIRST if time < SECOND_HOLDS else THEN


def events(seed: int) -> list[Event]:
    pick = random.Random(seed)
    made: list[Event] = []
    for n in range(60):
        at = BEGIN + timedelta(seconds=pick.randrange(15 * 86_400))
        for _ in range(pick.randrange(1, 12)):
            made.append((f"u{n}", pick.choice("ppqqxxrryst"), at))
            at += timedelta(seconds=pick.randrange(60, 2 * 86_400))
    return made


async def send(client: Client, made: list[Event]) -> None:
    batch = [
        {
            **{"type": "track", "userId": who, "event": name, "messageId": f"{who} {time} {n}"},
            "timestamp": time.isoformat(),
        }
        for n, (who, name, time) in enumerate(made)
    ]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == len(batch), answer.text


async def twice_published(client: Client, **expected: Any) -> Json:
    """A map of which q and r are bound otherwise from a day on."""
    made = await client.made("/v1/journeys", body(**expected))
    await client.made(f"/v1/journeys/{made['id']}/publish", {})
    by_key = {step["key"]: step["id"] for step in steps_of(made)}
    for key, binding in (("q", "x"), ("r", EITHER)):
        answer = await client.patch(f"/v1/steps/{by_key[key]}", json={"binding": binding})
        assert answer.status_code == 200, answer.text
    later = {"effective_from": SECOND_HOLDS.isoformat()}
    await client.made(f"/v1/journeys/{made['id']}/publish", later)
    return made


@pytest.mark.parametrize("seed", range(4))
async def test_the_terms_of_a_handoff_are_those_of_plain_loops(client: Client, seed: int) -> None:
    made = await twice_published(client)
    told = events(seed)
    await send(client, told)
    plain = Passing(ORDER, told, bound, timedelta(seconds=DAYS_3))
    begin, end = BEGIN + timedelta(days=4), BEGIN + timedelta(days=12)
    ranges: list[tuple[Json, Any]] = [
        ({}, lambda _: True),
        ({"from": begin.isoformat(), "to": end.isoformat()}, lambda time: begin <= time < end),
    ]
    for asked, inside in ranges:
        given = {"window_seconds": str(DAYS_3), "least_count": "1", **asked}
        answer = await found(client, made["id"], kind="channel_handoff", **given)
        (gap,) = answer["items"]
        signals = {one["name"]: one for one in gap["signals"]}
        here, usual = plain.left("q", inside), plain.usual(inside, "p", "r", "s")
        assert gap["continuation"]["numerator"] == here.continued
        assert gap["continuation"]["denominator"] == here.continued + here.dropped
        assert gap["undecided"] == here.undecided
        assert gap["baseline"]["continuation"]["numerator"] == usual.continued
        assert gap["baseline"]["undecided"] == usual.undecided
        expected = max(0.0, here.drop_off - usual.drop_off)
        assert signals["excess_drop_off"]["value"] == pytest.approx(expected, abs=1e-9)
        times = plain.seconds(inside, ("q", "r"))
        straight = plain.seconds(inside, ("p", "q"), ("r", "s"), ("s", "t"))
        late = excess(times, median(straight))
        assert signals["excess_delay"]["value"] == pytest.approx(late, abs=1e-9)
        assert signals["excess_delay"]["count"] == len(times)
        # (0.2 × 1/3 + 0.3 × drop-off + 0.1 × delay) / 0.6: nobody rated the steps.
        severity = 100 * (0.2 / 3 + 0.3 * expected + 0.1 * late) / 0.6
        assert gap["severity"] == pytest.approx(severity)
        assert gap["confidence"] == pytest.approx(0.6)
        lowest = min(
            (plain.taken(one, two, inside) for one, two in pairwise(ORDER)),
            key=lambda one: -one.drop_off,
        )
        answer = await found(client, made["id"], kind="drop_off", **given)
        weakest = [
            one for one in answer["items"] if one["explanation"]["code"] == "drop_off_lowest"
        ]
        counts = [(one["continuation"]["numerator"], one["undecided"]) for one in weakest]
        assert counts in ([], [(lowest.continued, lowest.undecided)])


async def test_under_the_least_count_what_events_tell_is_unknown(client: Client) -> None:
    made = await twice_published(client)
    await send(client, events(0))
    (gap,) = (await found(client, made["id"], kind="channel_handoff", least_count="61"))["items"]
    assert {"excess_drop_off", "excess_delay"} <= {*gap["unknown"]}
    assert (gap["continuation"], gap["confidence"]) == (None, 0.2)


async def test_what_takes_longer_than_the_map_expects_is_a_delay(client: Client) -> None:
    made = await twice_published(client, q=60, r=10**7)
    told = events(1)
    await send(client, told)
    asked = {"window_seconds": str(DAYS_3), "least_count": "5"}
    (gap,) = (await found(client, made["id"], kind="delay", **asked))["items"]
    plain = Passing(ORDER, told, bound, timedelta(seconds=DAYS_3))
    times = plain.seconds(lambda _: True, ("q", "r"))
    assert gap["explanation"]["values"]["seconds"] == pytest.approx(median(times))
    assert gap["explanation"]["values"]["contacts"] == len(times)
    # By the map's own time, not by that of other transitions.
    (handoff,) = (await found(client, made["id"], kind="channel_handoff", **asked))["items"]
    signals = {one["name"]: one["value"] for one in handoff["signals"]}
    assert signals["excess_delay"] == 1.0
