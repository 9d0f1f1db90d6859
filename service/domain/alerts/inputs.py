"""What callers send for alerts."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from service.domain.inputs import WHOLE, ExternalIds, Flag, Input, Line
from service.domain.insights import GAP_KIND, GapKind
from service.domain.measures import NamedKpi
from service.domain.paging import ListQuery
from service.domain.words import Meaning, told

JOURNEY, STAGE = (f"0198c7f0-0000-7000-8000-0000000000{n}" for n in (40, 50))
_MOST = 1e15
_Number = Annotated[float, Strict(), Field(ge=-_MOST, le=_MOST)]
_Kind = Annotated[GapKind, GAP_KIND]
LONGEST = 366
"""Days of a window; a year and a day lie between two that are compared at most twice."""

AlertState = Annotated[
    Literal["ok", "firing", "not_enough_data", "failing"],
    Meaning(
        "How a rule stands.",
        {
            "ok": "What it watches is as it should be.",
            "firing": "It is beyond the condition.",
            "not_enough_data": "Nothing can be said yet; see `reason`.",
            "failing": "Its figure cannot be computed; `reason` is the code of the error.",
        },
        "AlertState",
    ),
]
Direction = Annotated[
    Literal["up", "down", "both"],
    Meaning(
        "Which way a change is told.",
        {"up": "A rise.", "down": "A fall.", "both": "Either."},
        "AlertDirection",
    ),
]
Mode = Annotated[
    Literal["relative", "absolute"],
    Meaning(
        "What the size of a change is measured in.",
        {
            "relative": "As a part of the figure before: 0.1 is a tenth of it.",
            "absolute": "In the unit of the figure: of a share 0.1 is ten points.",
        },
        "AlertChangeMode",
    ),
]


class AlertKpi(NamedKpi):
    """A KPI that is watched."""


class AlertGap(Input):
    """Gaps that are watched: how many are there. Dismissed ones do not count."""

    shown_only = frozenset()
    kind: Annotated[_Kind | None, told("Only those of this sort.", "channel_handoff")] = None
    min_severity: Annotated[
        Annotated[float, Field(ge=0, le=100)], told("Only those at least so bad, 0 to 100.", 40)
    ] = 0.0


class AlertWatch(Input):
    """What is watched: a KPI or gaps."""

    shown_only = frozenset()
    kpi: Annotated[AlertKpi | None, told("A KPI; else gaps.", {"kpi": "conversion_rate"})] = None
    gap: Annotated[AlertGap | None, told("How many gaps there are; else a KPI.", None)] = None

    @model_validator(mode="after")
    def _one(self) -> "AlertWatch":
        if (self.kpi is None) == (self.gap is None):
            raise PydanticCustomError("one_of", "names a kpi or a gap, and not both")
        return self


class AlertChange(Input):
    """A change against an earlier time, of the rule's own past."""

    shown_only = frozenset()
    direction: Annotated[Direction, told("Which way.", "down")] = "both"
    by: Annotated[
        Annotated[float, Strict(), Field(ge=0, le=_MOST)],
        told("By how much at least; 0: any that is no chance.", 0.1),
    ] = 0.0
    mode: Annotated[Mode, told("What `by` is measured in.", "relative")] = "relative"
    over_days: Annotated[
        Annotated[int, Field(ge=1, le=2 * LONGEST), WHOLE] | None,
        told(
            "How many days the time before lies back; not fewer than `window_days`, which they are"
            " where it is null; 364: a year, on the same days of the week.",
            28,
        ),
    ] = None


class AlertCondition(Input):
    """When it fires: beyond a figure, or changed against an earlier time."""

    shown_only = frozenset()
    above: Annotated[_Number | None, told("When it is more; of a share 0 to 1.", None)] = None
    below: Annotated[_Number | None, told("When it is less; of a share 0 to 1.", 0.02)] = None
    change: Annotated[AlertChange | None, told("When it has changed.", None)] = None

    @model_validator(mode="after")
    def _one(self) -> "AlertCondition":
        if [self.above, self.below, self.change].count(None) != 2:
            raise PydanticCustomError("one_of", "needs one of above, below and change")
        return self


class NewAlert(Input):
    """A rule on a KPI or on gaps: when it fires, and of how many it needs to say anything."""

    shown_only: ClassVar[frozenset[str]] = Input.shown_only | {
        *("state", "reason", "checked_at", "figure")
    }
    often_changed = ("name", "enabled")
    name: Annotated[Line, told("How people call it.", "Fewer buy on phones")]
    watches: Annotated[AlertWatch, told("What it watches.", {"kpi": {"kpi": "conversion_rate"}})]
    condition: Annotated[AlertCondition, told("When it fires.", {"below": 0.02})]
    journey_id: Annotated[
        UUID | None,
        told("The map it is about: of gaps, only those on it. It goes with the map.", JOURNEY),
    ] = None
    stage_id: Annotated[
        UUID | None,
        told("The stage it is about: of gaps, only those of it. It goes with the stage.", None),
    ] = None
    window_days: Annotated[
        Annotated[int, Field(ge=1, le=LONGEST), WHOLE],
        told("The KPI of how many days is watched; whole weeks are best.", 28),
    ] = 28
    least_count: Annotated[
        Annotated[int, Field(ge=1, le=1_000_000), WHOLE] | None,
        told("A KPI of fewer says nothing; null: as in the settings.", 30),
    ] = None
    enabled: Annotated[Flag, told("Whether it is looked at.", True)] = True
    external_ids: Annotated[ExternalIds, told("What other systems call it.")] = Field(
        default_factory=list
    )


class AlertList(ListQuery):
    """Alerts by how they stand and what they are about."""

    state: Annotated[AlertState | None, told("Only those that stand so.", "firing")] = None
    enabled: Annotated[bool | None, told("Only those that are looked at, or not.", True)] = None
    journey_id: Annotated[UUID | None, told("Only those about this map.", JOURNEY)] = None
    stage_id: Annotated[UUID | None, told("Only those about this stage.", STAGE)] = None
