"""Histories told by segments are those that the events themselves tell, whatever happens."""

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from service import folding, worker
from service.database import Database
from service.domain import contacts, histories, privacy
from service.domain.filters import SELECTIONS, Filter, parse_selection
from service.domain.histories import Asked, Range, columnar, segments
from service.domain.histories.segments.compacting import Bounds
from service.domain.history import Histories
from service.domain.ids import new_id
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client
from tests.slices.test_erasing import found_in, told_as

Json = dict[str, Any]
DAY = timedelta(days=1)
SMALL = Bounds(most=12, runs=2, enough=6)
"""So that a handful of events is divided and merged as millions are."""
TOUCHPOINTS = ["till", "web", 7, 7.0, 0.5, True, False, None, "x" * 400]
UNTOLD = [["till"], {"a": 1}, "x" * 600]
FIELDS = ("event", "type", "device", "properties.touchpoint")


def those(raw: Json) -> Filter:
    return parse_selection(raw, SELECTIONS, "")


def shown(found: Histories) -> Json:
    """All that histories tell."""
    return {
        "person": found.person.tolist(),
        "at": found.at.tolist(),
        "holds": [one.tolist() for one in found.holds],
        "columns": {name: (one.codes.tolist(), one.words) for name, one in found.columns.items()},
        "people": found.people.hex(),
        "excluded": found.excluded,
    }


def asks(field: str, op: str, value: Any) -> Json:
    return {"field": field, "op": op, "value": value}


PAID = asks("event", "eq", "Paid")
ASKED = (
    Asked(fields=FIELDS),
    Asked(only=those(asks("event", "in", ["Seen", "Paid"])), fields=("event",)),
    Asked(
        only=those({"not": asks("device", "eq", "mobile")}),
        selections=[those("Seen"), those(asks("properties.touchpoint", "exists", False))],
        fields=("channel", "campaign", "department"),
    ),
    Asked(
        selections=[
            those({"any": [asks("timestamp", "lt", "2026-05-03T00:00:00Z"), PAID]}),
            those({"not": {"all": [asks("timestamp", "ne", "2026-05-02T00:00:00Z"), PAID]}}),
            those({"all": [asks("device", "matches", "m*"), asks("timestamp", "exists", True)]}),
            those(asks("properties.touchpoint", "ge", 1)),
            those(asks("timestamp", "between", ["2026-05-02T00:00:00Z", "2026-05-04T00:00:00Z"])),
        ],
        fields=("properties.touchpoint",),
    ),
)
"""Conditions of all kinds that segments answer."""
NOON = datetime(2026, 5, 3, tzinfo=UTC)
QUESTIONS = [
    one._replace(within=within)
    for one in ASKED
    for within in (Range(), Range(NOON, None), Range(NOON - DAY, NOON + DAY / 2))
]


async def compared(database: Database, caller: Caller, *questions: Asked) -> int:
    """Ask both; how many events there are."""
    counted = 0
    async with database.write(caller) as work:
        for one in questions:
            told = await segments.told(work, one)
            raw = shown(await columnar.histories(work, one))
            assert told is not None
            assert shown(told) == raw
            counted = max(counted, len(raw["at"]))
    return counted


class World:
    """A stream of events, and what befalls the people whose they are."""

    def __init__(self, client: Client, database: Database, caller: Caller, seed: int) -> None:
        self.random = random.Random(seed)
        self.client = client
        self.database = database
        self.caller = caller
        self.merges: list[str] = []
        self.sent: list[Json] = []

    async def _person(self) -> str | None:
        user = f"u{self.random.randrange(8)}"
        body = {"items": [{"source": "user_id", "value": user}]}
        answer = (await self.client.post("/v1/contacts/lookup", json=body)).json()
        found = answer["items"][0]
        return found.get("id") if found else None

    def _message(self) -> Json:
        pick = self.random
        day, second = pick.choice([1, 2, 2, 3, 4, 5]), pick.randrange(40)
        who: Json = {"userId": f"u{pick.randrange(8)}"}
        if pick.random() < 0.3:
            who = {"anonymousId": f"a{pick.randrange(5)}", **(who if pick.random() < 0.3 else {})}
        told: Json = {"touchpoint": pick.choice(TOUCHPOINTS)} if pick.random() < 0.7 else {}
        told |= {"device": "mobile"} if pick.random() < 0.4 else {}
        told |= {"channel": pick.choice("ab")} if pick.random() < 0.4 else {}
        return {
            "type": pick.choice(["track", "track", "track", "page", "screen", "identify"]),
            "event": pick.choice(["Seen", "Paid", "Zoë", "Left"]),
            "messageId": str(pick.randrange(10_000)),
            "timestamp": f"2026-05-{day:02}T00:00:{second:02}.{pick.choice('012')}Z",
            "properties": told,
            **who,
        }

    async def sends(self) -> None:
        batch = [self._message() for _ in range(self.random.randrange(1, 12))]
        batch += self.random.sample(self.sent, min(2, len(self.sent)))
        self.sent += batch
        answer = await self.client.post("/v1/batch", json={"batch": batch})
        assert answer.status_code == 200, answer.text

    async def replays(self) -> None:
        message = {**self._message(), "timestamp": "nonsense"}
        await self.client.post("/v1/batch", json={"batch": [message]})
        for one in (await self.client.got("/v1/quarantine"))["items"]:
            mended = one["message"].replace("nonsense", "2026-05-02T00:00:03Z")
            path = f"/v1/quarantine/{one['id']}"
            await self.client.patch(path, json={"message": mended})
            await self.client.post(f"{path}/replay")

    async def merges_two(self) -> None:
        body = {"winner_id": await self._person(), "loser_id": await self._person()}
        answer = await self.client.post("/v1/contacts/merge", json=body)
        if answer.status_code == 201:
            self.merges.append(answer.json()["id"])

    async def lets_go(self) -> None:
        if self.merges:
            await self.client.post(f"/v1/merges/{self.merges.pop()}/undo")

    async def is_erased(self) -> None:
        if who := await self._person():
            await self.client.post(f"/v1/contacts/{who}/erase")

    async def objects(self) -> None:
        said = {"purpose": "analytics", "granted": False, "means": "form"}
        if who := await self._person():
            await self.client.post(f"/v1/contacts/{who}/consents", json=said)

    async def is_marked(self) -> None:
        if who := await self._person():
            path = f"/v1/contacts/{who}"
            if self.random.random() < 0.5:
                await self.client.patch(path, json={"test": self.random.random() < 0.5})
            else:
                await self.client.post(f"{path}/restrict")

    async def folds(self) -> None:
        until = await folding.settled(self.database, self.caller)
        assert until is not None
        more = True
        while more:
            async with self.database.write(self.caller) as work:
                more = await histories.fold(work, until, most=self.random.randrange(2, 9))
        while self.random.random() < 0.9:
            async with self.database.write(self.caller) as work:
                if not await histories.compact(work, SMALL):
                    break

    async def is_dropped(self) -> None:
        async with self.database.write(self.caller) as work:
            await histories.drop(work)
        await self.folds()

    async def goes_on(self) -> None:
        rare = [self.is_erased, self.is_dropped, self.objects, self.is_marked, self.replays]
        often = [self.merges_two, self.lets_go, self.folds, self.folds, *[self.sends] * 6]
        await self.random.choice([*rare, *often * 2])()


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_happens_segments_tell_what_the_events_tell(
    client: Client, workspace: Caller, database: Database, seed: int
) -> None:
    world = World(client, database, workspace, seed)
    await world.sends()
    await world.folds()
    for _ in range(25):
        await world.goes_on()
        await compared(database, workspace, *world.random.sample(QUESTIONS, 2))
    assert await compared(database, workspace, *QUESTIONS) > 0
    await world.is_dropped()
    await compared(database, workspace, QUESTIONS[0])


async def sent(client: Client, user: str, number: int, **told: Any) -> None:
    batch = [
        {"type": "track", "event": "Seen", "userId": user, "messageId": f"{user} {n}", **told}
        for n in range(number)
    ]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == number


async def test_of_touchpoints_that_segments_do_not_keep_the_events_are_asked(
    client: Client, workspace: Caller, database: Database
) -> None:
    for n, one in enumerate(UNTOLD):
        await sent(client, f"u{n}", 1, properties={"touchpoint": one})
    asked = Asked(selections=[those(asks("properties.touchpoint", "contains", "till"))])
    plain = Asked(fields=("event",))
    for _ in range(2):
        async with database.write(workspace) as work:
            assert (await histories.histories(work, asked)).holds[0].sum() == 1
        await folding.folded(database, workspace.workspace_id)
        async with database.write(workspace) as work:
            assert await segments.told(work, asked) is None
    await compared(database, workspace, plain)


async def test_two_fold_at_once_while_others_send(
    client: Client, workspace: Caller, settings: Settings, database: Database
) -> None:
    """As two workers do when one is thought dead: nothing is missed, nothing is there twice."""
    assert settings.worker_database_url is not None
    workers = [Database(settings.worker_database_url, settings) for _ in range(2)]
    sending = asyncio.Event()

    async def folds(own: Database) -> None:
        while not sending.is_set():
            await folding.folded(own, workspace.workspace_id)

    async def sends() -> None:
        try:
            rounds = [sent(client, f"{n} {user}", 20) for n in range(6) for user in "abc"]
            await asyncio.gather(*rounds)
        finally:
            sending.set()

    try:
        await asyncio.gather(sends(), *map(folds, workers))
        await asyncio.gather(*(folding.folded(one, workspace.workspace_id) for one in workers))
        assert await compared(database, workspace, Asked(fields=("event",))) == 360
    finally:
        for one in workers:
            await one.close()


async def test_what_is_being_stored_is_waited_for(
    client: Client, workspace: Caller, database: Database
) -> None:
    """One that began before and commits later: all it stores has its place before the end."""
    async with database.write(workspace) as storing:
        await contacts.beside_erasures(storing)
        await contacts.blocked(storing, [new_id()])
        waiting = asyncio.create_task(folding.settled(database, workspace))
        await sent(client, "later", 1)
        assert not (await asyncio.wait([waiting], timeout=0.2))[0]
    assert await waiting is not None


async def test_somebody_who_is_erased_leaves_no_bytes_in_segments(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    name = "ann-of-the-mill"
    await sent(client, name, 3, properties={"touchpoint": name, "campaign": name})
    await sent(client, "ben", 2, properties={"touchpoint": "till"})
    await folding.folded(database, workspace.workspace_id)
    await sent(client, f"{name} too", 1)
    needles = told_as(workspace.workspace_id, "user_id", name)
    assert "event_segments data" in {
        one.removeprefix("waypost.") for one in await found_in(owner, needles)
    }
    body = {"items": [{"source": "user_id", "value": name}]}
    who = (await client.post("/v1/contacts/lookup", json=body)).json()["items"][0]["id"]
    assert (await client.post(f"/v1/contacts/{who}/erase")).status_code == 201
    left = [f'"{name}"', f"{name} 1", *needles[-2:]]
    assert await found_in(owner, left) == set()
    assert await compared(database, workspace, Asked(fields=FIELDS)) == 3


async def test_what_is_kept_no_more_is_read_no_more_and_leaves_segments(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    now = datetime.now(UTC)
    await sent(client, "old", 2, timestamp=(now - 40 * DAY).isoformat())
    await sent(client, "new", 3, timestamp=(now - DAY).isoformat())
    await folding.folded(database, workspace.workspace_id)
    changed = await client.patch("/v1/settings", json={"retention_days": 30})
    assert changed.status_code == 200
    async with database.write(workspace) as work:
        assert await privacy.expire(work) == 2
    asked = Asked(fields=("event",))
    assert await compared(database, workspace, asked) == 3
    held = "SELECT sum(events) FROM waypost.event_segments WHERE workspace_id = $1"
    assert await owner.fetchval(held, workspace.workspace_id) == 5
    await folding.folded(database, workspace.workspace_id, thoroughly=True)
    assert await owner.fetchval(held, workspace.workspace_id) == 3
    assert await compared(database, workspace, asked) == 3


async def test_events_that_are_all_different_are_read_themselves(
    client: Client, workspace: Caller, database: Database, owner: asyncpg.Connection
) -> None:
    lines = "\n".join(
        json.dumps({"type": "track", "event": f"e{n}", "userId": "u", "messageId": str(n)})
        for n in range(30_000)
    )
    answer = await client.post(
        "/v1/events", content=lines, headers={"Content-Type": "application/x-ndjson"}
    )
    assert answer.json()["accepted"] == 30_000
    await folding.folded(database, workspace.workspace_id)
    asked = Asked(fields=("event",))
    async with database.write(workspace) as work:
        assert await segments.told(work, asked) is None
    held = "SELECT count(*) FROM waypost.event_segments WHERE workspace_id = $1"
    assert await owner.fetchval(held, workspace.workspace_id) == 0


async def test_the_worker_folds_what_comes(
    client: Client, workspace: Caller, settings: Settings, owner: asyncpg.Connection
) -> None:
    assert settings.worker_database_url is not None
    stop = asyncio.Event()
    working = asyncio.create_task(worker.work(settings, settings.worker_database_url, stop))
    held = "SELECT sum(events) FROM waypost.event_segments WHERE workspace_id = $1"
    await sent(client, "u", 2)
    try:
        async with asyncio.timeout(60):
            while await owner.fetchval(held, workspace.workspace_id) != 2:
                await owner.execute("SELECT pg_sleep(0.1)")
    finally:
        stop.set()
        await working
