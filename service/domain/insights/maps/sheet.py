"""A sheet of SVG to put texts and shapes on, from the left or, mirrored, from the right."""

from collections.abc import Iterable, Sequence
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


class Row(NamedTuple):
    """One row of text: its kind, and the colour it has where that is not its kind's."""

    text: str
    kind: str
    colour: str = ""


def rows(text: str, kind: str, width: float, colour: str = "", most: int = MOST_ROWS) -> list[Row]:
    """A text in rows of at most so many pixels."""
    limit = width / (SIZES[kind] * _BOLD.get(kind, 1.0))
    return [Row(row, kind, colour) for row in wrapped(legible(text), limit, most)]


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
        runs_left = is_right_to_left(row.text)
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
