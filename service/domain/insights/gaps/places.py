"""Where gaps are looked for: the journeys of a workspace or profile, and what profiles are akin."""

from typing import Any

from sqlalchemy import Text, Uuid, and_, bindparam, cast, func, select, union

from service.domain.audiences import personas, profiles
from service.domain.insights.tables import gap_sightings, gap_states
from service.domain.journeys import journey_personas, journeys
from service.domain.statements import WORKSPACE, Statement, uuids


def _climbing() -> Any:
    """Each of the profiles `ids` with all above it."""
    p, above = profiles.alias("p"), profiles.alias("above")
    start = select(p.c.id.label("start"), p.c.id, p.c.parent_id)
    climb = start.where(p.c.workspace_id == WORKSPACE, p.c.id == func.any(uuids("ids"))).cte(
        "climb", recursive=True
    )
    upwards = select(climb.c.start, above.c.id, above.c.parent_id)
    is_next = and_(above.c.workspace_id == WORKSPACE, above.c.id == climb.c.parent_id)
    return climb.union(upwards.select_from(climb.join(above, is_next)))


def _lineage() -> Any:
    climb, p = _climbing(), profiles.alias("named")
    is_start = and_(p.c.workspace_id == WORKSPACE, p.c.id == climb.c.start)
    # Every profile is above itself here: whoever is of it is of it.
    row = func.json_build_array(p.c.id, p.c.name, func.json_agg(climb.c.id))
    rows = select(row.label("row")).select_from(climb.join(p, is_start)).group_by(p.c.id, p.c.name)
    each = rows.subquery("each")
    return select(cast(func.json_agg(each.c.row), Text)).select_from(each)


LINEAGE = Statement(_lineage())
"""The profiles of `ids` as the JSON of a list of `map.Line`."""


def _below() -> Any:
    """The profile `profile_id` and all below it."""
    p, child = profiles.alias("p"), profiles.alias("child")
    asked = bindparam("profile_id", type_=Uuid())
    below = (
        select(p.c.id)
        .where(p.c.workspace_id == WORKSPACE, p.c.id == asked)
        .cte("below", recursive=True)
    )
    is_child = and_(child.c.workspace_id == WORKSPACE, child.c.parent_id == below.c.id)
    return below.union(select(child.c.id).select_from(below.join(child, is_child)))


def _of_profile() -> Any:
    below, of, p = _below(), journey_personas.alias("of"), personas.alias("p")
    is_whose = and_(p.c.workspace_id == of.c.workspace_id, p.c.id == of.c.persona_id)
    rows = of.join(p, is_whose).join(below, below.c.id == p.c.profile_id)
    each = select(of.c.journey_id.distinct().label("id")).select_from(rows)
    found = each.where(of.c.workspace_id == WORKSPACE).subquery("found")
    ids = select(func.array_agg(cast(found.c.id, Text))).select_from(found).scalar_subquery()
    known = select(func.count()).select_from(below).scalar_subquery()
    return select(func.row(known, ids))


OF_PROFILE = Statement(_of_profile())
"""How many profiles there are at or below `profile_id`, and the journeys of their personas."""

_each = journeys.alias("each")
ALL = Statement(
    select(func.array_agg(cast(_each.c.id, Text))).where(_each.c.workspace_id == WORKSPACE)
)
"""Every journey of the workspace."""


def _places() -> Any:
    judged, seen = gap_states.alias("judged"), gap_sightings.alias("seen")
    known = union(
        select(judged.c.id.label("id"), judged.c.journey_id).where(
            judged.c.workspace_id == WORKSPACE, judged.c.id == func.any(uuids("gap_ids"))
        ),
        select(seen.c.gap_id, seen.c.journey_id).where(
            seen.c.workspace_id == WORKSPACE,
            seen.c.gap_id == func.any(uuids("gap_ids")),
            seen.c.closed_at.is_(None),
        ),
    ).subquery("known")
    return select(func.array_agg(func.row(known.c.id, known.c.journey_id)))


PLACES = Statement(_places())
"""The journeys of gaps that people have judged, or that the worker sees."""
