"""Gaps as marks on a map's picture: where the client crosses from one hand, channel or device to
another, and how many others a step has.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from service.domain.insights.emotion_curve import Id
from service.domain.insights.gap import Gap
from service.domain.insights.maps.words import Words

OPEN = "open"


class GapMark(msgspec.Struct, frozen=True):
    """A gap where a picture shows it."""

    id: Id
    kind: str
    severity: float
    stage_id: Id | None
    step_id: Id | None
    from_step_id: Id | None


class Crossing(msgspec.Struct, frozen=True):
    """The border before a step: what changes there, how bad, from which step."""

    severity: float
    told: str
    from_step_id: Id


def mark(gap: Gap) -> GapMark:
    """What a picture says of a gap."""
    before = gap.transition.from_step_id if gap.transition else None
    return GapMark(gap.id, gap.kind, gap.severity, gap.stage_id, gap.step_id, before)


def crossings(gaps: Iterable[Gap]) -> Mapping[Id, list[Crossing]]:
    """The open crossings into each step, worst first."""
    found: dict[Id, list[Crossing]] = {}
    for gap in gaps:
        if gap.transition and gap.status == OPEN and gap.dimensions:
            told = ", ".join(_changes(gap))
            one = Crossing(gap.severity, told, gap.transition.from_step_id)
            found.setdefault(gap.transition.to_step_id, []).append(one)
    return found


def others(gaps: Iterable[Gap]) -> Mapping[Id, int]:
    """How many open gaps of other kinds each step has."""
    return Counter(
        gap.step_id
        for gap in gaps
        if gap.step_id and gap.status == OPEN and not (gap.transition and gap.dimensions)
    )


def bad(said: Words, severity: float) -> str:
    """How bad a gap is, in words."""
    return said["severity"].format(f"{severity:.0f}")


def _changes(gap: Gap) -> Iterator[str]:
    values = gap.explanation.values
    for name in gap.dimensions:
        ends: Sequence[object] = values.get(f"from_{name}"), values.get(f"to_{name}")
        yield " → ".join(map(str, ends)) if all(ends) else name
