"""Writing the reconciled parts of a map: one statement a table, whatever the size."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Table

from service.domain import cascades
from service.domain.ids import new_id
from service.domain.journeys import rows
from service.domain.journeys.reconciling import Parts, Rows
from service.domain.journeys.tables import (
    stages,
    step_emotions,
    step_touchpoints,
    steps,
    transitions,
)
from service.domain.work import Work

_TABLES = {"step": steps, "transition": transitions}


async def lose_below(work: Work, table: Table, part_id: UUID) -> None:
    """Tell who loses something with a stage or step, and with all that goes with it."""
    found = await work.rows(rows.below(table), id=part_id)
    ids = {kind: [row["id"] for row in found if row["kind"] == kind] for kind in _TABLES}
    gone = {_TABLES[kind]: which for kind, which in ids.items()}
    await cascades.tell(work, {**gone, table: [part_id]})


async def write_parts(work: Work, journey_id: UUID, parts: Parts) -> None:
    """Write reconciled parts: what stays or comes first, so that nothing is lost by cascade."""
    now = work.now.isoformat()
    for step in parts.steps.kept:
        step["nested_journey_id"] = step.pop("journey_id", None)
    for table, part in (
        (stages, parts.stages),
        (steps, parts.steps),
        (transitions, parts.transitions),
    ):
        if part.kept:
            given = [{"created_at": now, "updated_at": now, **row} for row in part.kept]
            await work.rows(rows.put(table), rows=given, journey_id=journey_id)
    step_ids = [step["id"] for step in parts.steps.kept]
    for link, given in ((step_emotions, parts.emotions), (step_touchpoints, parts.touchpoints)):
        await work.rows(rows.drop_links(link, "step_id"), ids=step_ids)
        if given:
            await work.rows(rows.add(link), rows=given, journey_id=journey_id)
    going = ((transitions, parts.transitions), (steps, parts.steps), (stages, parts.stages))
    await cascades.tell(
        work, {table: [UUID(one["id"]) for one in part.gone] for table, part in going}
    )
    for table, part in going:  # three tables
        if part.gone:
            await work.rows(rows.drop(table), ids=[row["id"] for row in part.gone])
    await work.rows(rows.TIED, journey_id=journey_id, tied=parts.tied)
    await _tell(work, journey_id, parts)


async def _tell(work: Work, journey_id: UUID, parts: Parts) -> None:
    """An outbox row for every part that came, changed or went."""
    kinds: Sequence[tuple[str, Rows]] = (
        ("stage", parts.stages),
        ("step", parts.steps),
        ("transition", parts.transitions),
    )
    news = [(f"{kind}.{what}", row) for kind, part in kinds for what, row in part.news]
    news += [(f"{kind}.deleted", row) for kind, part in kinds for row in part.gone]
    told = [
        {
            "id": new_id(),
            "at": work.now,
            "kind": what,
            "resource_id": row["id"],
            "whole_id": journey_id,
            "version": row["version"],
        }
        for what, row in news
    ]
    if told:
        await work.rows(rows.TELL, rows=told, journey_id=journey_id)
