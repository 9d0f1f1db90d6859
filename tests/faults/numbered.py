"""Those who send numbered events, keep what was acknowledged, and say what came of it all."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import httpx

ROUNDS = int(os.environ.get("WAYPOST_TEST_ROUNDS", "5"))
"""Faults of each costly kind in a test."""
PATIENCE = 60.0
"""Seconds for something to come about, on a machine that does much else."""
USERS = 5
PAUSE = 0.05
LET_GO, REPEATED = 0.5, 0.1
"""How often a batch without an answer is never sent again; how often an acknowledged one is."""
Json = dict[str, Any]


class Sender:
    """Sends batch after batch; what was refused is sent again after the time that was asked for."""

    path = "/v1/batch"
    most = 40

    def __init__(self, url: str, key: str, name: str) -> None:
        self.name = name
        self.chance = Random(name)
        self.sent: set[str] = set()
        self.acknowledged: set[str] = set()
        self.statuses: Counter[int] = Counter()
        self.unheard = 0
        headers = {"Authorization": f"Bearer {key}"}
        self._client = httpx.AsyncClient(base_url=url, headers=headers, timeout=30)

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. Whatever has no answer by then is never sent again."""
        async with self._client:
            while not stop.is_set():
                batch = [self._message() for _ in range(self.chance.randint(1, self.most))]
                while not stop.is_set() and not await self._done_with(batch):
                    pass

    async def _done_with(self, batch: Sequence[Json]) -> bool:
        """Try once; whether it is not tried again."""
        try:
            answer = await self._client.post(self.path, content=self.body(batch))
        except httpx.TransportError:
            self.unheard += 1
            await asyncio.sleep(PAUSE)
            return self.chance.random() < LET_GO
        self.statuses[answer.status_code] += 1
        if answer.status_code == 200:
            self._heard(batch, answer.json())
            return self.chance.random() > REPEATED
        assert answer.status_code == 503, answer.text
        wait = int(answer.headers["retry-after"])
        assert 1 <= wait <= 300
        await asyncio.sleep(wait)
        return False

    def _heard(self, batch: Sequence[Json], told: Json) -> None:
        ids = {message["messageId"] for message in batch}
        assert told["accepted"] + told["duplicates"] == len(ids), told
        if ids <= self.acknowledged:
            assert told["accepted"] == 0
        self.acknowledged |= ids

    def body(self, batch: Sequence[Json]) -> bytes:
        """A batch as it is sent."""
        return json.dumps({"batch": batch}).encode()

    def _message(self) -> Json:
        n = len(self.sent)
        self.sent.add(f"{self.name}-{n}")
        who = {"messageId": f"{self.name}-{n}", "userId": f"{self.name}-{n % USERS}"}
        if n % 10 == 0:
            return {**who, "type": "identify", "traits": {"n": n}}
        return {**who, **self.when(n), "type": "track", "event": "Sent", "properties": {"n": n}}

    def when(self, n: int) -> Json:
        """What a message says of its time: nothing."""
        del n
        return {}


class Historian(Sender):
    """Sends what happened long ago, each batch in other months."""

    def when(self, n: int) -> Json:
        """A time in any of many months."""
        return {"timestamp": f"{1995 + n // 300 % 25}-{n // 25 % 12 + 1:02}-07T12:00:00Z"}


class Loader(Sender):
    """Sends files, a message a line, in more than one slice."""

    path = "/v1/events"
    most = 2_600

    def body(self, batch: Sequence[Json]) -> bytes:
        """A batch as lines."""
        return b"\n".join(json.dumps(message).encode() for message in batch)


class Senders:
    """All of them at once, and what is stored of what they sent."""

    def __init__(self, url: str, key: str, *, old: bool = False) -> None:
        named = [(Sender, name) for name in ("one", "two", "three")] + [(Loader, "load")]
        named += [(Historian, "past")] if old else []
        self.all = [kind(url, key, name) for kind, name in named]
        self._url, self._key = url, key
        self._stop = asyncio.Event()

    async def __aenter__(self) -> "Senders":
        self._running = [asyncio.create_task(one.run(self._stop)) for one in self.all]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await asyncio.gather(*self._running)

    async def all_have(self, more: Callable[[Sender], int]) -> None:
        """Until a number has risen for each of them."""
        before = {one: more(one) for one in self.all}
        until = asyncio.get_running_loop().time() + PATIENCE
        while late := [one for one, n in before.items() if more(one) <= n]:
            for task in self._running:
                if task.done():
                    task.result()
            told = {one.name: dict(one.statuses) for one in late}
            assert asyncio.get_running_loop().time() < until, told
            await asyncio.sleep(0.01)

    async def all_acknowledged(self) -> None:
        """Until each of them was told once more that something of theirs is stored."""
        await self.all_have(lambda one: one.statuses[200])

    async def stored(self) -> Counter[str]:
        """How often each message is there, as the service tells."""
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/x-ndjson"}
        async with httpx.AsyncClient(base_url=self._url, headers=headers, timeout=120) as asking:
            answer = await asking.get("/v1/events")
        assert answer.status_code == 200, answer.text
        *lines, _ = answer.text.splitlines()
        return Counter(json.loads(line)["message_id"] for line in lines)

    async def people(self) -> Counter[str]:
        """How many contacts have each identifier."""
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/x-ndjson"}
        async with httpx.AsyncClient(base_url=self._url, headers=headers, timeout=120) as asking:
            answer = await asking.get("/v1/contacts")
        *lines, _ = [json.loads(line) for line in answer.text.splitlines()]
        return Counter(known["value"] for line in lines for known in line["identifiers"])

    async def judged(self, faults: str) -> str:
        """What was counted, if nothing that was acknowledged is lost and nothing is there twice."""
        stored = await self.stored()
        sent = set().union(*(one.sent for one in self.all))
        acknowledged = set().union(*(one.acknowledged for one in self.all))
        assert {name: n for name, n in stored.items() if n > 1} == {}
        assert acknowledged - set(stored) == set()
        assert set(stored) - sent == set()
        assert {who: n for who, n in (await self.people()).items() if n > 1} == {}
        statuses: Counter[int] = sum((one.statuses for one in self.all), Counter())
        assert set(statuses) <= {200, 503}
        return (
            f"{faults}: {len(sent)} events sent, {len(acknowledged)} acknowledged and there once, "
            f"{len(set(stored) - acknowledged)} there without an answer, "
            f"{len(sent - set(stored))} not there; answers {statuses[200]} of 200, "
            f"{statuses[503]} of 503 with Retry-After, {sum(one.unheard for one in self.all)} none"
        )
