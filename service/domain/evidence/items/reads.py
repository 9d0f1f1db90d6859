"""Content by what it is for, and what maps ask."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Table, Text, cast, func, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by

from service.domain import reading
from service.domain.evidence.items.shape import SHAPE
from service.domain.evidence.tables import (
    content,
    content_answers,
    content_personas,
    content_touchpoints,
)
from service.domain.journeys import stages, steps
from service.domain.reading import Document
from service.domain.shapes import Selection
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work


class Owner(StrEnum):
    """What content is for, as far as it is asked of that."""

    JOURNEY = "journey"
    TOUCHPOINT = "touchpoint"
    PERSONA = "persona"


class Shown(NamedTuple):
    """Which content of which row: at most `first` behind the item `after`."""

    owner_id: UUID
    first: int
    after: UUID | None = None


class Some(NamedTuple):
    """A part of what is for a row: its documents in order, and what is around them."""

    items: list[Document]
    more: bool
    total: int


_LINKS: Mapping[Owner, tuple[Table, str]] = {
    Owner.JOURNEY: (content_answers, "journey_id"),
    Owner.TOUCHPOINT: (content_touchpoints, "touchpoint_id"),
    Owner.PERSONA: (content_personas, "persona_id"),
}


async def content_of(
    work: Work, owner: Owner, asked: Sequence[Shown], selection: Selection
) -> list[Some]:
    """The content that is for each of these rows, the newest first: two statements for all.

    An `after` that is not among a row's content is taken for the beginning.
    """
    work.needs(Scope.MAPS_READ)
    found = await work.value(_ids_of(owner), ids=[one.owner_id for one in asked])
    held: dict[UUID, list[UUID]] = {row[0]: row[1] for row in found or ()}
    parts = [_part(held.get(one.owner_id, []), one) for one in asked]
    wanted = {which for part, _ in parts for which in part}
    read = await reading.documents(work, SHAPE, list(wanted), {**selection, "id": None})
    return [
        Some([read[w] for w in part if w in read], more, len(held.get(one.owner_id, [])))
        for one, (part, more) in zip(asked, parts, strict=True)
    ]


def _part(ids: Sequence[UUID], asked: Shown) -> tuple[Sequence[UUID], bool]:
    start = ids.index(asked.after) + 1 if asked.after in ids else 0
    end = start + asked.first
    return ids[start:end], end < len(ids)


@lru_cache
def _ids_of(owner: Owner) -> Statement:
    link, column = _LINKS[owner]
    held = (
        select(link.c[column].label("owner_id"), link.c.content_id)
        .where(link.c.workspace_id == WORKSPACE, link.c[column] == func.any(uuids("ids")))
        .distinct()
        .subquery("held")
    )
    newest = (content.c.created_at.desc(), content.c.id.desc())
    is_it = (content.c.workspace_id == WORKSPACE, content.c.id == held.c.content_id)
    row = (
        select(
            held.c.owner_id,
            func.array_agg(aggregate_order_by(content.c.id, *newest)).label("ids"),
        )
        .where(*is_it)
        .group_by(held.c.owner_id)
        .subquery("of_owner")
    )
    return Statement(select(func.array_agg(func.row(row.c.owner_id, row.c.ids))))


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
