"""Streams whose events lie in all quarters of the day, and counts of them told in both ways."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from service.database import Database
from service.domain import histories, privacy
from service.domain.histories import Asked, Range, columnar
from service.domain.history import MISSING, Histories, Word
from service.domain.work import Caller
from tests.make import Client
from tests.measures.streams import DAY, PAID, Json, World, asks, those

QUARTER = timedelta(minutes=15)
SECOND = timedelta(seconds=1)
WITHIN = [0, 0.5, 449.999999, 899.999999]
"""Seconds behind the beginning of a quarter of an hour."""
DIMENSIONS = ("type", "event", "device", "channel", "department", "campaign")
ASKED = (
    Asked(),
    *(Asked(fields=(name,)) for name in (*DIMENSIONS, "properties.touchpoint")),
    Asked(only=those(asks("event", "in", ["Seen", "Paid"])), fields=("channel", "device")),
    Asked(only=those({"not": asks("device", "eq", "mobile")}), selections=[those(PAID)]),
    Asked(
        selections=[
            those({"any": [asks("channel", "eq", "a"), PAID]}),
            those(asks("properties.touchpoint", "ge", 1)),
        ],
        fields=("campaign", "event"),
    ),
)


def midnight() -> datetime:
    """Some days ago, so that events may come before and behind it."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - 3 * DAY


def questions(noon: datetime) -> list[Asked]:
    """All that is asked, of ranges around a time, which begin and end anywhere."""
    ranges = (
        Range(),
        Range(noon, None),
        Range(noon - DAY, noon + DAY / 2),
        Range(None, noon + 22 * QUARTER + SECOND),
        Range(noon - 40 * QUARTER + 450 * SECOND, noon + 3 * SECOND),
        Range(noon + 3 * SECOND, noon + 450 * SECOND),
    )
    return [one._replace(within=within) for one in ASKED for within in ranges]


def micros(time: datetime) -> int:
    """Since 1970."""
    return (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def cuts_of(noon: datetime, within: Range) -> list[int]:
    """Some times in a range at which it is cut."""
    cuts = [noon + hours * timedelta(hours=1) for hours in (-30, -24, 0, 5.5, 24, 30.75)]
    first, last = within.from_ or cuts[0] - DAY, within.to or cuts[-1] + DAY
    return [micros(one) for one in cuts if first < one < last]


def repr_of(word: Word) -> tuple[type, Word]:
    """1 is not True."""
    return type(word), word


def tallied(found: Histories, cuts: list[int]) -> dict[Any, int]:
    """How many events there are by cell, selections and fields."""
    cells = np.searchsorted(np.array(cuts, dtype=np.int64), found.at, "right").tolist()
    times = [1] * len(found) if found.weights is None else found.weights.tolist()
    tally: Counter[Any] = Counter()
    for row, (cell, number) in enumerate(zip(cells, times, strict=True)):
        holds = tuple(bool(one[row]) for one in found.holds)
        words = (
            None if one.codes[row] == MISSING else repr_of(one.words[one.codes[row]])
            for one in found.columns.values()
        )
        tally[cell, holds, *words] += number
    return dict(tally)


async def compared(database: Database, caller: Caller, noon: datetime, *questions: Asked) -> int:
    """Ask both; how many events were counted at most."""
    counted = 0
    async with database.write(caller) as work:
        for one in questions:
            cuts = cuts_of(noon, one.within)
            told = await histories.tallies(work, one, cuts)
            raw = await columnar.histories(work, one)
            assert told is not None
            assert tallied(told, cuts) == tallied(raw, cuts)
            assert told.excluded == raw.excluded
            counted = max(counted, len(raw))
    return counted


class Stream(World):
    """Events that lie in all quarters of some days, and are kept for so long or so."""

    def __init__(self, client: Client, database: Database, caller: Caller, seed: int) -> None:
        super().__init__(client, database, caller, seed)
        self.noon = midnight()
        self.days: int | None = None

    def _message(self) -> Json:
        pick = self.random
        at = self.noon + pick.choice([-2, -1, -1, 0, 0, 1]) * DAY
        at += pick.choice([0, 1, 21, 22, 23, 50, 95]) * QUARTER + pick.choice(WITHIN) * SECOND
        return {**super()._message(), "timestamp": at.isoformat()}

    async def is_kept(self) -> None:
        """Have events be kept for some days, or for ever again."""
        self.days = self.random.choice([3, 4, 4, None])
        body = {"retention_days": self.days}
        assert (await self.client.patch("/v1/settings", json=body)).is_success
        await self.expires()

    async def expires(self) -> None:
        """What is kept no more goes."""
        async with self.database.write(self.caller) as work:
            while await privacy.expire(work):
                pass

    async def goes_on(self) -> None:
        if self.random.random() < 0.08:
            await self.is_kept()
        else:
            await super().goes_on()
        if self.days is not None:
            await self.expires()
