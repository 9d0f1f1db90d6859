"""Steps of a stage, one by one.

A change of a step's own members is one statement. What changes the order, or what a step is
linked to, locks the map first.
"""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from service.domain import keys, reading, writing
from service.domain.errors import Invalid, Problem
from service.domain.ids import new_id
from service.domain.journeys import placing, rows, settling, shape, step_inputs
from service.domain.journeys.bounds import MOST_STEPS
from service.domain.journeys.parts import lose_below
from service.domain.journeys.placing import Locked
from service.domain.journeys.tables import journeys, stages, step_emotions, step_touchpoints, steps
from service.domain.journeys.tying import tie_neighbours
from service.domain.journeys.vocabulary import UsesWords
from service.domain.known import Expected
from service.domain.outbox import announcement
from service.domain.reading import Document
from service.domain.work import Work

_LINKS = {"emotions": step_emotions, "touchpoints": step_touchpoints}
_PLACE = ("after", "stage_id")
_ELSEWHERE = (*_LINKS, "journey_id")
"""Members that are kept, or looked up, outside the step's row."""


class Steps(UsesWords):
    """Steps of a stage."""

    kept_unless_sent: ClassVar[frozenset[str]] = frozenset({"after", "stage_id"})

    async def add(self, work: Work, stage_id: UUID, data: step_inputs.PlacedStep) -> Document:
        """A new step, at the end of the stage unless placed."""
        work.needs(self.writes)
        step_id, members = new_id(), data.model_dump()
        await self.ahead(work, members)
        placed = "after" in data.model_fields_set
        simple = not placed and not any(members[name] for name in _ELSEWHERE)
        if simple and (made := await self._append(work, stage_id, step_id, members)):
            return made
        locked = await placing.lock(work, stages, stage_id)
        await placing.refuse_when_full(work, steps, locked)
        await placing.complete_key(work, steps, locked, members)
        await self._settle(work, locked.journey_id, members)
        position = None
        if placed:
            position = await placing.place_after(work, steps, "stage_id", stage_id, data.after)
        values = await self.stored(work, step_id, members)
        owners = {"journey_id": locked.journey_id, "stage_id": stage_id, "position": position}
        made = await self.insert(work, step_id, {**values, **owners})
        if any(members[name] for name in _LINKS):
            await self._relink(work, locked.journey_id, step_id, members)
            made = (await reading.documents(work, self.shape, [step_id]))[step_id]
        await tie_neighbours(work, locked)
        return made

    async def _append(
        self, work: Work, stage_id: UUID, step_id: UUID, members: dict[str, Any]
    ) -> Document | None:
        """The same in one statement: None if its key is held, the map full or written meanwhile."""
        await self._settle(work, stage_id, members)
        key = members["key"] or keys.key_of(members["action"], self.kind)
        values = await self.stored(work, step_id, {**members, "key": key})
        told = announcement(work, self.told(values))
        values |= {"stage_id": stage_id, "position": None}
        row = await work.value(_APPEND, id=step_id, **writing.new(values), **told)
        if row is None:
            return None
        *made, journey_id, neighbours_tied = row
        await tie_neighbours(work, Locked(journey_id, neighbours_tied))
        return Document(*made)

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
        if not moved and not any(members.get(n) is not None for n in _ELSEWHERE):
            await self._settle(work, resource_id, members)
            return await super().apply(work, resource_id, members, expected, touch=touch)
        locked = await placing.lock(work, steps, resource_id)
        await self._settle(work, locked.journey_id, members)
        if moved:
            members |= await self._place(work, locked, resource_id, members)
        await self._relink(work, locked.journey_id, resource_id, members)
        changed = await super().apply(work, resource_id, members, expected, touch=True)
        if moved:
            await tie_neighbours(work, locked)
        return changed

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """The step and the transitions from and to it."""
        work.needs(self.writes)
        locked = await placing.lock(work, steps, resource_id)
        await super().remove(work, resource_id, expected, detach=detach)
        await tie_neighbours(work, locked)

    async def cascade(self, work: Work, resource_id: UUID) -> None:
        """The transitions from and to the step."""
        await lose_below(work, self.table, resource_id)
        await work.rows(
            rows.tell_gone(self.table), id=resource_id, outbox_id=new_id(), now=work.now
        )

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
        if stage_id is None:
            current = await self.current(work, step_id, ["stage_id"])
            stage_id = UUID(current["stage_id"])
        elif not await placing.has_stage(work, locked.journey_id, stage_id):
            detail = "there is no such stage in this map"
            raise Invalid([Problem("/stage_id", "unknown_reference", detail)])
        if "after" in members:
            after = members.pop("after")
        else:
            after = await placing.last(work, steps, "stage_id", stage_id)
        position = await placing.place_after(work, steps, "stage_id", stage_id, after)
        return {"stage_id": stage_id, "position": position}

    async def _relink(
        self, work: Work, journey_id: UUID, step_id: UUID, members: Mapping[str, Any]
    ) -> None:
        """Make the links those given."""
        for name, link in _LINKS.items():  # two link tables
            if name not in members:
                continue
            await work.rows(rows.drop_links(link, "step_id"), ids=[step_id])
            items = enumerate(members[name] or ())
            given = [{**item, "step_id": step_id, "position": n} for n, item in items]
            if given:
                await work.rows(rows.add(link), rows=given, journey_id=journey_id)


STEPS = Steps(
    "step",
    shape.STEP,
    shape.STEPS,
    step_inputs.PlacedStep,
    whole=journeys,
    within="stage_id",
    keeps_values=True,
)
_APPEND = writing.appending(STEPS.written, "neighbours_tied", MOST_STEPS)
