"""Who drops in a stage: by hand, and against the ways of each contact over maps that change."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.make import Client
from tests.slices.bound import by_id, sent
from tests.slices.test_contact_journeys import ago, did, mapped
from tests.slices.test_laid_out import ago as hours_ago
from tests.slices.test_laid_out import lived

Json = dict[str, Any]
HOURS = 8


def counts(item: Json) -> tuple[Any, ...]:
    return tuple(item[name] for name in ("entered", "continued", "dropped", "undecided"))


async def test_a_stage_is_abandoned_by_whom_no_later_one_follows_in_time(client: Client) -> None:
    made = await mapped(client)
    batch = [
        *(did("Look", 60, "ann"), did("Compare", 50, "ann"), did("Ask", 46, "ann")),
        *(did("Look", 60, "ben"), did("Ask", 45.9, "ben"), did("Sign", 45, "ben")),
        *(did("Offer", 13, "eve"), did("Look", 12, "eve"), did("Something Else", 1, "zoe")),
    ]
    await sent(client, *batch)
    at = f"/v1/journeys/{made['id']}/kpis"
    only = {"keys": "stage_abandonment"}
    found = await client.got(at, params=only)
    first, second, last = found["items"]
    assert [one["stage_id"] for one in found["items"]] == [one["id"] for one in made["stages"]]
    # Exactly fourteen days are within the window, and an hour or two more are not.
    assert counts(first) == (3, 1, 1, 1)
    assert (first["value"]["numerator"], first["value"]["denominator"]) == (1, 2)
    assert counts(second) == (3, 1, 1, 1)
    assert (last["value"]["value"], last["reason"]) == (None, "no_way_on")
    assert counts(last) == (None, None, None, None)
    assert {one["status"] for one in found["items"]} == {"unknown"}
    found = await client.got(at, params={**only, "window_seconds": 3600})
    assert counts(found["items"][0]) == (3, 0, 3, 0)
    found = await client.got(at, params={"from": ago(55), "to": ago(46)})
    assert counts(found["items"][0]) == (1, 1, 0, 0)
    found = await client.got(at, params={"to": "2020-01-01T00:00:00Z"})
    assert (found["reason"], counts(found["items"][0])) == ("no_event", (None,) * 4)
    assert found["items"][0]["reason"] == "no_event"
    await client.patch("/v1/settings", json={"small_cells": 3})
    found = await client.got(at)
    assert counts(found["items"][0])[1:] == (None, None, None)
    assert found["items"][0]["value"]["reason"] == "small_cell"


async def test_a_stage_that_no_event_can_be_in_says_so(client: Client) -> None:
    stages = [{"name": "A", "steps": [{"action": "a", "binding": "Look"}]}]
    stages += [{"name": "B", "steps": [{"action": "b"}]}, {"name": "C", "steps": []}]
    made = await client.made("/v1/journeys", {"title": "Half", "stages": stages})
    await sent(client, did("Look", 20))
    found = await client.got(f"/v1/journeys/{made['id']}/kpis?keys=stage_abandonment")
    assert [one["reason"] for one in found["items"]] == ["not_bound", "not_bound", "no_way_on"]


@pytest.mark.parametrize(("seed", "revisions"), [(12, 0), (13, 3), (14, 4), (15, 6), (17, 8)])
async def test_it_is_what_the_contacts_own_ways_tell(
    client: Client, seed: int, revisions: int
) -> None:
    world = await lived(client, seed, revisions)
    at = f"/v1/journeys/{world.map['id']}"
    found = await client.got(
        f"{at}/kpis", params={"window_seconds": HOURS * 3600, "keys": "stage_abandonment"}
    )
    newest = await client.got(at, params={"revision": "published"} if revisions else {})
    stages = [stage["id"] for stage in newest["stages"]]
    ways = []
    for n in (0, 2, 3, 5):
        who = await by_id(client, f"u{n}")
        items = (await client.got(f"/v1/contacts/{who}/journeys"))["items"]
        ways += [item["path"] for item in items]
    counting = [one for one in world.sent if one["type"] != "identify"]
    of_all = [one for one in counting if one["userId"] in ("u0", "u1", "u5")]
    of_all += [o for o in counting if o["userId"] == "u2" and o["timestamp"] < hours_ago(20)]
    latest = max(datetime.fromisoformat(one["timestamp"]) for one in of_all)
    told = [one for one in found["items"] if one["value"]["numerator"] is not None]
    assert len(told) >= 1
    for item in told:
        assert counts(item) == judged(ways, stages, stages.index(item["stage_id"]), latest)


def judged(ways: list[Json], stages: list[str], stage: int, latest: datetime) -> tuple[int, ...]:
    """The same, way by way."""
    became = {"continued": 0, "dropped": 0, "undecided": 0}
    for way in ways:
        stays = [
            (stages.index(one["stage_id"]), datetime.fromisoformat(one["entered_at"]))
            for one in way
            if one["stage_id"] in stages
        ]
        here = [n for n, one in enumerate(stays) if one[0] == stage]
        if not here:
            continue
        end = stays[here[0]][1] + timedelta(hours=HOURS)
        later = [at for place, at in stays[here[0] :] if place > stage]
        if later and min(later) <= end:
            became["continued"] += 1
        else:
            became["dropped" if end < latest else "undecided"] += 1
    return sum(became.values()), *became.values()
