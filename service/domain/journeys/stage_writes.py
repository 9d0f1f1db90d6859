"""Stages of a map, one by one.

A change of a stage's own members is one statement. What changes the order locks the map first;
what changes many parts at once is written as the whole map is.
"""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from service.domain import reading
from service.domain.errors import Invalid, Problem
from service.domain.ids import new_id
from service.domain.journeys import inputs, placing, rows, settling, shape
from service.domain.journeys.maps import JOURNEYS
from service.domain.journeys.parts import lose_below
from service.domain.journeys.revisions import PartsOfStates
from service.domain.journeys.tables import journeys, stages
from service.domain.journeys.tying import tie_neighbours
from service.domain.known import Expected
from service.domain.reading import Document
from service.domain.work import Work


class Stages(PartsOfStates):
    """Stages of a map."""

    kept_unless_sent: ClassVar[frozenset[str]] = frozenset({"after"})

    async def add(self, work: Work, journey_id: UUID, data: inputs.PlacedStage) -> Document:
        """A new stage, perhaps with steps."""
        work.needs(self.writes)
        members = data.model_dump()
        await self.ahead(work, members)
        locked = await placing.lock(work, journeys, journey_id)
        await placing.refuse_when_full(work, stages, locked)
        given = members.pop("steps")
        await placing.complete_key(work, stages, locked, members)
        position = None
        if "after" in data.model_fields_set:
            position = await placing.place_after(work, stages, "journey_id", journey_id, data.after)
        stage_id = new_id()
        values = await self.stored(work, stage_id, members)
        placed = {**values, "journey_id": journey_id, "position": position}
        made = await self.insert(work, stage_id, placed)
        if given:
            return await self._with_steps(work, journey_id, stage_id, given)
        await tie_neighbours(work, locked)
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
        await tie_neighbours(work, locked)
        return changed

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """The stage and its steps."""
        work.needs(self.writes)
        locked = await placing.lock(work, stages, resource_id)
        await super().remove(work, resource_id, expected, detach=detach)
        await tie_neighbours(work, locked)

    async def cascade(self, work: Work, resource_id: UUID) -> None:
        """The stage's steps, and the transitions from and to them."""
        await lose_below(work, self.table, resource_id)
        await work.rows(
            rows.tell_gone(self.table), id=resource_id, outbox_id=new_id(), now=work.now
        )

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


STAGES = Stages(
    "stage",
    shape.STAGE,
    shape.STAGES,
    inputs.PlacedStage,
    whole=journeys,
    within="journey_id",
    keeps_values=True,
)
