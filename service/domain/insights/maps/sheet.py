"""A sheet of SVG to put texts and shapes on, from the left or, mirrored, from the right."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from service.domain.insights.escaping import marked_up
from service.domain.insights.lettering import is_right_to_left, legible, wrapped

MOST_ROWS = 60
"""Rows of one text; a longer one ends in an ellipsis. A page shows all of it."""
SIZES = {"name": 24.0, "stage": 15.0, "lead": 14.0, "act": 12.5, "text": 12.0, "small": 11.0}
"""The kinds of text and their size in pixels."""
_BOLD = {"name": 1.18, "stage": 1.18, "act": 1.18}
"""How much wider than estimated a kind is."""
_LEADING = 1.36


_ISOLATES, _ISOLATED_ENDS = "\u2066\u2067\u2068", "\u2069"


class Row(NamedTuple):
    """One row of text: its kind, the colour it has where that is not its kind's, and whether the
    text that it is of runs from right to left, where that is not told by itself.
    """

    text: str
    kind: str
    colour: str = ""
    runs_left: bool | None = None


def rows(text: str, kind: str, width: float, colour: str = "", most: int = MOST_ROWS) -> list[Row]:
    """A text in rows of at most so many pixels, all in the direction that the whole text has."""
    limit = width / (SIZES[kind] * _BOLD.get(kind, 1.0))
    runs_left = is_right_to_left(text)
    lines = _isolated(wrapped(legible(text), limit, most))
    return [Row(row, kind, colour, runs_left) for row in lines]


def _isolated(lines: Iterable[str]) -> Iterator[str]:
    """What is isolated and broken over rows is isolated in each of them."""
    still_open = ""
    for line in lines:
        whole, still_open = still_open + line, ""
        for character in whole:
            if character in _ISOLATES:
                still_open += character
            elif character == _ISOLATED_ENDS:
                still_open = still_open[:-1]
        yield whole + _ISOLATED_ENDS * len(still_open)


def leading(row: Row) -> float:
    """How far the next row stands below this one."""
    return SIZES[row.kind] * _LEADING


def depth(block: Iterable[Row]) -> float:
    """How deep a block of rows is."""
    return sum(map(leading, block))


Place = tuple[float, float, float, float]
"""x from the start edge, y, width, height."""


class Sheet:
    """Where everything is told from its start edge: the right one where texts run from there."""

    def __init__(self, width: float, right_to_left: bool) -> None:
        self.width = width
        self.right_to_left = right_to_left
        self.parts: list[str] = []

    def box(self, kind: str, place: Place, rounded: float = 0) -> None:
        """A rectangle."""
        x, y, wide, high = place
        left = self.width - x - wide if self.right_to_left else x
        corner = f' rx="{rounded:g}"' if rounded else ""
        self.parts.append(
            f'<rect class="{kind}" x="{left:.1f}" y="{y:.1f}" width="{wide:.1f}"'
            f' height="{high:.1f}"{corner}/>'
        )

    def path(self, kind: str, shape: str) -> None:
        """A path that was laid out with `x` already."""
        self.parts.append(f'<path class="{kind}" d="{shape}"/>')

    def x(self, x: float) -> float:
        """Where a place stands, counted from the left."""
        return self.width - x if self.right_to_left else x

    def rule(self, y: float, start: float, end: float, kind: str = "grid") -> None:
        """A level line."""
        self.path(kind, f"M{self.x(start):.1f} {y:.1f}H{self.x(end):.1f}")

    def text(self, row: Row, x: float, y: float, *, centred: bool = False) -> None:
        """One row of text on the line `y`, from its start edge or around it."""
        runs_left = is_right_to_left(row.text) if row.runs_left is None else row.runs_left
        anchor = "start" if runs_left == self.right_to_left else "end"
        way = ' direction="rtl"' if runs_left else ""
        colour = f" c-{row.colour}" if row.colour else ""
        self.parts.append(
            f'<text class="{row.kind}{colour}" x="{self.x(x):.1f}" y="{y:.1f}"'
            f' text-anchor="{"middle" if centred else anchor}"{way}>{marked_up(row.text)}</text>'
        )

    def block(self, block: Sequence[Row], x: float, y: float) -> float:
        """Rows of text below each other from `y` on; where the next thing may stand."""
        for row in block:
            self.text(row, x, y + SIZES[row.kind])
            y += leading(row)
        return y
