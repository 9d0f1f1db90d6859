"""Where a journey is strong: highs with evidence of both kinds, and managed crossings."""

from collections.abc import Iterator

from service.domain.insights.emotion import swings
from service.domain.insights.gap import Strength
from service.domain.insights.gap_scene import Scene
from service.domain.insights.handoffs import managed_crossings

HIGH = 1.0


def strengths(scene: Scene) -> list[Strength]:
    """In the order of the map. A high is a strict local maximum of 1 or more."""
    return sorted((*_highs(scene), *managed_crossings(scene)), key=lambda one: one.position)


def _highs(scene: Scene) -> Iterator[Strength]:
    for mark in swings(scene.marks)[0]:
        findings = [one for one in scene.findings.get(str(mark.step_id), ()) if one.supports]
        if mark.rating >= HIGH and len({one.kind for one in findings}) > 1:
            values = {"rating": mark.rating, "findings": len(findings)}
            yield scene.strength("high", "high", {**values}, scene.step[str(mark.step_id)])
