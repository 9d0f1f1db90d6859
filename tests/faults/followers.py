"""Those who write whatever there is to write, and those who follow what was written."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
from fastapi import FastAPI

from service.database import Database
from service.domain import journeys
from service.domain.ids import new_id
from service.domain.work import Caller
from tests.make import Client, journey
from tests.streams import EVENTS, taking

PATH = "/v1/changes"
Told = tuple[str, str, str, int]
"""A change: kind, id, operation, version."""
BUSY = {409, 503}
"""What may befall a writer among many; it has then written nothing it was told of."""


class Busy:
    """Writes maps, steps and touchpoints of its own, and keeps what it was told was done."""

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.name = name
        self.chance = Random(name)
        self.acknowledged: list[Told] = []
        self.maps: list[str] = []
        self.stages: list[str] = []
        self.steps: dict[str, int] = {}
        self.touchpoints: dict[str, int] = {}

    async def write(self) -> None:
        """One write, by chance."""
        ways: list[Callable[[], Awaitable[None]]] = [self.new_map, self.new_touchpoint]
        ways += [self.new_step] * 3 if self.stages else []
        ways += [self.patch_map] if self.maps else []
        ways += [self.patch_step] * 4 + [self.erase_step] if self.steps else []
        ways += [self.patch_touchpoint, self.erase_touchpoint] if self.touchpoints else []
        await self.chance.choice(ways)()

    async def sent(self, method: str, path: str, body: Any = None) -> dict[str, Any] | None:
        """What came of a call; None of one that was turned away."""
        answer: httpx.Response = await self.client.request(method, path, json=body)
        if answer.status_code in BUSY:
            return None
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else {}

    def done(self, kind: str, which: str, version: int, op: str = "upsert") -> None:
        self.acknowledged.append((kind, which, op, version))

    async def new_map(self) -> None:
        if len(self.maps) > 2:
            return await self.erase_map()
        made = await self.sent("POST", "/v1/journeys", journey(1, 2, title=self.name))
        if made:
            self.maps.append(made["id"])
            self.done("journey", made["id"], made["version"])
            self.done("transition", made["transitions"][0]["id"], 1)
            for stage in made["stages"]:
                self.stages.append(stage["id"])
                self.done("stage", stage["id"], stage["version"])
                for step in stage["steps"]:
                    self.done("step", step["id"], step["version"])
        return None

    async def erase_map(self) -> None:
        which = self.maps.pop(0)
        gone = await self.client.get(f"/v1/journeys/{which}")
        if gone.status_code == 503:
            return
        version = gone.json()["version"]
        kept = {stage["id"] for stage in gone.json()["stages"]}
        steps = {step["id"] for stage in gone.json()["stages"] for step in stage["steps"]}
        self.stages = [stage for stage in self.stages if stage not in kept]
        self.steps = {step: at for step, at in self.steps.items() if step not in steps}
        if await self.sent("DELETE", f"/v1/journeys/{which}") is not None:
            self.done("journey", which, version, "erase")

    async def patch_map(self) -> None:
        which = self.chance.choice(self.maps)
        made = await self.sent("PATCH", f"/v1/journeys/{which}", {"title": f"{self.name} again"})
        if made:
            self.done("journey", which, made["version"])

    async def new_step(self) -> None:
        stage, body = self.chance.choice(self.stages), {"action": self.name, "emotion": 1}
        made = await self.sent("POST", f"/v1/stages/{stage}/steps", body)
        if made:
            self.steps[made["id"]] = made["version"]
            self.done("step", made["id"], made["version"])

    async def patch_step(self) -> None:
        which = self.chance.choice([*self.steps])
        body: dict[str, Any] = {"emotion": self.chance.choice([-2, -0.5, 0, 1.5])}
        body |= {"after": None} if self.chance.random() < 0.2 else {}
        made = await self.sent("PATCH", f"/v1/steps/{which}", body)
        if made and made["version"] != self.steps[which]:
            self.steps[which] = made["version"]
            self.done("step", which, made["version"])

    async def erase_step(self) -> None:
        which, version = self.steps.popitem()
        if await self.sent("DELETE", f"/v1/steps/{which}") is not None:
            self.done("step", which, version, "erase")

    async def new_touchpoint(self) -> None:
        made = await self.sent("POST", "/v1/touchpoints", {"name": str(new_id())})
        if made:
            self.touchpoints[made["id"]] = made["version"]
            self.done("touchpoint", made["id"], made["version"])

    async def patch_touchpoint(self) -> None:
        which = self.chance.choice([*self.touchpoints])
        made = await self.sent("PATCH", f"/v1/touchpoints/{which}", {"channel": self.name})
        if made:
            self.touchpoints[which] = made["version"]
            self.done("touchpoint", which, made["version"])

    async def erase_touchpoint(self) -> None:
        which, version = self.touchpoints.popitem()
        if await self.sent("DELETE", f"/v1/touchpoints/{which}") is not None:
            self.done("touchpoint", which, version, "erase")


class Slow:
    """Writes, and takes its time before it commits."""

    def __init__(self, database: Database, caller: Caller, name: str) -> None:
        self.database, self.caller = database, caller
        self.chance = Random(name)
        self.acknowledged: list[Told] = []

    async def write(self) -> None:
        """One touchpoint, in a transaction that stays open a while."""
        async with self.database.write(self.caller) as work:
            new = journeys.NewTouchpoint(name=str(new_id()))
            made = await journeys.TOUCHPOINTS.create(work, new)
            await asyncio.sleep(self.chance.random() * 0.7)
        self.acknowledged.append(("touchpoint", str(made.id), "upsert", made.version))


class Idle:
    """Holds a transaction of another database open, with a number of its own."""

    def __init__(self, connection: asyncpg.Connection, name: str) -> None:
        self.connection = connection
        self.chance = Random(name)
        self.acknowledged: list[Told] = []

    async def write(self) -> None:
        """Nothing, for a while."""
        async with self.connection.transaction():
            await self.connection.fetchval("SELECT pg_current_xact_id()::text")
            await asyncio.sleep(self.chance.random() * 0.5)


class Follower:
    """Follows the changes, and counts each."""

    def __init__(self, client: Client, after: str) -> None:
        self.client = client
        self.after = after
        self.seen: Counter[Told] = Counter()

    def met(self, change: dict[str, Any]) -> None:
        """A change came."""
        self.seen[change["kind"], change["id"], change["op"], change["version"]] += 1

    async def polling(self, limit: int) -> None:
        """By pages of so many."""
        while True:
            answer = await self.client.get(f"{PATH}?limit={limit}&after={quote(self.after)}")
            if answer.status_code == 503:
                continue
            page = answer.json()
            self.after = page["next"]
            for change in page["items"]:
                self.met(change)
            await asyncio.sleep(0 if len(page["items"]) == limit else 0.02)

    async def by_lines(self) -> None:
        """Line by line, again and again."""
        headers = {"Accept": "application/x-ndjson"}
        while True:
            answer = await self.client.get(f"{PATH}?after={quote(self.after)}", headers=headers)
            if answer.status_code == 503:
                continue
            *changes, last = (json.loads(line) for line in answer.text.splitlines())
            self.after = last["next"]
            for change in changes:
                self.met(change)
            await asyncio.sleep(0.1)

    async def by_events(self, app: FastAPI, name: str) -> None:
        """By streams that it leaves in the middle, to go on from the last place it was told."""
        chance, first = Random(name), self.after
        while True:
            patience = chance.choice([1, 7, 150, 1000])
            place = {"after": first, "last_event_id": self.after}
            async with taking(app, self.client, PATH, EVENTS, **place) as stream:
                async for event in stream.events():
                    self.after = event.id
                    if event.data is not None:
                        self.met(event.data)
                    patience -= 1
                    if not patience:
                        break
