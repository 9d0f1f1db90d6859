"""What every answer about paths says of how it was computed. Pure."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType, field

from service.domain.answers import COUNT, SMALL_CELL, told

_TIME = "2026-05-01T00:00:00Z"


class RangeDefinition(Struct, frozen=True, gc=False):
    """Which events were looked at."""

    from_: Annotated[datetime | None, told("From then on.", _TIME)] = field(name="from")
    to: Annotated[datetime | None, told("Before then.", _TIME)]
    filter: Annotated[Any | None, told("Of which events, as it was asked.", None)]


class StepCount(Struct, frozen=True, gc=False):
    """How often something is true of a step."""

    step: Annotated[str, told("The event; on a map the step, by its key.", "Product Viewed")]
    count: Annotated[int | None, told("How often.", 564), COUNT]
    reason: Annotated[str | UnsetType, told("Why a count is null; else absent.", SMALL_CELL)] = (
        UNSET
    )


def most_first(steps: dict[str, int], limit: int) -> list[StepCount]:
    """Steps by how often, then by name; those alone that there are."""
    found = sorted((-count, step) for step, count in steps.items() if count)
    return [StepCount(step, -count) for count, step in found[:limit]]
