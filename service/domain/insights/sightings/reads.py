"""What is to be kept of gaps, whether anything has changed, and what was kept."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import distinct_on

from service.domain.events import event_rows
from service.domain.insights.gaps.events import STANDING_QUESTION
from service.domain.insights.gaps.gap import FROM_EVENTS
from service.domain.insights.gaps.reads import AT_ONCE, analyses, journeys_of
from service.domain.insights.sightings.inputs import GapSightingList
from service.domain.insights.sightings.shape import SIGHTINGS
from service.domain.insights.tables import gap_sightings
from service.domain.outbox import outbox
from service.domain.pages import Only
from service.domain.paging import PageOf, narrowed, page
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Scope, Work

_KEPT = ("journey_id", "stage_id", "step_id", "kind", "severity")
PATIENT = 60.0
"""Seconds for which the worker looks for what events show: nobody waits for it."""


class Pulse(NamedTuple):
    """The last change and the last event of a workspace: while both stay, nothing came."""

    change: str | None
    arrival: int | None


class Seen(NamedTuple):
    """The gaps of some maps as they are now, as rows to be kept, and the kinds that could not be
    looked for."""

    journey_ids: Sequence[UUID]
    gaps: Sequence[Mapping[str, Any]]
    unlooked: frozenset[str] = frozenset()


async def pulse(work: Work) -> Pulse:
    """What tells whether anything came: one statement."""
    work.needs(Scope.MAPS_READ)
    return Pulse(*await work.value(_PULSE))


async def maps_in_turn(work: Work) -> list[Sequence[UUID]]:
    """All maps, as many together as are looked at at once: most workspaces take one turn."""
    work.needs(Scope.MAPS_READ)
    ids = await journeys_of(work)
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


async def seen_gaps(work: Work, journey_ids: Sequence[UUID], seconds: float = PATIENT) -> Seen:
    """The gaps of some maps, as `gaps` finds them, in as many statements as it runs. What events
    show of them is looked for so long."""
    work.needs(Scope.MAPS_READ)
    found = await analyses(work, journey_ids, asked=STANDING_QUESTION, seconds=seconds)
    each = found.journeys.values()
    rows = {
        str(gap.id): {"gap_id": str(gap.id), **{n: getattr(gap, n) for n in _KEPT}}
        for one in each
        for gap in one.gaps
    }
    unlooked = frozenset[str]().union(*(one.unlooked for one in each))
    return Seen(list(found.journeys), list(rows.values()), unlooked)


async def gap_history(work: Work, query: GapSightingList) -> PageOf:
    """One page of when gaps came and went, the latest first; without analytics:read none that
    events alone show. Raises what `page` does."""
    work.needs(Scope.MAPS_READ)
    if Scope.ANALYTICS_READ in work.caller.scopes:
        return await page(work, SIGHTINGS, query)
    return await narrowed(work, SIGHTINGS, query, _OF_THE_MAP)


async def newest_sightings(work: Work, gap_ids: Sequence[UUID], journey_ids: Sequence[UUID]) -> str:
    """When each of some gaps on these maps last came, and went if it did: a JSON array, in no
    order; without analytics:read none that events alone show. One statement.
    """
    work.needs(Scope.MAPS_READ)
    statement = _NEWEST[Scope.ANALYTICS_READ in work.caller.scopes]
    found: str = await work.value(statement, gap_ids=list(gap_ids), journey_ids=list(journey_ids))
    return found


def _newest(every: bool) -> Statement:
    table = gap_sightings
    newest = (
        select(table)
        .ext(distinct_on(table.c.gap_id))
        .where(
            table.c.workspace_id == WORKSPACE,
            table.c.journey_id == func.any(uuids("journey_ids")),
            table.c.gap_id == func.any(uuids("gap_ids")),
            *(() if every else (_of_the_map(table),)),
        )
        .order_by(table.c.gap_id, table.c.opened_at.desc(), table.c.id.desc())
        .subquery("newest")
    )
    shown = json_object({c.name: newest.c[c.name] for c in table.c if c.name != "workspace_id"})
    empty = literal_column("'[]'", Text)
    return Statement(select(func.coalesce(cast(func.json_agg(shown), Text), empty)))


def _pulse() -> Statement:
    told, came = outbox.alias("told"), event_rows.alias("came")
    # A transaction that still runs may tell of what lies before: as whoever follows the changes.
    horizon = func.pg_snapshot_xmin(func.pg_current_snapshot())
    last = (
        select(cast(told.c.id, Text))
        .where(told.c.workspace_id == WORKSPACE, told.c.xid < horizon)
        .order_by(told.c.xid.desc(), told.c.id.desc())
        .limit(literal_column("1"))
    )
    newest = select(func.max(came.c.arrival)).where(came.c.workspace_id == WORKSPACE)
    return Statement(select(func.row(last.scalar_subquery(), newest.scalar_subquery())))


def _of_the_map(row: FromClause) -> ColumnElement[bool]:
    kinds = [literal_column(f"'{kind}'", Text) for kind in sorted(FROM_EVENTS)]
    return row.c.kind.not_in(kinds)


_OF_THE_MAP = Only("the map", _of_the_map)
_PULSE = _pulse()
_NEWEST = {every: _newest(every) for every in (True, False)}
