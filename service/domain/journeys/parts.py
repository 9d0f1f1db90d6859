"""Stages, steps and transitions, one by one.

A change of a part's own members is one statement. What changes the order locks the map first;
what changes many parts at once is written as the whole map is.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from service.domain import keys, reading
from service.domain.errors import Invalid, Problem
from service.domain.ids import new_id
from service.domain.journeys import inputs, placing, rows, settling, shape
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.placing import Locked
from service.domain.journeys.tables import (
    journeys,
    stages,
    step_emotions,
    step_touchpoints,
    steps,
    transitions,
)
from service.domain.reading import Document
from service.domain.resources import Expected, Resource
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

_LINKS = {"emotions": step_emotions, "touchpoints": step_touchpoints}
_PLACE = ("after", "stage_id")


def _held(table: Table) -> Statement:
    mine = table.c.journey_id == func.any(uuids("journey_ids"))
    return Statement(select(table.c.key).where(table.c.workspace_id == WORKSPACE, mine))


_KEYS = {table: _held(table) for table in (stages, steps)}
_STEP_IDS = Statement(
    select(steps.c.key, steps.c.id).where(
        steps.c.workspace_id == WORKSPACE,
        steps.c.journey_id == func.any(uuids("journey_ids")),
        steps.c.key == func.any(bindparam("keys", type_=ARRAY(Text))),
    )
)
_STAGE = Statement(
    select(stages.c.id).where(
        stages.c.workspace_id == WORKSPACE,
        stages.c.journey_id == func.any(uuids("journey_ids")),
        stages.c.id == func.any(uuids("ids")),
    )
)


async def _own_key(work: Work, table: Table, locked: Locked, members: dict[str, Any]) -> None:
    """Make the key of a new part where the caller gave none."""
    if members["key"] is None:
        held = await work.rows(_KEYS[table], journey_ids=[locked.journey_id])
        label, kind = members[table.info["label"]], table.info["kind"]
        members["key"] = keys.completed([(None, label)], kind, [row["key"] for row in held])[0]


class Stages(Resource):
    """Stages of a map."""

    async def add(self, work: Work, journey_id: UUID, data: inputs.PlacedStage) -> Document:
        """A new stage, perhaps with steps."""
        work.needs(self.writes)
        locked = await placing.lock(work, journeys, journey_id)
        members = data.model_dump()
        given = members.pop("steps")
        await _own_key(work, stages, locked, members)
        position = None
        if "after" in data.model_fields_set:
            position = await placing.place_after(work, stages, "journey_id", journey_id, data.after)
        stage_id = new_id()
        values = await self.stored(work, stage_id, members)
        placed = {**values, "journey_id": journey_id, "position": position}
        made = await self.insert(work, stage_id, placed)
        if given:
            return await self._with_steps(work, journey_id, stage_id, given)
        await placing.tie_neighbours(work, locked)
        return made

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """A move changes the order, `steps` the stage's steps, everything else one row."""
        members = {n: v for n, v in members.items() if (n, v) != ("key", None)}
        if "after" not in members and "steps" not in members:
            return await super().apply(work, resource_id, members, expected, touch=touch)
        locked = await placing.lock(work, stages, resource_id)
        given = members.pop("steps", None)
        if "after" in members:
            members["position"] = await placing.place_after(
                work, stages, "journey_id", locked.journey_id, members.pop("after")
            )
        changed = await super().apply(work, resource_id, members, expected, touch=True)
        if given is not None:
            return await self._with_steps(work, locked.journey_id, resource_id, given)
        await placing.tie_neighbours(work, locked)
        return changed

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """The stage and its steps."""
        work.needs(self.writes)
        locked = await placing.lock(work, stages, resource_id)
        await super().remove(work, resource_id, expected, detach=detach)
        await placing.tie_neighbours(work, locked)

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Items get their keys."""
        values = await super().stored(work, resource_id, members)
        problems: list[Problem] = []
        settling.settle_stages([("", values)], problems)
        if problems:
            raise Invalid(problems)
        return values

    async def _with_steps(
        self, work: Work, journey_id: UUID, stage_id: UUID, given: list[dict[str, Any]]
    ) -> Document:
        """Make these the stage's steps, by rewriting the map it is in."""
        await JOURNEYS.rewrite_stage(work, journey_id, stage_id, given)
        return (await reading.documents(work, self.shape, [stage_id]))[stage_id]


class Steps(Resource):
    """Steps of a stage."""

    async def add(self, work: Work, stage_id: UUID, data: inputs.PlacedStep) -> Document:
        """A new step, at the end of the stage unless placed."""
        work.needs(self.writes)
        locked = await placing.lock(work, stages, stage_id)
        step_id, members = new_id(), data.model_dump()
        await _own_key(work, steps, locked, members)
        await self._settle(work, locked.journey_id, members)
        position = None
        if "after" in data.model_fields_set:
            position = await placing.place_after(work, steps, "stage_id", stage_id, data.after)
        values = await self.stored(work, step_id, members)
        owners = {"journey_id": locked.journey_id, "stage_id": stage_id, "position": position}
        made = await self.insert(work, step_id, {**values, **owners})
        if await self._relink(work, locked.journey_id, step_id, members):
            made = (await reading.documents(work, self.shape, [step_id]))[step_id]
        await placing.tie_neighbours(work, locked)
        return made

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """A move changes the order, links other tables, everything else one row."""
        members = {n: v for n, v in members.items() if (n, v) != ("key", None)}
        moved = any(name in members for name in _PLACE)
        if not moved and not any(members.get(n) is not None for n in (*_LINKS, "journey_id")):
            await self._settle(work, resource_id, members)
            return await super().apply(work, resource_id, members, expected, touch=touch)
        locked = await placing.lock(work, steps, resource_id)
        await self._settle(work, locked.journey_id, members)
        if moved:
            members |= await self._place(work, locked, resource_id, members)
        await self._relink(work, locked.journey_id, resource_id, members)
        changed = await super().apply(work, resource_id, members, expected, touch=True)
        if moved:
            await placing.tie_neighbours(work, locked)
        return changed

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """The step and the transitions from and to it."""
        work.needs(self.writes)
        locked = await placing.lock(work, steps, resource_id)
        await super().remove(work, resource_id, expected, detach=detach)
        await placing.tie_neighbours(work, locked)

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The nested journey goes into a column of its own: `journey_id` is the map it is in."""
        values = await super().stored(work, resource_id, members)
        if "journey_id" in values:
            values["nested_journey_id"] = values.pop("journey_id")
        return values

    async def _settle(self, work: Work, journey_id: UUID, members: dict[str, Any]) -> None:
        problems: list[Problem] = []
        await settling.settle_steps(work, journey_id, [("", members)], problems)
        if problems:
            raise Invalid(problems)

    async def _place(
        self, work: Work, locked: Locked, step_id: UUID, members: dict[str, Any]
    ) -> dict[str, Any]:
        """Stage and position of a step that moves. Without `after` it goes to the end."""
        stage_id = members.pop("stage_id", None)
        ids = [stage_id] if stage_id is not None else []
        if ids and not await work.rows(_STAGE, journey_ids=[locked.journey_id], ids=ids):
            detail = "there is no such stage in this map"
            raise Invalid([Problem("/stage_id", "unknown_reference", detail)])
        if not ids:
            current = await self.current(work, step_id, ["stage_id"])
            stage_id = UUID(current["stage_id"])
        if "after" in members:
            after = members.pop("after")
        else:
            after = await placing.last(work, steps, "stage_id", stage_id)
        position = await placing.place_after(work, steps, "stage_id", stage_id, after)
        return {"stage_id": stage_id, "position": position}

    async def _relink(
        self, work: Work, journey_id: UUID, step_id: UUID, members: Mapping[str, Any]
    ) -> bool:
        """Make the links those given; true when there are any."""
        linked = False
        for name, link in _LINKS.items():  # two link tables
            if name not in members:
                continue
            await work.rows(rows.drop_links(link, "step_id"), ids=[step_id])
            items = enumerate(members[name] or ())
            given = [{**item, "step_id": step_id, "position": n} for n, item in items]
            if given:
                linked = True
                await work.rows(rows.add(link), rows=given, journey_id=journey_id)
        return linked


class Transitions(Resource):
    """Transitions of a map. Whoever makes, changes or removes one unties the neighbours."""

    async def add(self, work: Work, journey_id: UUID, data: inputs.NewTransition) -> Document:
        """A new edge between two steps of the map."""
        work.needs(self.writes)
        await placing.lock(work, journeys, journey_id)
        await work.rows(rows.TIED, journey_id=journey_id, tied=False)
        values = data.model_dump() | {"journey_id": journey_id, "position": None}
        ends = await self._ends(work, journey_id, values)
        transition_id = new_id()
        stored = await self.stored(work, transition_id, values | ends)
        return await self.insert(work, transition_id, stored)

    async def apply(
        self,
        work: Work,
        resource_id: UUID,
        members: Mapping[str, Any],
        expected: Expected,
        *,
        touch: bool = False,
    ) -> Document:
        """Ends are told by step keys."""
        locked = await placing.lock(work, transitions, resource_id)
        await work.rows(rows.TIED, journey_id=locked.journey_id, tied=False)
        ends = await self._ends(work, locked.journey_id, members)
        return await super().apply(work, resource_id, {**members, **ends}, expected, touch=touch)

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """The edge alone."""
        work.needs(self.writes)
        locked = await placing.lock(work, transitions, resource_id)
        await work.rows(rows.TIED, journey_id=locked.journey_id, tied=False)
        await super().remove(work, resource_id, expected, detach=detach)

    async def _ends(
        self, work: Work, journey_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, UUID]:
        named = {end: members[end] for end in ("from", "to") if members.get(end) is not None}
        found = await work.rows(_STEP_IDS, journey_ids=[journey_id], keys=list(named.values()))
        ids = {row["key"]: row["id"] for row in found}
        unknown = [end for end, key in named.items() if key not in ids]
        if unknown:
            detail = "there is no step with this key"
            raise Invalid([Problem(f"/{end}", "unknown_reference", detail) for end in unknown])
        return {f"{end}_step_id": ids[key] for end, key in named.items()}


STAGES = Stages(
    "stage",
    shape.STAGE,
    shape.STAGES,
    inputs.PlacedStage,
    whole=journeys,
    within="journey_id",
    keeps_values=True,
)
STEPS = Steps(
    "step",
    shape.STEP,
    shape.STEPS,
    inputs.PlacedStep,
    whole=journeys,
    within="stage_id",
    keeps_values=True,
)
TRANSITIONS = Transitions(
    "transition",
    shape.TRANSITION,
    shape.TRANSITIONS,
    inputs.NewTransition,
    whole=journeys,
    within="journey_id",
    keeps_values=True,
)
