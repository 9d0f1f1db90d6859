"""Streams of events, what befalls the people whose they are, and both ways to read them."""

import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from service import folding
from service.database import Database
from service.domain import histories
from service.domain.filters import SELECTIONS, Filter, parse_selection
from service.domain.histories import Asked, Range, columnar, segments
from service.domain.histories.segments.compacting import Bounds
from service.domain.history import Histories
from service.domain.ids import new_id
from service.domain.work import Caller
from tests.make import Client

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
        "excluded_of": [*found.excluded_of],
        "latest": found.latest,
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
] + [
    one._replace(
        within=within,
        counted=counted,
        selected=selected,
        latest=True,
        reasons_of=range(len(one.selections)),
    )
    for one, selected in zip(ASKED, (False, False, True, True), strict=True)
    for within in (Range(), Range(NOON - DAY, NOON))
    for counted in (Range(), Range(NOON - DAY / 2, NOON))
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


async def sent(client: Client, user: str, number: int, **told: Any) -> None:
    """Somebody does the same some times."""
    one = {"type": "track", "event": "Seen", "userId": user, **told}
    batch = [{"messageId": str(new_id()), **one} for _ in range(number)]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == number


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

    async def lives(
        self,
        compare: Callable[..., Awaitable[int]],
        questions: Sequence[Asked],
        times: int = 25,
    ) -> None:
        """Go on many times, some questions being answered alike in between, and all at the end."""
        await self.sends()
        await self.folds()
        for _ in range(times):
            await self.goes_on()
            await compare(*self.random.sample(questions, 3))
        await compare(*questions)
        await self.is_dropped()
        assert await compare(*questions) > 0

    async def goes_on(self) -> None:
        rare = [self.is_erased, self.is_dropped, self.objects, self.is_marked, self.replays]
        often = [self.merges_two, self.lets_go, self.folds, self.folds, *[self.sends] * 6]
        await self.random.choice([*rare, *often * 2])()
