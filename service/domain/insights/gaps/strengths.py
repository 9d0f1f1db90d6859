"""Where a journey is strong: highs with evidence of both kinds, and managed crossings."""

from collections.abc import Iterator

from service.domain.insights.emotion import swings
from service.domain.insights.gaps.gap import Strength
from service.domain.insights.gaps.handoffs import managed_crossings
from service.domain.insights.gaps.scene import Scene

HIGH = 1.0


def strengths(scene: Scene) -> list[Strength]:
    """In the order of the map. A high is a strict local maximum of 1 or more, with findings of both
    kinds about its own customer type.
    """
    return sorted((*_highs(scene), *managed_crossings(scene)), key=lambda one: one.position)


def _highs(scene: Scene) -> Iterator[Strength]:
    for mark in swings(scene.marks)[0]:
        findings = scene.supporting(str(mark.step_id))
        if mark.rating >= HIGH and len({one.kind for one in findings}) > 1:
            values = {"rating": mark.rating, "findings": len(findings)}
            yield scene.strength("high", "high", {**values}, scene.step[str(mark.step_id)])
