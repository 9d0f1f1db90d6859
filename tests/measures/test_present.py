"""Whose events are is told of few columns, as the events themselves tell it, whatever happens."""

from collections import defaultdict
from functools import partial
from typing import Any

import numpy as np
import pytest

from service.database import Database
from service.domain import histories
from service.domain.histories import Asked, Range, columnar
from service.domain.histories.segments import holding, reads
from service.domain.history import Histories
from service.domain.work import Caller
from tests.make import Client
from tests.measures.counts import micros
from tests.measures.streams import DAY, NOON, PAID, World, asks, those

SEEN = those(asks("event", "eq", "Seen"))
EARLY = those(asks("timestamp", "lt", "2026-05-03T00:00:00Z"))
EVERY, NONE = those({"all": []}), those({"any": []})
RANGES = (
    Range(),
    Range(NOON, None),
    Range(None, NOON + DAY / 3),
    Range(NOON - DAY, NOON + DAY / 2),
    Range(NOON - 90 * DAY, NOON + 90 * DAY),
)
ASKED = (
    Asked(selections=[EVERY]),
    Asked(selections=[EVERY, NONE]),
    Asked(selections=[SEEN]),
    Asked(only=those({"not": asks("device", "eq", "mobile")}), selections=[SEEN, those(PAID)]),
    Asked(only=NONE, selections=[EVERY]),
    Asked(only=those(PAID), selections=[EVERY]),
    Asked(selections=[EARLY, those(asks("properties.touchpoint", "ge", 1))]),
)
QUESTIONS = [
    (one._replace(within=within, counted=within), cuts)
    for one in ASKED
    for within in RANGES
    for cuts in ([], [NOON - DAY / 2, NOON, NOON + DAY / 4])
]


def held(found: Histories, cuts: list[int]) -> dict[Any, list[bool]]:
    """By person and time between cuts, what selections take; nobody of whom they take nothing."""
    cells = np.searchsorted(np.array(cuts, dtype=np.int64), found.at, "right").tolist()
    told: dict[Any, list[bool]] = defaultdict(lambda: [False] * len(found.holds))
    for row, (person, cell) in enumerate(zip(found.person.tolist(), cells, strict=True)):
        taken = [bool(one[row]) for one in found.holds]
        if any(taken):
            who = found.people[16 * person : 16 * person + 16]
            told[who, cell] = [a or b for a, b in zip(told[who, cell], taken, strict=True)]
    return dict(told)


async def compared(database: Database, caller: Caller, *questions: Any) -> int:
    """Ask both; how many people and times there are at most."""
    most = 0
    async with database.write(caller) as work:
        for asked, times in questions:
            within = asked.within
            ends = within.from_ or NOON - 999 * DAY, within.to or NOON + 999 * DAY
            cuts = [micros(one) for one in times if ends[0] < one < ends[1]]
            told = await histories.present(work, asked, cuts)
            raw = await columnar.histories(work, asked)
            assert told is not None
            found = held(told, cuts)
            assert found == held(raw, cuts)
            assert len(found) == len(told)
            assert told.excluded == raw.excluded
            rows = list(zip(told.person.tolist(), told.at.tolist(), strict=True))
            assert rows == sorted(rows)
            most = max(most, len(told))
    return most


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_happens_people_are_those_whom_events_tell(
    client: Client, workspace: Caller, database: Database, seed: int
) -> None:
    world = World(client, database, workspace, seed)
    await world.lives(partial(compared, database, workspace), QUESTIONS)


async def read(database: Database, caller: Caller, **asked: Any) -> set[str]:
    """The columns that are read of segments."""
    values = {"from_": None, "to": None, "timed": False, "asked": False, **asked}
    async with database.write(caller) as work:
        before = await reads.state(work)
        assert before is not None
        found = await holding.found(work, before, holding.NEEDED, **values)
    assert found is not None
    return {name for one in found.held.segments for name, data in one._asdict().items() if data}


async def test_what_would_change_nothing_is_not_read(
    client: Client, workspace: Caller, database: Database
) -> None:
    world = World(client, database, workspace, 7)
    sent = {"type": "track", "event": "Seen", "timestamp": NOON.isoformat()}
    batch = [{**sent, "userId": f"u{n}", "messageId": str(n)} for n in range(5)]
    assert (await client.post("/v1/batch", json={"batch": batch})).json()["accepted"] == 5
    await world.folds()
    who, kinds, times = {"identifiers"}, {"counts", "codes", "kinds"}, {"counts", "times"}
    assert await read(database, workspace) == who
    assert await read(database, workspace, from_=NOON, to=NOON + DAY) == who
    assert await read(database, workspace, from_=NOON - DAY, to=NOON) == set()
    assert await read(database, workspace, asked=True) == who | kinds
    assert await read(database, workspace, timed=True) == who | times
    body = {"items": [{"source": "user_id", "value": "u1"}]}
    one = (await client.post("/v1/contacts/lookup", json=body)).json()["items"][0]["id"]
    assert (await client.patch(f"/v1/contacts/{one}", json={"test": True})).is_success
    assert await read(database, workspace) == who | times


async def test_whoever_asks_for_more_than_people_is_not_told(
    client: Client, workspace: Caller, database: Database
) -> None:
    world = World(client, database, workspace, 8)
    await world.sends()
    await world.folds()
    plain = Asked(selections=[SEEN])
    more = [
        plain._replace(fields=("event",)),
        plain._replace(latest=True),
        plain._replace(selections=[those(asks("properties.seats", "eq", 1))]),
        plain._replace(selections=[SEEN] * 65),
    ]
    async with database.write(workspace) as work:
        for one in more:
            assert await histories.present(work, one) is None
        assert await histories.present(work, plain) is not None
