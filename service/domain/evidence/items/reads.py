"""What maps ask."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Table, Text, cast, func, literal_column, select, union_all

from service.domain.journeys import stages, steps
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work


class Asks(msgspec.Struct, frozen=True):
    """A part of a map, and the keys of the questions, pains and objections there."""

    place: str
    key: str
    items: list[str]


async def asked_in(work: Work, journey_ids: Sequence[UUID]) -> dict[UUID, list[Asks]]:
    """What each map asks, by its stages and steps; maps that are not there are left out."""
    work.needs(Scope.MAPS_READ)
    rows = await work.rows(_ASKED, ids=list(journey_ids)) if journey_ids else ()
    found: dict[UUID, list[Asks]] = {}
    for row in rows:
        keys = [one["key"] for one in msgspec.json.decode(row["items"])]
        found.setdefault(row["journey_id"], []).append(Asks(row["place"], row["key"], keys))
    return found


def _asked(place: str, table: Table, *names: str) -> Any:
    first, second = (table.c[name] for name in names)
    return select(
        table.c.journey_id,
        literal_column(f"'{place}'", Text).label("place"),
        table.c.key,
        cast(first.op("||")(second), Text).label("items"),
    ).where(table.c.workspace_id == WORKSPACE, table.c.journey_id == func.any(uuids("ids")))


_ASKED = Statement(
    union_all(
        _asked("stage_key", stages, "questions", "objections"),
        _asked("step_key", steps, "questions", "pains"),
    )
)
