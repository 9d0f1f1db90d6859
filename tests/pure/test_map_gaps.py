"""The lane of gaps names the worst ones of a step, whatever their kind, and counts the others."""

from typing import Any

from service.domain.insights.gaps.gap import KINDS
from service.domain.insights.maps.crossings import GapMark
from service.domain.insights.maps.lanes import Beside, lanes
from service.domain.insights.maps.words import words
from service.domain.languages import Language


class Empty(dict[str, Any]):
    """A step that says nothing but its id."""

    def __missing__(self, name: str) -> Any:
        return None if name in _SINGLE else []


_SINGLE = {
    *("channel", "device", "department", "expected_outcome", "actual_outcome", "outcome_met"),
    *("journey_id", "waited_seconds", "form_fields"),
}


def mark(kind: str, severity: float, changes: str | None = None) -> GapMark:
    return GapMark(kind, kind, severity, None, "s1", "s0" if changes else None, changes)


def test_the_worst_gaps_of_a_step_are_named_and_the_rest_counted() -> None:
    gaps = [mark("channel_handoff", 11, "web → phone"), mark("delay", 99.6), mark("evidence", 56)]
    said = words(Language.EN)
    (lane,) = lanes([Empty(id="s1")], Beside(gaps=gaps), said)
    assert [(one.label, one.text, one.note) for one in lane.cells[0]] == [
        ("", "Takes too long", "severity 100 of 100"),
        ("", "Too little evidence", "severity 56 of 100"),
        ("", "other gaps: 1", ""),
    ]
    (lane,) = lanes([Empty(id="s1")], Beside(gaps=gaps[:1]), said)
    assert lane.cells[0][0].label == "Crossing"
    assert all(f"gap_{kind}" in words(language) for kind in KINDS for language in Language)
