"""Gaps as marks on a map's picture: where the client crosses from one hand, channel or device to
another, and what else is weak at a step.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from service.domain.insights.emotion_curve import Id
from service.domain.insights.gaps.gap import Gap
from service.domain.insights.maps.words import Words


class GapMark(msgspec.Struct, frozen=True, gc=False):
    """An open gap where a picture shows it; of a crossing, from which step and what changes."""

    id: Id
    kind: str
    severity: float
    stage_id: Id | None
    step_id: Id | None
    from_step_id: Id | None
    changes: str | None


def marks(gaps: Iterable[Gap]) -> list[GapMark]:
    """What a picture says of the open ones of these gaps."""
    return [_mark(gap) for gap in gaps if gap.status == "open"]


def _mark(gap: Gap) -> GapMark:
    crosses = gap.transition if gap.dimensions else None
    return GapMark(
        gap.id,
        gap.kind,
        gap.severity,
        gap.stage_id,
        crosses.to_step_id if crosses else gap.step_id,
        crosses.from_step_id if crosses else None,
        ", ".join(_changes(gap)) if crosses else None,
    )


def crossings(gaps: Iterable[GapMark]) -> Mapping[Id, list[GapMark]]:
    """The crossings into each step, worst first."""
    found: dict[Id, list[GapMark]] = {}
    for gap in gaps:
        if gap.from_step_id and gap.step_id:
            found.setdefault(gap.step_id, []).append(gap)
    return found


def at_steps(gaps: Iterable[GapMark]) -> Mapping[Id, list[GapMark]]:
    """All gaps of each step, worst first."""
    found: dict[Id, list[GapMark]] = {}
    for gap in sorted(gaps, key=lambda one: -one.severity):
        if gap.step_id:
            found.setdefault(gap.step_id, []).append(gap)
    return found


def bad(said: Words, severity: float) -> str:
    """How bad a gap is, in words."""
    return said["severity"].format(f"{severity:.0f}")


def _changes(gap: Gap) -> Iterator[str]:
    values = gap.explanation.values
    for name in gap.dimensions:
        ends: Sequence[object] = values.get(f"from_{name}"), values.get(f"to_{name}")
        yield " → ".join(map(str, ends)) if all(ends) else name
