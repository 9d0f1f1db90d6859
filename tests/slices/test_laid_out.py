"""Everybody laid on a map is where each of them is by themselves: over generated histories, with
several revisions in force, bindings that overlap, and people who were put there by hand."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from service.database import Database
from service.domain.histories import Range
from service.domain.insights.laid.asking import Wanted, judges, laid_out
from service.domain.insights.laid.laying import Laid
from service.domain.work import Caller
from tests.make import Client
from tests.slices.bound import by_id

Json = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)
NAMES = ("Look", "Ask", "Call", "Sign", "Visited")
PEOPLE = 6


def ago(hours: float) -> str:
    return (NOW - timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def _binding(pick: random.Random) -> Any:
    name: Json = {"field": "event", "op": "eq", "value": pick.choice(NAMES)}
    phone: Json = {"field": "channel", "op": "eq", "value": "phone"}
    paid: Json = {"field": "properties.paid", "op": "eq", "value": True}
    everything: Json = {"field": "event", "op": "exists", "value": True}
    page: Json = {"field": "type", "op": "eq", "value": "page"}
    both = ({"all": [name, phone]}, {"any": [name, paid]}, {"not": paid})
    return pick.choice([name, pick.choice(NAMES), phone, page, everything, *both, None, None])


def _event(pick: random.Random, n: int) -> Json:
    told: Json = {"channel": pick.choice(("phone", "web"))} if pick.random() < 0.5 else {}
    told |= {"paid": pick.random() < 0.5} if pick.random() < 0.5 else {}
    return {
        "type": pick.choice(("track", "track", "track", "page", "identify")),
        "messageId": f"m{n}",
        "userId": f"u{pick.randrange(PEOPLE)}",
        "event": pick.choice(NAMES),
        "timestamp": ago(pick.randrange(1, 60)),
        "properties": told,
    }


class World:
    """A map that changes while people do things."""

    def __init__(self, client: Client, pick: random.Random) -> None:
        self.client, self.pick = client, pick
        self.sent: list[Json] = []

    async def made(self) -> Json:
        met = []
        for n in range(2):
            body = {"name": f"Met {n}", "binding": self.pick.choice(NAMES)}
            met.append((await self.client.made("/v1/touchpoints", body))["id"])
        stages = []
        for n in range(3):
            steps = [
                {
                    "action": f"Step {n}.{m}",
                    "binding": _binding(self.pick),
                    "private": self.pick.random() < 0.2,
                    "touchpoints": [
                        {"touchpoint_id": one} for one in met if self.pick.random() < 0.4
                    ],
                }
                for m in range(self.pick.randrange(1, 4))
            ]
            stages.append({"name": f"Stage {n}", "steps": steps})
        body = {"title": "Buying", "stages": stages}
        self.map = await self.client.made("/v1/journeys", body)
        return self.map

    async def changes(self) -> None:
        now = await self.client.got(f"/v1/journeys/{self.map['id']}")
        steps = [step for stage in now["stages"] for step in stage["steps"]]
        for step in self.pick.sample(steps, min(2, len(steps))):
            kind = self.pick.random()
            at = f"/v1/steps/{step['id']}"
            if kind < 0.6:
                await self.client.patch(at, json={"binding": _binding(self.pick)})
            elif kind < 0.8:
                stage = self.pick.choice(now["stages"])["id"]
                await self.client.patch(at, json={"stage_id": stage, "after": None})
            elif len(steps) > 2:
                await self.client.delete(at)

    async def is_published(self) -> None:
        body = {"effective_from": ago(self.pick.randrange(1, 60))}
        body = body if self.pick.random() < 0.8 else {}
        await self.client.made(f"/v1/journeys/{self.map['id']}/publish", body)

    async def is_done(self, many: int) -> None:
        batch = self.sent = [_event(self.pick, n) for n in range(many)]
        answer = await self.client.post("/v1/batch", json={"batch": batch})
        assert answer.json()["accepted"] == many, answer.text

    async def is_put(self) -> None:
        now = await self.client.got(f"/v1/journeys/{self.map['id']}")
        stage = self.pick.choice([one for one in now["stages"] if one["steps"]])
        body: Json = {"journey_id": self.map["id"], "at": ago(self.pick.randrange(1, 60))}
        body |= {"stage_key": stage["key"]}
        if self.pick.random() < 0.6:
            body |= {"step_key": self.pick.choice(stage["steps"])["key"]}
        who = await by_id(self.client, f"u{self.pick.randrange(PEOPLE)}")
        # Where the map of that time had no such place it is refused.
        await self.client.post(f"/v1/contacts/{who}/journeys", json=body)


async def lived(client: Client, seed: int, revisions: int) -> World:
    world = World(client, random.Random(seed))
    await world.made()
    for _ in range(revisions):
        await world.is_published()
        await world.changes()
    await world.is_done(120)
    for _ in range(8):
        await world.is_put()
    people = [await by_id(client, f"u{n}") for n in range(PEOPLE)]
    merge = {"winner_id": people[0], "loser_id": people[1]}
    await client.made("/v1/contacts/merge", merge)
    said = {"purpose": "analytics", "granted": False, "at": ago(20)}
    await client.made(f"/v1/contacts/{people[2]}/consents", said)
    await client.post(f"/v1/contacts/{people[3]}/restrict")
    await client.patch(f"/v1/contacts/{people[4]}", json={"test": True})
    return world


Stay = tuple[tuple[str, str | None], str, int]


def told(on_map: Laid) -> dict[str, list[Stay]]:
    """The stays of each person: where, since when, and of how many rows."""
    ids = np.frombuffer(on_map.found.people, dtype="V16").tolist()
    found: dict[str, list[Stay]] = {}
    for row in np.flatnonzero(on_map.touched).tolist():
        who = str(UUID(bytes=ids[int(on_map.found.person[row])]))
        spot = on_map.spots[int(on_map.spot[row])]
        stays = found.setdefault(who, [])
        at = datetime.fromtimestamp(int(on_map.found.at[row]) / 1_000_000, UTC)
        place = (spot.stage_id, spot.step_id)
        if stays and stays[-1][0] == place:
            stays[-1] = (place, stays[-1][1], stays[-1][2] + 1)
        else:
            stays.append((place, at.isoformat(), 1))
    return found


@pytest.mark.parametrize("every", [False, True], ids=["at steps", "all events"])
@pytest.mark.parametrize(("seed", "revisions"), [(1, 0), (2, 1), (3, 3), (4, 4), (5, 6), (6, 8)])
async def test_everybody_is_where_each_of_them_is(
    client: Client,
    database: Database,
    workspace: Caller,
    seed: int,
    revisions: int,
    *,
    every: bool,
) -> None:
    world = await lived(client, seed, revisions)
    async with database.analyse(workspace) as work:
        by = await judges(work, UUID(world.map["id"]), None)
        found = await laid_out(work, by, Wanted(Range(), None, every=every))
    assert by.revision == ("in_force" if revisions else "draft")
    stays = told(found.laid)
    expected = {}
    for n in (0, 2, 3, 5):
        who = await by_id(client, f"u{n}")
        items = (await client.got(f"/v1/contacts/{who}/journeys"))["items"]
        for item in items:
            expected[who] = [
                (
                    (one["stage_id"], one["step_id"]),
                    datetime.fromisoformat(one["entered_at"]).isoformat(),
                    one["events"],
                )
                for one in item["path"]
            ]
    assert stays == expected
    assert len(expected) == 3
