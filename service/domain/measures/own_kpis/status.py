"""A KPI's figure against its target. Pure."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import told
from service.domain.measures.kpis.answer import NO_CHANGE
from service.domain.measures.own_kpis.figure import Definition, KpiFigure
from service.domain.reasons import TEXTS, Explained

NO_TARGET = "no_target"
NOT_THEN = "outside_target"
WITHIN = "within_interval"
NO_BEFORE = "no_range_before"
_TIME = "2026-05-01T00:00:00Z"


class Target(Struct, frozen=True):
    """What a KPI should reach, and when."""

    value: float
    from_: datetime | None = field(name="from", default=None)
    to: datetime | None = None

    def holds(self, from_: datetime | None, to: datetime | None) -> bool:
        """Whether a range lies in its time."""
        begun = self.from_ is None or (from_ is not None and from_ >= self.from_)
        return begun and (self.to is None or (to is not None and to <= self.to))


class Kpi(Struct, frozen=True):
    """What of a KPI its status rests on."""

    id: str
    key: str
    unit: str | None
    direction: str
    target: Target | None
    definition: Definition | None
    built_in: str | None
    parameters: dict[str, Any] | None
    aggregation: str


class KpiStatusDefinition(Struct, frozen=True, gc=False):
    """What was looked at, and how."""

    mode: Annotated[
        Literal["own", "built_in", "posted"],
        told("Where the figure comes from: a definition, a built-in KPI, posted values.", "own"),
    ]
    from_: Annotated[datetime | None, told("From then on; null: from the first.", _TIME)] = field(
        name="from"
    )
    to: Annotated[datetime | None, told("Before then; null: to the last.", _TIME)]
    direction: Annotated[str, told("Which way the figure should go: up or down.", "up")]
    target: Annotated[float | None, told("What it should reach; null: nothing is set.", 0.05)]
    target_from: Annotated[datetime | None, told("Since when the target holds.", _TIME)]
    target_to: Annotated[datetime | None, told("Until before when it holds.", _TIME)]
    computed: Annotated[
        dict[str, Any] | None,
        told("How the figure is computed, all defaults included; null: it is not.", None),
    ]
    built_in: Annotated[str | None, told("The built-in KPI; null: it is none.", None)]
    parameters: Annotated[dict[str, Any] | None, told("Its parameters; null: its defaults.", None)]
    aggregation: Annotated[
        str | None, told("How posted values become one figure; null: they do not.", "latest")
    ]


class KpiStatus(Explained, frozen=True, gc=False):
    """A KPI's figure against its target, and against the range before."""

    kpi_id: Annotated[str, told("Of which KPI.", "0198c7f0-0000-7000-8000-0000000000f0")]
    kpi: Annotated[str, told("Its key.", "orders-by-visitors")]
    unit: Annotated[str | None, told("The unit of the figures; null: not said.", "share")]
    definition: Annotated[KpiStatusDefinition, told("What was looked at, and how.")]
    value: Annotated[KpiFigure, told("The figure of the range.")]
    status: Annotated[
        Literal["met", "missed", "unknown"],
        told("Whether the target is met; of a share its interval decides.", "met"),
    ]
    previous: Annotated[KpiFigure, told("The figure of the range of equal length before it.")]
    change: Annotated[Decimal | None, told("The figure less the one before.", 0.02)]
    reason: Annotated[str | UnsetType, told("Why the status is unknown; else absent.", WITHIN)] = (
        UNSET
    )
    change_reason: Annotated[
        str | UnsetType, told("Why the change is null; else absent.", NO_CHANGE)
    ] = UNSET
    change_reason_text: Annotated[
        str | UnsetType, told("The same in a sentence.", TEXTS[NO_CHANGE])
    ] = UNSET


def status(kpi: Kpi, defined: KpiStatusDefinition, now: KpiFigure, before: KpiFigure) -> KpiStatus:
    """How a KPI stands."""
    verdict, reason = judged(kpi, defined, now)
    known = now.value is not None and before.value is not None
    return KpiStatus(
        kpi.id,
        kpi.key,
        kpi.unit,
        defined,
        now,
        verdict,
        before,
        now.value - before.value if now.value is not None and before.value is not None else None,
        reason or UNSET,
        UNSET if known else NO_CHANGE,
    )


def judged(
    kpi: Kpi, defined: KpiStatusDefinition, found: KpiFigure
) -> tuple[Literal["met", "missed", "unknown"], str | None]:
    """Whether the target is met, and why that is unknown: see `verdict`."""
    return verdict(kpi.target, kpi.direction, (defined.from_, defined.to), found)


def verdict(
    target: Target | None,
    direction: str,
    within: tuple[datetime | None, datetime | None],
    found: KpiFigure,
) -> tuple[Literal["met", "missed", "unknown"], str | None]:
    """Whether a target is met by the figure of a range, and why that is unknown.

    A share is judged by its interval: met where all of it is at the target or better, missed where
    all of it is worse. Any other figure is met at the target or better.
    """
    if target is None:
        return "unknown", NO_TARGET
    if found.value is None:
        return "unknown", found.reason or None
    if not target.holds(*within):
        return "unknown", NOT_THEN
    low = found.value if found.low is None else Decimal(repr(found.low))
    high = found.value if found.high is None else Decimal(repr(found.high))
    aim = Decimal(repr(target.value))
    if direction == "down":
        low, high, aim = -high, -low, -aim
    if low >= aim:
        return "met", None
    return ("missed", None) if high < aim else ("unknown", WITHIN)
