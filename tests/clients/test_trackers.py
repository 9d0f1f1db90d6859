"""Other people's clients of the tracking protocol, through an outage: all that they sent is there.

They all send at once, to a service that is killed and started again on its port, and that loses
its database for a while. Then the store holds what each was told to send: once, and no more.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from service.database import Database
from service.domain import access
from service.domain.ids import new_id
from service.domain.work import Caller, Scope
from service.settings import Settings
from tests.clients.trackers import NAMES, Json, Tracker, tracker
from tests.faults.silence import Way
from tests.processes import Standing

PART = 30
"""Messages that each sends before, in and after an outage."""
KINDS = 5
PATIENCE = 120.0


def message(n: int) -> Json:
    """The n-th message, by whoever was identified last."""
    who = {"userId": f"person-{n - n % KINDS}"}
    told = {"n": n, "name": "李雷 😀"}
    kinds: list[Json] = [
        {"type": "identify", **who, "traits": told},
        {"type": "track", **who, "event": "Sent", "properties": told},
        {"type": "page", **who, "name": f"Page {n}", "properties": {"n": n}},
        {"type": "group", **who, "groupId": f"group-{n}", "traits": {"n": n}},
        {"type": "alias", **who, "previousId": f"old-{n}"},
    ]
    return kinds[n % KINDS]


MESSAGES = [message(n) for n in range(3 * PART)]
FIRST, SECOND, THIRD = (MESSAGES[at : at + PART] for at in range(0, 3 * PART, PART))


@dataclass
class Sending:
    """One client, and what the service holds of what it sent."""

    name: str
    key: str
    client: Tracker = field(init=False)

    def asking(self, url: str) -> httpx.AsyncClient:
        """Somebody who reads what is there."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.AsyncClient(base_url=url, headers=headers, timeout=60)

    async def stored(self, url: str, number: int) -> list[Json]:
        """All events, as soon as there are so many."""
        async with self.asking(url) as asking, asyncio.timeout(PATIENCE):
            while True:
                found = await got(asking, "/v1/events")
                if len(found) >= number:
                    return found
                await asyncio.sleep(0.1)


async def got(asking: httpx.AsyncClient, path: str) -> list[Json]:
    """All of a list."""
    answer = await asking.get(path, params={"limit": 200})
    assert answer.status_code == 200, answer.text
    assert answer.json()["next"] is None
    found: list[Json] = answer.json()["items"]
    return found


@dataclass
class Sent:
    """Where it all is, when everything was sent."""

    url: str
    clients: dict[str, Sending]


@pytest.fixture(scope="module")
async def sent(settings: Settings, database: Database) -> AsyncIterator[Sent]:
    """Every client has sent all it was told to, come what may."""
    way = Way(str(settings.database_url))
    service = Standing(way.url)
    async with AsyncExitStack() as stack:
        async with way:
            await stack.enter_async_context(service)
            all_of_them = [await begun(stack, database, name, service.url) for name in NAMES]
            await handed(all_of_them, FIRST)
            await arrived(all_of_them, service.url, PART)
            await handed(all_of_them, SECOND[: PART // 2])
            service.kill()
            await handed(all_of_them, SECOND[PART // 2 :])
            await asyncio.sleep(1)
            await service.start()
            await arrived(all_of_them, service.url, 2 * PART)
        await handed(all_of_them, THIRD)
        await refused(service.url, len(NAMES))
        async with way:
            await asyncio.gather(*(one.client.end() for one in all_of_them))
            await arrived(all_of_them, service.url, len(MESSAGES))
            yield Sent(service.url, {one.name: one for one in all_of_them})
            await stack.aclose()


async def begun(stack: AsyncExitStack, database: Database, name: str, url: str) -> Sending:
    """A client with a key of its own."""
    operator = Caller(new_id(), None, frozenset({Scope.OPERATOR}))
    async with database.write(operator) as work:
        made = await access.WORKSPACES.create(work, access.NewWorkspace(name=name))
    sending = Sending(name, json.loads(made.json)["key"])
    sending.client = await stack.enter_async_context(tracker(name, url, sending.key))
    return sending


async def handed(all_of_them: Sequence[Sending], messages: Sequence[Json]) -> None:
    await asyncio.gather(*(one.client.send(messages) for one in all_of_them))


async def arrived(all_of_them: Sequence[Sending], url: str, number: int) -> None:
    await asyncio.gather(*(one.stored(url, number) for one in all_of_them))


async def refused(url: str, number: int) -> None:
    """Until so many were told to come again."""
    async with httpx.AsyncClient(base_url=url) as asking, asyncio.timeout(PATIENCE):
        told = 0.0
        while told < number:
            lines = (await asking.get("/metrics")).text.splitlines()
            counts = [line for line in lines if line.startswith("waypost_request_seconds_count")]
            told = sum(float(line.split()[-1]) for line in counts if 'status="503"' in line)
            await asyncio.sleep(0.1)


def told(one: Json) -> tuple[Any, ...]:
    """An event, as far as the client was told what it is."""
    properties = one["properties"] or {}
    return one["type"], one["event"], one["user_id"], properties.get("n"), properties.get("name")


def expected(one: Json) -> tuple[Any, ...]:
    """The same of a message."""
    kind, properties = one["type"], one.get("properties", {})
    event = {"track": "Sent", "page": "page"}.get(kind)
    name = one["name"] if kind == "page" else properties.get("name")
    return kind, event, one["userId"], properties.get("n"), name


@pytest.mark.parametrize("name", NAMES)
async def test_what_a_client_sent_is_there_once_whatever_happened(sent: Sent, name: str) -> None:
    events = await sent.clients[name].stored(sent.url, len(MESSAGES))
    assert Counter(map(told, events)) == Counter(map(expected, MESSAGES))
    assert len({event["message_id"] for event in events}) == len(MESSAGES)
    async with sent.clients[name].asking(sent.url) as asking:
        assert await got(asking, "/v1/quarantine") == []
        people, accounts = await got(asking, "/v1/contacts"), await got(asking, "/v1/accounts")
    assert sorted(account["name"] for account in accounts) == sorted(
        one["groupId"] for one in MESSAGES if one["type"] == "group"
    )
    firsts = range(0, len(MESSAGES), KINDS)
    assert {known(one): one["traits"] for one in people} == {
        (f"old-{n + 4}", f"person-{n}"): MESSAGES[n]["traits"] for n in firsts
    }
    assert len(people) == len(firsts)
    group_of = {account["id"]: account["name"] for account in accounts}
    assert {(known(one)[1], group_of[one["account_id"]]) for one in people} == {
        (f"person-{n}", f"group-{n + 3}") for n in firsts
    }


def known(person: Json) -> tuple[str, ...]:
    """What ids somebody has as a user."""
    ids = (one["value"] for one in person["identifiers"] if one["source"] == "user_id")
    return tuple(sorted(ids))
