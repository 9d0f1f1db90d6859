"""What is told of events, as one text, and which counts of them are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Integer, Text, case, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from service.domain.histories.counts.tables import event_countings
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Work

LONGEST = 512
"""Characters of a touchpoint that is kept."""
_COLUMNS = ("type", "event", "device", "channel", "department", "campaign")
TOUCHPOINT = len(_COLUMNS)
"""The place of the touchpoint in a kind."""
ALL = tuple(range(TOUCHPOINT + 1))


class Counting(NamedTuple):
    """Since when events are counted, None being for ever; and a bit for each cube that is not."""

    since: datetime | None
    given_up: int


async def counting(work: Work) -> Counting | None:
    """None where nothing has been counted."""
    found = await work.value(_COUNTING)
    return None if found is None else Counting(*found)


def kind_of(seen: FromClause, places: Sequence[int] = ALL) -> ColumnElement[Any]:
    """What is told of an event, or a part of it, as a JSON array: of segments and of counts alike.
    Touchpoints that are lists, objects or long stand there as an empty list."""
    return func.json_build_array(*(_told(seen, place) for place in places))


def _told(seen: FromClause, place: int) -> ColumnElement[Any]:
    if place != TOUCHPOINT:
        return seen.c[_COLUMNS[place]]
    value = seen.c.properties.op("->", return_type=JSONB())(literal_column("'touchpoint'", Text))
    scalar = func.jsonb_typeof(value).in_(
        [literal_column(f"'{kind}'", Text) for kind in ("string", "number", "boolean", "null")]
    )
    short = func.length(value.cast(Text)) <= literal_column(str(LONGEST), Integer)
    return case(
        (value.is_(None), value),
        (scalar & short, value),
        else_=literal_column("'[]'::jsonb"),
    )


_COUNTING = Statement(
    select(func.row(event_countings.c.since, event_countings.c.given_up)).where(
        event_countings.c.workspace_id == WORKSPACE
    )
)
