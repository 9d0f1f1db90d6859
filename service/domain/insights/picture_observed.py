"""What findings tell, in the picture of an emotion curve: a ring at their mean, on a bar as long as
its interval, beside the step."""

from collections.abc import Iterator

from service.domain.insights.emotion_curve import CurveObserved
from service.domain.insights.picture_frame import Frame, height_of
from service.domain.insights.picture_words import signed

_BESIDE = 12.0
_RING = "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"
LEGEND = f'<path class="told" d="M{{at}}{_RING}"/>'
"""The sample that stands before the words of the legend."""


def rules(ink: str, paper: str) -> dict[str, str]:
    """The look of rings and bars."""
    return {
        ".bar": f"stroke:{ink};fill:none;stroke-width:1.5",
        ".told": f"stroke:{ink};fill:{paper};stroke-width:1.5",
    }


def drawn(frame: Frame) -> Iterator[str]:
    """A bar and a ring for each step that findings were counted at."""
    for spot in frame.spots:
        told = spot.point.observed
        if told is None:
            continue
        x = spot.x + _BESIDE
        bar = ""
        if told.low is not None and told.high is not None:
            ends = height_of(told.high), height_of(told.low)
            bar = f'<path class="bar" d="M{x:.1f} {ends[0]:.1f}V{ends[1]:.1f}"/>'
        ring = f'<path class="told" d="M{x:.1f} {height_of(told.mean):.1f}{_RING}"/>'
        yield f"<g><title>{said(told)}</title>{bar}{ring}</g>"


def said(told: CurveObserved) -> str:
    """What findings tell, in words."""
    counted = f"findings: {signed(told.mean)}, counting as {told.count:.4g}"
    if told.low is None or told.high is None:
        return counted
    return f"{counted}, 95 % interval {signed(told.low)} to {signed(told.high)}"
