"""Own KPIs as resources, and the figures that are posted of them."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import Column, Integer, Uuid, bindparam, delete, func, insert, select

from service.domain import reading
from service.domain.audiences import BuiltIn
from service.domain.errors import Invalid, Problem
from service.domain.inputs import checked
from service.domain.journeys import UsesWords
from service.domain.keyed import Keyed
from service.domain.known import Expected
from service.domain.measures.kpis import KpiQuery, computable
from service.domain.measures.own_kpis import shape
from service.domain.measures.own_kpis.agreeing import disagreeing
from service.domain.measures.own_kpis.inputs import NewKpi
from service.domain.measures.own_kpis.meaning import IDS
from service.domain.measures.own_kpis.reads import settled
from service.domain.measures.own_kpis.tables import kpi_places
from service.domain.reading import Document
from service.domain.statements import WORKSPACE, Statement, rows_of
from service.domain.work import Work

_KPI_ID = bindparam("kpi_id", type_=Uuid())
TOGETHER = ("definition", "built_in", "parameters", "target", "aggregation")
"""Members that must agree with each other."""


class Kpis(Keyed, UsesWords):
    """KPIs: a workspace's own, and those that are built in, which nobody changes."""

    kept_unless_sent: ClassVar[frozenset[str]] = frozenset({"external_ids", "key"})

    async def insert(self, work: Work, resource_id: UUID, values: Mapping[str, Any]) -> Document:
        """The row, then where it stands."""
        made = await super().insert(work, resource_id, _without_places(values))
        places = values["places"]
        return await self._placed(work, resource_id, places) if places else made

    async def change(
        self,
        work: Work,
        resource_id: UUID,
        values: Mapping[str, Any],
        expected: Expected,
        told: Mapping[str, Any] | None = None,
        *,
        tells_whole: bool = False,
    ) -> Document:
        """The row, then where it stands, if that was sent."""
        changed = await super().change(
            work, resource_id, _without_places(values), expected, told, tells_whole=tells_whole
        )
        if "places" not in values:
            return changed
        await work.rows(_LEFT, kpi_id=resource_id)
        return await self._placed(work, resource_id, values["places"])

    async def stored(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Refuses places that are none, and members that do not agree; makes the key."""
        _own(resource_id)
        values = await super().stored(work, resource_id, members)
        problems: list[Problem] = []
        if "places" in members:
            values["places"] = await settled(work, members["places"], problems)
        if not {*TOGETHER}.isdisjoint(members):
            together = await self._together(work, resource_id, members)
            problems += disagreeing(work.caller, together, {*members})
            if together["built_in"] is not None and {"built_in", "parameters"} & {*members}:
                problems += await _not_computable(work, together)
        if problems:
            raise Invalid(problems)
        if "key" in values:
            values["key"] = await self.own_key(work, resource_id, values, IDS)
        return values

    async def current(
        self, work: Work, resource_id: UUID, names: Sequence[str]
    ) -> Mapping[str, Any]:
        """Of one's own alone."""
        _own(resource_id)
        return await super().current(work, resource_id, names)

    async def remove(
        self, work: Work, resource_id: UUID, expected: Expected = None, *, detach: bool = False
    ) -> None:
        """An own one."""
        work.needs(self.writes)
        _own(resource_id)
        await super().remove(work, resource_id, expected, detach=detach)

    async def _together(
        self, work: Work, resource_id: UUID, members: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The members that must agree: as sent, else as stored."""
        missing = [name for name in TOGETHER if name not in members]
        held = await self.current(work, resource_id, missing) if missing else {}
        return {name: members[name] if name in members else held[name] for name in TOGETHER}

    async def _placed(
        self, work: Work, resource_id: UUID, places: Sequence[Mapping[str, Any]]
    ) -> Document:
        """Write where it stands, and answer it with that."""
        if places:
            await work.rows(_PLACED, kpi_id=resource_id, given=places)
        return (await reading.documents(work, self.shape, [resource_id]))[resource_id]


async def _not_computable(work: Work, together: Mapping[str, Any]) -> Sequence[Problem]:
    """What is wrong with a built-in KPI that is named, and with its parameters."""
    named = {"kpi": together["built_in"], "parameters": together["parameters"] or {}}
    try:
        await computable(work, cast(KpiQuery, checked(KpiQuery, named)))
    except Invalid as error:
        return error.renamed(lambda at: "/built_in" if at == "/kpi" else at).problems
    return ()


def _own(resource_id: UUID) -> None:
    if resource_id in IDS.values():
        raise BuiltIn("Built-in KPIs cannot be changed.")


def _without_places(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "places"}


def _placing() -> Statement:
    names = ("position", *shape.PLACES)
    kinds = (Integer, Uuid, Uuid, Uuid)
    typed = (Column(name, kind()) for name, kind in zip(names, kinds, strict=True))
    call = func.jsonb_to_recordset(rows_of("given")).table_valued(*typed)
    given = call.render_derived(name="given", with_types=True)
    values = select(WORKSPACE, _KPI_ID, *(given.c[name] for name in names))
    return Statement(insert(kpi_places).from_select(["workspace_id", "kpi_id", *names], values))


_LEFT = Statement(
    delete(kpi_places).where(kpi_places.c.workspace_id == WORKSPACE, kpi_places.c.kpi_id == _KPI_ID)
)
_PLACED = _placing()

KPIS = Kpis("kpi", shape.KPI, shape.KPIS, NewKpi)
