"""An own KPI on a map: what is asked of the events there, and whose target a figure has. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from service.domain.measures.kpis.catalogue import BUILT_IN
from service.domain.measures.kpis.kpi import Kpi
from service.domain.measures.kpis.of_maps import OF_MAPS
from service.domain.measures.own_kpis.own import OwnKpi, of_built_in, of_definition
from service.domain.measures.own_kpis.status import Target


class StandsAt(Struct, frozen=True, gc=False):
    """A map, or a stage or a step of it."""

    journey_id: str
    stage_id: str | None = None
    step_id: str | None = None


class MapKpi(OwnKpi, frozen=True):
    """An own KPI with its target; `places` are those on maps that are asked about, `anywhere` says
    that it stands on no map at all."""

    target: Target | None
    owner: str | None
    places: list[StandsAt]
    anywhere: bool

    @property
    def posted(self) -> bool:
        """Whether its figures are measured elsewhere."""
        return self.built_in is None and self.definition is None

    def at(self, journey_id: str) -> list[StandsAt]:
        """Where on a map it stands."""
        return [one for one in self.places if one.journey_id == journey_id]


class KpisOnMaps(Struct, frozen=True):
    """Own KPIs, and how many more there are than are told."""

    kpis: list[MapKpi]
    more: int


def kpi_on_map(own: MapKpi, selections: Sequence[Any]) -> Kpi:
    """What it is asked of the events at a map's steps; `selections` are those of its quantities.

    A built-in KPI that means something of its own on a map means that, unless a parameter is set
    which only the usual one takes.
    """
    if own.definition is not None:
        return of_definition(own, own.definition, selections)
    key = own.built_in or ""
    here = OF_MAPS.get(key)
    if here is None or {*(own.parameters or {})} - {*here.parameters}:
        here = BUILT_IN[key]
    return of_built_in(own, here)


def target_of(key: str, at: StandsAt, known: Iterable[MapKpi]) -> MapKpi | None:
    """The own KPI whose target a built-in one has at a place, of `known` in their order: one that
    stands there, else on the map, else on no map; it has no parameters of its own."""
    found: dict[int, MapKpi] = {}
    for one in known:
        if one.built_in != key or one.target is None or one.parameters:
            continue
        whole = StandsAt(at.journey_id)
        ranks = (at in one.places, whole in one.places, one.anywhere)
        if True in ranks:
            found.setdefault(ranks.index(True), one)
    return found[min(found)] if found else None
