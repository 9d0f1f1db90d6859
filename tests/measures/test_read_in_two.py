"""What segments do not keep is read beside them: together they tell what the events tell."""

from functools import partial
from typing import Any

import pytest

from service.database import Database
from service.domain import histories
from service.domain.filters import Filter
from service.domain.histories import Asked, Range, columnar
from service.domain.history import MISSING, Histories
from service.domain.work import Caller
from tests.make import Client
from tests.measures.streams import DAY, NOON, World, asks, sent, shown, those

HELD = ("message_id", "context.library")
PAID, SEEN = those("Paid"), those("Seen")
MOBILE = those(asks("device", "eq", "mobile"))
WITHIN = (Range(), Range(NOON - DAY, NOON + DAY / 2))
QUESTIONS = [
    Asked(within, only, selections, ("event", *HELD), fields_of=(0,), latest=latest)
    for within in WITHIN
    for only, selections in ((None, [PAID, SEEN]), (MOBILE, [those("Left")]))
    for latest in (False, True)
]


def without_held(found: Histories, only_of: list[bool]) -> dict[str, Any]:
    """All that is told, with what is held of those rows alone, as words."""
    told = shown(found)
    for name in HELD:
        codes, words = told["columns"].pop(name)
        told[name] = [
            words[code] if taken and code != MISSING else None
            for code, taken in zip(codes, only_of, strict=True)
        ]
    return told


async def alike(database: Database, caller: Caller, *questions: Asked) -> int:
    """Ask both; how many events there are."""
    number = 0
    async with database.write(caller) as work:
        for one in questions:
            both = await histories.histories(work, one)
            raw = await columnar.histories(work, one)
            of = raw.holds[0].tolist()
            assert without_held(both, of) == without_held(raw, of)
            # In two: what is held of others was not asked.
            others = both.columns["message_id"].codes[~both.holds[0]]
            assert (others == MISSING).all()
            number = max(number, len(raw))
    return number


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_happens_both_tell_what_the_events_tell(
    client: Client, workspace: Caller, database: Database, seed: int
) -> None:
    world = World(client, database, workspace, seed)
    await world.lives(partial(alike, database, workspace), QUESTIONS, times=12)


async def test_what_contacts_tell_is_read_of_the_events_themselves(
    client: Client, workspace: Caller, database: Database
) -> None:
    selected: list[Filter] = [SEEN]
    await sent(client, "u1", 2)
    asked = Asked(selections=selected, fields=("event", "contact_id"), fields_of=(0,))
    async with database.write(workspace) as work:
        await histories.fold(work, 2**62)
        found = await histories.histories(work, asked)
    assert len(found.columns["contact_id"].words) == 1
