"""All gaps of a map, in order: worst first by severity × confidence, then by position."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from service.domain.insights.gap import Gap
from service.domain.insights.gap_map import Map
from service.domain.insights.gap_scene import Scene
from service.domain.insights.handoffs import handoffs
from service.domain.preferences import GapLimits

FINDERS: tuple[Callable[[Scene], Iterator[Gap]], ...] = (handoffs,)


def found(scene: Scene) -> list[Gap]:
    """The gaps of one map, without what people and actions say of them."""
    return sorted((gap for find in FINDERS for gap in find(scene)), key=lambda gap: gap.rank)


def looked_at(one: Map, limits: GapLimits, today: date) -> Scene:
    """A map laid out for looking."""
    return Scene(one, limits, today)


def ordered(gaps: Iterable[Gap]) -> list[Gap]:
    """Worst first."""
    return sorted(gaps, key=lambda gap: gap.rank)
