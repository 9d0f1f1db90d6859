"""What callers ask of KPIs: which are listed, the range that one is looked at in, and how one is
named that something else rests on."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from service.domain.inputs import Condition, Input, Key, Line, Slug
from service.domain.measures.own_kpis.inputs import JOURNEY, STAGE, STEP, Direction, SentParameters
from service.domain.paging import ListQuery
from service.domain.times import Instant, forwards
from service.domain.words import told


class KpiList(ListQuery):
    """KPIs by whose they are and where they stand."""

    key: Annotated[Key | None, told("Only the one with this key.", "orders-by-visitors")] = None
    owner: Annotated[Slug | None, told("Only those this department answers for.", "marketing")] = (
        None
    )
    direction: Annotated[Direction | None, told("Only those that should go there.", "up")] = None
    built_in: Annotated[
        Slug | None, told("Only this built-in KPI, and targets on it.", "bounce_rate")
    ] = None
    own: Annotated[bool | None, told("Only one's own; false: only built-in ones.", True)] = None
    journey_id: Annotated[UUID | None, told("Only those of this map.", JOURNEY)] = None
    stage_id: Annotated[UUID | None, told("Only those of this stage.", STAGE)] = None
    step_id: Annotated[UUID | None, told("Only those of this step.", STEP)] = None


class KpiRange(Input):
    """The half-open range that a KPI is looked at in."""

    shown_only = frozenset()
    from_: Annotated[
        Instant | None,
        Field(alias="from"),
        told("From then on; absent: as the target says.", "2026-05-01T00:00:00Z"),
    ] = None
    to: Annotated[
        Instant | None,
        told("Before then; absent: as the target says.", "2026-06-01T00:00:00Z"),
    ] = None

    @model_validator(mode="after")
    def _forwards(self) -> "KpiRange":
        forwards(self.from_, self.to)
        return self


class NamedKpi(Input):
    """A KPI that something else rests on, and of which events it is."""

    shown_only = frozenset()
    kpi: Annotated[Line, told("Its key, as GET /v1/kpis lists it, or the id.", "conversion_rate")]
    parameters: Annotated[
        SentParameters | None,
        told("How it is computed; null: as usual.", {"goal": "Order Completed"}),
    ] = None
    filter: Annotated[
        Condition,
        told(
            "Only these events: of a segment, a device; null: all.",
            {"field": "device", "op": "eq", "value": "mobile"},
        ),
    ] = None
