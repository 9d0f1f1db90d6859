"""Profiles as they test contacts, with all that they stand on: one statement."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Text, Uuid, case, cast, func, literal_column, select
from sqlalchemy.sql.elements import ClauseElement

from service.domain import filters
from service.domain.audiences import conditions
from service.domain.audiences.conditions import UNSTORED
from service.domain.audiences.tables import profiles
from service.domain.errors import Invalid, Problem
from service.domain.filters import (
    NOT_READABLE,
    PEOPLE,
    At,
    Filter,
    NotPlaced,
    Segment,
    TooManyLinks,
    mentioned,
    settled,
    unanswerable,
    unplaced,
)
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work

_decode = msgspec.json.decode


async def segments(work: Work, ids: Iterable[UUID]) -> dict[UUID, Segment]:
    """These profiles, and whatever their membership depends on: one statement for all."""
    work.needs(Scope.MAPS_READ)
    return await lines(work, ids)


async def unstored(
    work: Work, parent_id: UUID | None, members: Mapping[str, Any]
) -> dict[UUID, Segment]:
    """The same for a profile that is not stored, which has the id `UNSTORED`.

    Raises `Invalid` for conditions that cannot be read or answered, and unknown profiles.
    """
    work.needs(Scope.MAPS_READ)
    problems: list[Problem] = []
    told = conditions.read(members, problems)
    named = conditions.links(parent_id, told)
    known = await lines(work, {which for _, which in named}) if named else {}
    problems += conditions.link_problems(UNSTORED, parent_id, told, known)
    if problems:
        raise Invalid(problems)
    own = Segment(UNSTORED, "", parent_id, told.get("criteria"), told.get("exclusions"))
    return {**known, UNSTORED: own}


async def lines(work: Work, ids: Iterable[UUID]) -> dict[UUID, Segment]:
    """The same for those who write, and need not read."""
    rows = await work.value(_LINES, ids=list(dict.fromkeys(ids)))
    found = (_segment(row) for row in _decode(rows or "[]"))
    return {one.id: one for one in found}


Placing = Callable[[Work, Filter, Callable[[At], str]], Awaitable[Filter]]
"""What looks up where contacts stand on maps, for a filter and the pointers of what it asks."""


def nowhere(filter: Filter, where: Callable[[At], str]) -> Filter:
    """The filter, which asks nobody where they stand. Raises `Invalid` if it does."""
    if asked := dict.fromkeys(where(leaf) for _, leaf in unplaced(filter, "")):
        error = NotPlaced()
        raise Invalid([Problem(one, error.code, error.detail) for one in asked])
    return filter


async def answerable(work: Work, filter: Filter, at: str, placing: Placing | None = None) -> Filter:
    """A filter over people as contacts alone can answer it; `at` is where it stands, `placing` what
    looks up where contacts stand on maps; without it that is refused.

    Raises `Invalid` for what no contact answers, for profiles that are not there, and for what
    stands on too many. Only `member_of` costs a statement, and needs the right to read profiles;
    and what `placing` does.
    """
    if problems := unanswerable(filter, at):
        raise Invalid(problems)
    asked = [*mentioned(filter, at)]
    known = await segments(work, {which for _, which in asked}) if asked else {}
    detail = "there is no such profile"
    gone = [pointer for pointer, which in asked if which not in known]
    if gone:
        raise Invalid([Problem(one, "unknown_reference", detail) for one in gone])
    try:
        found = settled(filter, known)
    except TooManyLinks as error:
        raise Invalid([Problem(at, error.code, error.detail)]) from error
    pointers = {leaf: where for where, leaf in unplaced(filter, at)}

    def where(leaf: At) -> str:
        return pointers.get(leaf, at)

    return nowhere(found, where) if placing is None else await placing(work, found, where)


def _segment(row: dict[str, Any]) -> Segment:
    parent = row["parent_id"]
    named = Segment(UUID(row["id"]), row["name"], None if parent is None else UUID(parent))
    try:
        return named._replace(
            criteria=_parsed(row["criteria"]), exclusions=_parsed(row["exclusions"])
        )
    except Invalid:
        # Stored before criteria were held against what contacts have: they test nobody.
        return named._replace(reason=NOT_READABLE)


def _parsed(raw: object) -> "Filter | None":
    return None if raw is None else filters.parse(raw, PEOPLE)


def _lines() -> ClauseElement:
    start = (
        select(profiles.c.id, profiles.c.parent_id, profiles.c.criteria, profiles.c.exclusions)
        .where(profiles.c.workspace_id == WORKSPACE, profiles.c.id == func.any(uuids("ids")))
        .cte("line", recursive=True)
    )
    # A parent as the criteria would name it.
    wider = func.jsonb_build_object(
        literal_column("'field'"),
        literal_column("'member_of'"),
        literal_column("'value'"),
        start.c.parent_id,
    )
    told = func.jsonb_build_array(wider, start.c.criteria, start.c.exclusions)
    said = func.jsonb_path_query(told, _MENTIONED).table_valued("value").render_derived("said")
    text = literal_column("said.value #>> '{}'", Text())
    # Whatever else an old one holds there is nobody's id.
    is_id = text.op("~")(literal_column("'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'"))
    next_ = profiles.alias("next")
    is_it = next_.c.id == case((is_id, cast(text, Uuid())))
    line = start.union(
        select(next_.c.id, next_.c.parent_id, next_.c.criteria, next_.c.exclusions).select_from(
            start.join(said, literal_column("true")).join(
                next_, (next_.c.workspace_id == WORKSPACE) & is_it
            )
        )
    )
    one = profiles.alias("one")
    names = ("id", "name", "parent_id", "criteria", "exclusions")
    shown = func.json_agg(json_object({name: one.c[name] for name in names}))
    return select(cast(shown, Text)).where(
        one.c.workspace_id == WORKSPACE, one.c.id.in_(select(line.c.id))
    )


_MENTIONED: ColumnElement[Any] = literal_column(
    "'lax $.** ? (@.field == \"member_of\").value[*]'::jsonpath"
)
_LINES = Statement(_lines)
