"""Transitions of a map, one by one. Whoever makes, changes or removes one unties the neighbours."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service.domain import cascades
from service.domain.errors import Invalid, Problem
from service.domain.ids import new_id
from service.domain.journeys import inputs, placing, rows, shape
from service.domain.journeys.revisions import PartsOfStates
from service.domain.journeys.tables import journeys, transitions
from service.domain.known import Expected
from service.domain.reading import Document
from service.domain.work import Work


class Transitions(PartsOfStates):
    """Transitions of a map. Whoever makes, changes or removes one unties the neighbours."""

    async def add(self, work: Work, journey_id: UUID, data: inputs.NewTransition) -> Document:
        """A new edge between two steps of the map."""
        work.needs(self.writes)
        members = data.model_dump()
        await self.ahead(work, members)
        locked = await placing.lock(work, journeys, journey_id)
        await placing.refuse_when_full(work, transitions, locked)
        await work.rows(rows.TIED, journey_id=journey_id, tied=False)
        values = members | {"journey_id": journey_id, "position": None}
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
        del touch
        if not members:
            return await self.unchanged(work, resource_id, expected)
        locked = await placing.lock(work, transitions, resource_id)
        await work.rows(rows.TIED, journey_id=locked.journey_id, tied=False)
        ends = await self._ends(work, locked.journey_id, members)
        return await super().apply(work, resource_id, {**members, **ends}, expected, touch=True)

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """The edge alone."""
        work.needs(self.writes)
        locked = await placing.lock(work, transitions, resource_id)
        await work.rows(rows.TIED, journey_id=locked.journey_id, tied=False)
        await super().remove(work, resource_id, expected, detach=detach)

    async def cascade(self, work: Work, resource_id: UUID) -> None:
        """What others say of the edge."""
        await cascades.tell(work, {self.table: [resource_id]})

    async def _ends(
        self, work: Work, journey_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, UUID]:
        named = {end: members[end] for end in ("from", "to") if members.get(end) is not None}
        ids = await placing.step_ids(work, journey_id, list(named.values()))
        unknown = [end for end, key in named.items() if key not in ids]
        if unknown:
            detail = "there is no step with this key"
            raise Invalid([Problem(f"/{end}", "unknown_reference", detail) for end in unknown])
        return {f"{end}_step_id": ids[key] for end, key in named.items()}


TRANSITIONS = Transitions(
    "transition",
    shape.TRANSITION,
    shape.TRANSITIONS,
    inputs.NewTransition,
    whole=journeys,
    within="journey_id",
    keeps_values=True,
)
