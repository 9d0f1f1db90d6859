"""The touchpoint catalogue as a resource."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, func, select

from service.domain import references
from service.domain.errors import Invalid, Problem
from service.domain.journeys import shape, touchpoint_inputs
from service.domain.journeys.settling import binding
from service.domain.journeys.tables import touchpoints
from service.domain.journeys.vocabulary import UsesWords, resolve
from service.domain.keyed import Keyed
from service.domain.statements import WORKSPACE, Statement
from service.domain.work import Work

_BY_KEY = Statement(
    select(touchpoints.c.id, touchpoints.c.key).where(
        touchpoints.c.workspace_id == WORKSPACE,
        touchpoints.c.key == func.any(bindparam("keys", type_=ARRAY(Text))),
    )
)


class Touchpoints(Keyed, UsesWords):
    """Where client and firm cross."""

    async def by_key(self, work: Work, wanted: Iterable[str]) -> dict[str, UUID]:
        """The ids of the touchpoints that have these keys."""
        work.needs(self.reads)
        rows = await work.rows(_BY_KEY, keys=list(wanted))
        return {row["key"]: row["id"] for row in rows}

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Makes the key from the name when there is none; refuses one that is taken."""
        values = await super().stored(work, resource_id, members)
        problems: list[Problem] = []
        if values.get("binding") is not None:
            values["binding"] = binding(values["binding"], "/binding", problems)
        if problems:
            raise Invalid(problems)
        if values.get("activities"):
            await resolve(work, activities=values["activities"])
        if "key" in values:
            values["key"] = await self.own_key(work, resource_id, values)
            await references.touch(work, touchpoints, resource_id)
        return values


TOUCHPOINTS = Touchpoints(
    "touchpoint", shape.TOUCHPOINT, shape.TOUCHPOINTS, touchpoint_inputs.NewTouchpoint
)
