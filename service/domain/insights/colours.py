"""The colours of a curve's pictures, by day and by night."""

from typing import Literal, NamedTuple

Theme = Literal["auto", "light", "dark"]


class Colours(NamedTuple):
    """What the ground is drawn in; then the curve and its overlays in turn."""

    ink: str
    quiet: str
    paper: str
    band: str
    grid: str
    zero: str
    lines: tuple[str, ...]


LIGHT = Colours(
    *("#1b2430", "#5a6675", "#ffffff", "#f4f6f9", "#e1e6ec", "#98a4b3"),
    lines=("#2456c7", "#b4540a", "#0c7a6b", "#8b2fc9", "#b3164f", "#4d5b00"),
)
DARK = Colours(
    *("#e8edf3", "#a3afbd", "#12171e", "#1a212b", "#2a333f", "#65727f"),
    lines=("#82aaff", "#f2a65a", "#4fd1b8", "#cf9bff", "#ff8cab", "#c3d04f"),
)


def of_series(series: int) -> int:
    """Which of the lines' colours: the curve's own for 0; overlays share the others in turn."""
    return (series - 1) % (len(LIGHT.lines) - 1) + 1 if series else 0
