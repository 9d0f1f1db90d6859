"""Answers that a process remembers are those that it would compute, whatever happens meanwhile.

`WAYPOST_OPERATIONS` says how many random writes there are, `WAYPOST_SEED` which.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from service import folding
from service.database import Database
from service.domain import insights, privacy
from service.domain.memory import FORGETFUL, Memory
from service.domain.work import Caller, Scope, Work
from service.settings import Settings
from tests.make import BY_ANN, Client
from tests.measures.followed import bound, steps_of
from tests.measures.streams import World, sent

Json = dict[str, Any]
OPERATIONS = int(os.environ.get("WAYPOST_OPERATIONS", "40"))
SEED = int(os.environ.get("WAYPOST_SEED", "1"))
BEGUN, ENDED = "2026-05-02T00:00:00Z", "2026-05-04T00:00:20Z"
EVENTS = ("Seen", "Paid", "Zoë", "Left")
GOAL = {"field": "event", "op": "eq", "value": "Paid"}
SAID = {"purpose": "analytics", "means": "form"}
WORTH = {"amount": 20, "currency": "EUR"}


class Counted(Memory):
    """Counts how often something was remembered."""

    times = 0

    def found(self, key: bytes) -> Any:
        held = super().found(key)
        # What is known of identifiers is no answer.
        self.times += held is not None and len(key) == 32
        return held


class Clock:
    """All processes have one time, which passes when it is told to."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@asynccontextmanager
async def instances(
    settings: Settings, number: int, now: Callable[[], datetime]
) -> AsyncIterator[list[Database]]:
    """As many processes with a memory each, and one that remembers nothing."""
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(number + 1):
            one = Database(settings.database_url, settings, now)
            stack.push_async_callback(one.close)
            one.memory = Counted()
            made.append(one)
        made[-1].memory = FORGETFUL
        yield made


def asked_of(journey_id: UUID) -> list[Callable[[Work], Awaitable[Any]]]:
    """What a page of a map asks, of all that happened and of a range."""
    ranges: list[Json] = [{}, {"from": BEGUN}, {"from": BEGUN, "to": ENDED}]
    wanted = insights.Wanted(insights.Asked(journey_id))
    found: list[Callable[[Work], Awaitable[Any]]] = []
    for one in ranges:
        curve, gaps = insights.Ranged(**one), insights.JourneyGapsQuery(**one, least_count=1)
        funnel = insights.JourneyFunnelQuery(**one, by="stage", window_seconds=86_400)
        kpis = insights.JourneyKpisQuery(**one)
        found += [
            lambda work, curve=curve: insights.emotion_curve(work, wanted, curve),
            lambda work, gaps=gaps: insights.journey_gaps(work, journey_id, gaps),
            lambda work, funnel=funnel: insights.journey_funnel(work, journey_id, funnel),
            lambda work, kpis=kpis: insights.journey_kpis(work, journey_id, kpis),
        ]
    return found


class Shop(World):
    """The same where there is a map, whose owner changes it, and settings."""

    def __init__(self, client: Client, database: Database, caller: Caller, seed: int) -> None:
        super().__init__(client, database, caller, seed)
        self.made: Json = {}
        self.other: Json = {}

    async def opens(self) -> UUID:
        """A map that is bound to what happens here."""
        stages = {"look": ("Seen", "Zoë"), "buy": ("Paid",), "after": ("Left",)}
        body = bound(stages, goal=GOAL, value_per_conversion=WORTH)
        self.made = await self.client.made("/v1/journeys", body)
        await self.client.post(f"/v1/journeys/{self.made['id']}/publish", json={})
        self.other = await self.client.made("/v1/journeys", bound({"elsewhere": ("else",)}))
        return UUID(self.made["id"])

    async def pays(self) -> None:
        """Properties that segments do not keep; what is too old is not taken."""
        when = f"2026-05-0{self.random.randrange(1, 6)}T00:01:0{self.random.randrange(9)}Z"
        paid = {"revenue": self.random.randrange(9), "currency": "EUR"}
        said = {"survey": "csat", "score": self.random.randrange(1, 6), "scale": 5}
        said["journey_id"] = self.made["id"]
        told = {"Order Completed": paid, "Survey Answered": said}
        one = {"type": "track", "timestamp": when, "userId": f"u{self.random.randrange(8)}"}
        batch = [{**one, "event": name, "properties": told[name]} for name in told]
        answer = await self.client.post("/v1/batch", json={"batch": batch})
        assert answer.status_code == 200, answer.text

    async def objects(self) -> None:
        """Of what they did, some of it and all of it."""
        said = {**SAID, "granted": self.random.random() < 0.4}
        said["at"] = f"2026-05-0{self.random.randrange(1, 6)}T00:00:00Z"
        if who := await self._person():
            await self.client.post(f"/v1/contacts/{who}/consents", json=said)

    async def rebinds(self) -> None:
        step = self.random.choice(steps_of(self.made))
        binding = {"field": "event", "op": "eq", "value": self.random.choice(EVENTS)}
        await self.client.patch(f"/v1/steps/{step['id']}", json={"binding": binding})
        if self.random.random() < 0.7:
            await self.client.post(f"/v1/journeys/{self.made['id']}/publish", json={})

    async def is_put(self) -> None:
        if who := await self._person():
            step = self.random.choice(steps_of(self.made))
            at = {"journey_id": self.made["id"], "step_id": step["id"]}
            path = f"/v1/contacts/{who}/journeys"
            answer = await self.client.post(path, json=at, headers=BY_ANN)
            assert answer.status_code in (201, 409, 422), answer.text

    async def binds_elsewhere(self) -> None:
        """What another map claims is claimed by none of this one's steps."""
        (step,) = steps_of(self.other)
        name = self.random.choice(["Order Completed", "Survey Answered", "Else"])
        answer = await self.client.patch(f"/v1/steps/{step['id']}", json={"binding": name})
        assert answer.status_code == 200, answer.text

    async def sets(self) -> None:
        small = self.random.choice([None, None, 2])
        # Some of what happened is too old, or all of it is told.
        age = (datetime.now(UTC) - datetime(2026, 5, 3, tzinfo=UTC)).days
        days = self.random.choice([None, None, age, age + 100])
        await self.client.patch("/v1/settings", json={"small_cells": small})
        await self.client.patch("/v1/settings", json={"retention_days": days})
        if self.random.random() < 0.5:
            async with self.database.write(self.caller) as work:
                await privacy.expire(work)

    async def goes_on(self) -> None:
        own = [self.pays, self.pays, self.rebinds, self.is_put, self.sets]
        own += [self.binds_elsewhere]
        # What changes people alone, and no event.
        own += [self.objects, self.is_marked, self.merges_two, self.lets_go] * 2
        if self.random.random() < 0.7:
            await self.random.choice(own)()
        else:
            await super().goes_on()


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
async def test_two_processes_remember_nothing_that_is_not_so(
    client: Client, workspace: Caller, settings: Settings, database: Database, seed: int
) -> None:
    world = Shop(client, database, workspace, seed)
    questions = asked_of(await world.opens())
    await world.sends()
    await world.folds()
    callers = [workspace, Caller(workspace.workspace_id, None, SOME)]
    clock = Clock()
    async with instances(settings, 2, clock) as processes:
        for _ in range(OPERATIONS):
            await world.goes_on()
            clock.at = datetime.now(UTC)
            # Of few questions the same are asked again soon.
            some = world.random.sample(questions[: world.random.choice([4, 4, len(questions)])], 2)
            caller = world.random.choice(callers)
            # One by one: each is asked of what the others were asked of.
            for one in some:
                alike = [await told(process, caller, one) for process in (*processes, processes[0])]
                assert alike[0] == alike[1] == alike[2] == alike[3]
        remembered = [process.memory for process in processes[:2]]
        assert all(isinstance(one, Counted) and one.times for one in remembered)


SOME = frozenset({Scope.MAPS_READ, Scope.ANALYTICS_READ})


async def told(database: Database, caller: Caller, asked: Callable[[Work], Awaitable[Any]]) -> str:
    async with database.analyse(caller) as work:
        return repr(await asked(work))


@pytest.mark.parametrize("folded", [True, False], ids=["folded", "behind"])
async def test_whatever_changes_who_counts_is_told_at_once(
    client: Client, workspace: Caller, settings: Settings, database: Database, *, folded: bool
) -> None:
    shop = Shop(client, database, workspace, 7)
    curve, *_ = asked_of(await shop.opens())
    clock, ids = Clock(), dict[str, str]()
    await sent(client, "u0", 1)
    await folding.folded(database, workspace.workspace_id)
    for user in ("u1", "u2", "u3"):
        await sent(client, user, 3)
        ids[user] = await _id(client, user)
    if folded:
        await folding.folded(database, workspace.workspace_id)
    async with instances(settings, 1, clock) as (process, forgetful):

        async def changed(*answer: Any) -> str:
            """What is told now, which is not what was told last."""
            assert not answer or answer[0].is_success, answer[0].text
            clock.at = datetime.now(UTC)
            alike = [await told(one, workspace, curve) for one in (process, process, forgetful)]
            assert alike[0] == alike[1] == alike[2] != last[0]
            last[0] = alike[0]
            return alike[0]

        last = [""]
        first = await changed()
        said = {**SAID, "granted": False, "at": "2026-01-01T00:00:00Z"}
        consents = f"/v1/contacts/{ids['u1']}/consents"
        await changed(await client.post(consents, json=said))
        assert await changed(await client.post(consents, json={**SAID, "granted": True})) == first
        path = f"/v1/contacts/{ids['u1']}"
        await changed(await client.patch(path, json={"test": True}))
        assert await changed(await client.patch(path, json={"test": False})) == first
        both = {"winner_id": ids["u1"], "loser_id": ids["u2"]}
        merged = await client.post("/v1/contacts/merge", json=both)
        await changed(merged)
        undone = await client.post(f"/v1/merges/{merged.json()['id']}/undo")
        assert await changed(undone) == first
        await sent(client, "u3", 1, event="Left")
        await changed()
        one = {"type": "track", "event": "Seen", "anonymousId": "a1"}
        await changed(await client.post("/v1/track", json=one))
        # The same event is somebody else's.
        whose = {"type": "identify", "anonymousId": "a1", "userId": "u1"}
        await changed(await client.post("/v1/identify", json=whose))
        await changed(await client.post(f"/v1/contacts/{ids['u3']}/erase"))


async def _id(client: Client, user: str) -> str:
    body = {"items": [{"source": "user_id", "value": user}]}
    answer = (await client.post("/v1/contacts/lookup", json=body)).json()
    return str(answer["items"][0]["id"])


async def test_a_page_that_nothing_has_changed_reads_no_segment_again(
    client: Client, workspace: Caller, settings: Settings, database: Database
) -> None:
    shop = Shop(client, database, workspace, 7)
    journey_id = await shop.opens()
    await sent(client, "u1", 3)
    await folding.folded(database, workspace.workspace_id)
    async with instances(settings, 1, Clock()) as (process, _):
        for most in (30, 22):
            spent = 0
            for one in asked_of(journey_id)[:4]:
                async with process.analyse(workspace) as work:
                    await one(work)
                    spent += work.statements
            assert spent <= most, spent


async def test_what_a_transaction_wrote_and_took_back_is_remembered_by_nobody(
    client: Client, workspace: Caller, settings: Settings, database: Database
) -> None:
    shop = Shop(client, database, workspace, 7)
    _, gaps, *_ = asked_of(await shop.opens())
    await sent(client, "u1", 3)
    await folding.folded(database, workspace.workspace_id)
    async with instances(settings, 1, Clock()) as (process, forgetful):
        before = await told(process, workspace, gaps)
        with pytest.raises(ZeroDivisionError):
            async with process.write(workspace) as work:
                await work.connection.fetchval(
                    "UPDATE waypost.contacts SET test = true WHERE workspace_id = $1 RETURNING id",
                    workspace.workspace_id,
                )
                assert repr(await gaps(work)) != before
                raise ZeroDivisionError
        assert await told(process, workspace, gaps) == before
        assert await told(forgetful, workspace, gaps) == before
