"""What a finding refers to, found at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, cast, func, literal_column, null, select, union_all

from service.domain.audiences import personas
from service.domain.errors import Problem, pointer
from service.domain.evidence.inputs import TARGETS
from service.domain.journeys import TOUCHPOINTS, journeys, stages, steps, transitions
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

_TABLES = {
    "persona_id": personas,
    "journey_id": journeys,
    "stage_id": stages,
    "step_id": steps,
    "transition_id": transitions,
    "touchpoint_id": TOUCHPOINTS.table,
}


def _named() -> Statement:
    """Of all that targets may name the ids there are, with the maps that they are or belong to."""
    rows = [
        select(
            literal_column(f"'{name}'").label("name"),
            table.c.id,
            _map_of(table).label("journey_id"),
        ).where(table.c.workspace_id == WORKSPACE, table.c.id == func.any(uuids(name)))
        for name, table in _TABLES.items()
    ]
    return Statement(union_all(*rows))


def _map_of(table: Any) -> Any:
    if table is journeys:
        return table.c.id
    return table.c.journey_id if "journey_id" in table.c else cast(null(), Uuid)


_NAMED = _named()


async def settle_targets(
    work: Work, targets: Sequence[Mapping[str, Any]], problems: list[Problem]
) -> list[dict[str, Any]]:
    """The targets as they are stored, each with the map that it is or belongs to.

    `problems` gains each that names nothing, and each that is named twice.
    """
    if not targets:
        return []
    ids: dict[str, list[UUID]] = {name: [] for name in TARGETS}
    for target in targets:
        ids[_name(target)].append(target[_name(target)])
    rows = await work.rows(_NAMED, **ids)
    maps = {(row["name"], row["id"]): row["journey_id"] for row in rows}
    settled, seen = [], set()
    for n, target in enumerate(targets):
        name = _name(target)
        at, what = pointer("targets", n, name), (name, target[name])
        if what not in maps:
            kind = name.removesuffix("_id")
            problems.append(Problem(at, "unknown_reference", f"there is no such {kind}"))
        elif (*what, target["attribute"]) in seen:
            problems.append(Problem(at, "repeated", "is named twice"))
        seen.add((*what, target["attribute"]))
        settled.append({**target, "journey_id": maps.get(what), "position": n})
    return settled


def _name(target: Mapping[str, Any]) -> str:
    """The one member that a target names."""
    return next(name for name in TARGETS if target[name] is not None)
