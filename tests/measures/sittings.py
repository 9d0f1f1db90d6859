"""Streams of events that make sessions, what befalls people and their names, and both ways to tell
the sessions of a range."""

from datetime import datetime
from itertools import groupby
from typing import Any

import numpy as np

from service import folding
from service.database import Database
from service.domain import access, histories
from service.domain.histories import Asked, Range, columnar
from service.domain.measures.asking import named
from service.domain.preferences import PAGE_VIEWS
from service.domain.work import Caller
from tests.measures.counts import QUARTER, SECOND, Stream, cuts_of, micros
from tests.measures.streams import DAY, Json

Sums = list[list[int]]


def looped(raw: Any, timeout: int) -> list[tuple[int, list[int]]]:
    """When each session began and what it comes to, by a plain loop over sorted events."""
    rows = zip(raw.person.tolist(), raw.at.tolist(), raw.holds[0].tolist(), strict=True)
    found = []
    for _, events in groupby(rows, key=lambda row: row[0]):
        sessions: list[list[tuple[int, int, bool]]] = []
        for event in events:
            if not sessions or event[1] - sessions[-1][-1][1] > timeout * 1_000_000:
                sessions.append([])
            sessions[-1].append(event)
        for one in sessions:
            views = sum(view for *_, view in one)
            told = [1, len(one), len(one) == 1, views > 0, views == 1, one[-1][1] - one[0][1]]
            found.append((one[0][1], [int(each) for each in told]))
    return found


def in_cells(found: list[tuple[int, list[int]]], within: Range, cuts: list[int]) -> Sums:
    sums = [[0] * 6 for _ in range(len(cuts) + 1)]
    low, high = (None if one is None else micros(one) for one in within)
    for at, told in found:
        if (low is None or at >= low) and (high is None or at < high):
            cell = int(np.searchsorted(np.array(cuts, dtype=np.int64), at, "right"))
            sums[cell] = [a + b for a, b in zip(sums[cell], told, strict=True)]
    return sums


async def compared(
    database: Database, caller: Caller, noon: datetime, seconds: int, *ranges: Range
) -> int:
    """Ask both; how many sessions there are at most. Those of another timeout are told by none."""
    most = 0
    async with database.write(caller) as work:
        kept = (await access.reporting(work)).session_timeout_seconds
        for within in ranges:
            cuts = cuts_of(noon, within)
            told = await histories.session_sums(work, within, seconds, cuts)
            asked = Asked(selections=[named(PAGE_VIEWS)], counted=within)
            raw = await columnar.histories(work, asked)
            if seconds != kept and told is None:
                continue
            assert told is not None
            right = in_cells(looped(raw, seconds), within, cuts)
            assert told.sums.tolist() == right, (within, cuts)
            assert told.excluded == raw.excluded
            most = max(most, sum(one[0] for one in right))
    return most


class Sitters(Stream):
    """Events close enough to be of one session, of people who are known by several names."""

    timeout = 1_800

    def _message(self) -> Json:
        found = super()._message()
        return {**found, "event": "page"} if self.random.random() < 0.4 else found

    async def folds(self) -> None:
        await super().folds()
        more = True
        # Once at least: what was dropped is told by no sums until then.
        while more:
            async with self.database.write(self.caller) as work:
                more = await histories.fold_sessions(work, self.random.randrange(1, 9))
            more = more and self.random.random() < 0.8

    async def catches_up(self) -> None:
        await folding.folded(self.database, self.caller.workspace_id)

    async def is_cut_otherwise(self) -> None:
        """Have the workspace end sessions by another timeout."""
        self.timeout = self.random.choice([900, 1_800, 7_200])
        body = {"session_timeout_seconds": self.timeout}
        assert (await self.client.patch("/v1/settings", json=body)).is_success
        await self.catches_up()

    async def is_renamed(self) -> None:
        """Somebody is known by another name alone; the ones before are free."""
        if who := await self._person():
            name = {"source": "crm", "value": str(self.random.randrange(10_000))}
            await self.client.patch(f"/v1/contacts/{who}", json={"identifiers": [name]})

    async def takes_names(self) -> None:
        """Somebody new has these names, if nobody has them any more."""
        users = self.random.sample(range(8), self.random.choice([1, 1, 2]))
        names = [{"source": "user_id", "value": f"u{n}"} for n in users]
        await self.client.post("/v1/contacts", json={"identifiers": names})

    async def goes_on(self) -> None:
        rare = self.random.random()
        if rare < 0.05:
            await self.is_cut_otherwise()
        elif rare < 0.2:
            await self.random.choice([self.is_renamed, self.takes_names, self.takes_names])()
        else:
            await super().goes_on()


def ranges(noon: datetime) -> list[Range]:
    """Ranges that begin and end anywhere."""
    return [
        Range(),
        Range(noon, None),
        Range(noon - DAY, noon + DAY / 2),
        Range(None, noon + 22 * QUARTER + SECOND),
        Range(noon - 40 * QUARTER + 450 * SECOND, noon + 3 * SECOND),
        Range(noon + 3 * SECOND, noon + 450 * SECOND),
        Range(noon + 21 * QUARTER, noon + 50 * QUARTER + 2 * SECOND),
    ]
