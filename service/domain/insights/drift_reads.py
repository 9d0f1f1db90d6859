"""What the members of profiles have, for the personas that represent them."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    Numeric,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from service.domain import membership
from service.domain.audiences import segments
from service.domain.filters import membership as members_of
from service.domain.filters import unplaced
from service.domain.insights.drift import Compared, Measured, PersonaDrift, drift
from service.domain.membership import Counterpart
from service.domain.shapes import json_object
from service.domain.statements import Statement
from service.domain.work import Scope, Work

_LARGEST = 10**15


class Represented(NamedTuple):
    """A persona, the profile it represents, and all that is said of it."""

    persona_id: str
    profile_id: UUID
    said: Mapping[str, Any]


class _Found(msgspec.Struct):
    profile: int
    outcomes: list[int]
    stats: list[Measured]


async def drifts(
    work: Work, asked: Sequence[Represented], sensitive: Sequence[str]
) -> dict[str, PersonaDrift]:
    """The drift of each persona: two statements for all, those of one profile in one pass. Of none
    whose profile asks where contacts stand.

    Raises `TooManyLinks`.
    """
    work.needs(Scope.CONTACTS_READ)
    known = await segments(work, {one.profile_id for one in asked})
    asked = [one for one in asked if not unplaced(members_of(one.profile_id, known), "")]
    hidden = {*sensitive, *membership.SENSITIVE}
    of_profile: dict[UUID, list[tuple[str, Counterpart]]] = {}
    for one in asked:
        compared = of_profile.setdefault(one.profile_id, [])
        compared += [(one.persona_id, c) for c in membership.counterparts(one.said, hidden)]
    parts = [
        _measured(place, membership.everybody(members_of(which, known), f"of_{place}"), compared)
        for place, (which, compared) in enumerate(of_profile.items())
    ]
    if not parts:
        return {}
    every = union_all(*parts).subquery("every")
    statement = Statement(select(cast(func.json_agg(every.c.found), Text)))
    await membership.planned_apart(work)
    rows = msgspec.json.decode(await work.value(statement), type=list[_Found])
    by_place = {row.profile: row for row in rows}
    found = {}
    for place, (which, compared) in enumerate(of_profile.items()):
        row = by_place[place]
        each = list(zip(compared, row.stats, strict=True))
        for one in asked:
            if one.profile_id == which:
                mine = [(_compared(c), m) for (owner, c), m in each if owner == one.persona_id]
                found[one.persona_id] = _drift(which, row.outcomes, mine)
    return found


def _drift(
    which: UUID, outcomes: Sequence[int], mine: Sequence[tuple[Compared, Measured]]
) -> PersonaDrift:
    members, _, unknown, *left_out = outcomes
    excluded = [("unknown_membership", unknown)]
    excluded += zip(membership.REASONS, left_out, strict=True)
    return drift(str(which), members, mine, excluded)


def _compared(one: Counterpart) -> Compared:
    low = None if one.low is None else float(one.low)
    high = None if one.high is None else float(one.high)
    return Compared(one.attribute, one.traits, one.value, one.is_numeric, low, high)


def _measured(
    place: int, found: FromClause, compared: Sequence[tuple[str, Counterpart]]
) -> Select[Any]:
    is_member = membership.is_member(found)
    stats = [_stats(found, is_member, one) for _, one in compared]
    # In parts: a call takes at most a hundred arguments.
    chunks = [func.jsonb_build_array(*stats[n : n + 50]) for n in range(0, len(stats), 50)]
    nothing: ColumnElement[Any] = literal_column("'[]'::jsonb")
    listed = reduce(lambda before, one: before.op("||")(one), chunks, nothing)
    shown = json_object(
        {
            "profile": literal_column(str(place)),
            "outcomes": func.json_build_array(*membership.outcomes(found)),
            "stats": listed,
        }
    )
    return select(shown.label("found")).select_from(found)


def _stats(found: FromClause, is_member: ColumnElement[bool], one: Counterpart) -> Any:
    if one.is_numeric:
        figure = func.coalesce(*(_figure(found, name, one.currency) for name in one.traits), null())
        middle = func.percentile_cont(literal_column("ARRAY[0.25, 0.5, 0.75]::float8[]"))
        quartiles = middle.within_group(figure).filter(is_member)
        return json_object(
            {"contacts": func.count(figure).filter(is_member), "quartiles": quartiles}
        )
    holds = membership.holds(membership.rule(one, 0), found)
    counted = func.count().filter(and_(is_member, holds.is_not(None)))
    held = func.count().filter(and_(is_member, holds.is_(True)))
    return json_object({"contacts": counted, "held": held})


def _figure(found: FromClause, name: str, currency: str | None) -> ColumnElement[Any]:
    """A trait as a figure: a number, or the middle of a closed range of the same currency."""
    trait = found.c.traits.op("->")(cast(bindparam(None, name, type_=Text, unique=True), Text))
    low, high = (trait.op("->")(literal_column(f"'{end}'")) for end in ("min", "max"))
    is_closed = and_(*(_typed(end) == literal_column("'number'") for end in (low, high)))
    if currency is not None:
        told = trait.op("->>")(literal_column("'currency'"))
        wanted = cast(bindparam(None, currency, type_=Text, unique=True), Text)
        is_closed = and_(is_closed, or_(told.is_(None), told == wanted))
    middle = (_number(low) + _number(high)) / literal_column("2")
    figure = case(
        (_typed(trait) == literal_column("'number'"), _number(trait)),
        (and_(_typed(trait) == literal_column("'object'"), is_closed), middle),
    )
    is_usual = func.abs(figure) < literal_column(str(_LARGEST))
    return cast(case((is_usual, figure)), Double)


def _typed(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.jsonb_typeof(value, type_=Text())


def _number(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(value, Numeric)
