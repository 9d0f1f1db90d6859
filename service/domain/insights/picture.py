"""The emotion curve as an SVG document: our own writer, no fonts, nothing fetched.

A picture reads on its own: stages as bands with their means, steps as labelled points, breaks
where nobody rated (a dotted line dashes across), stars at moments of truth, diamonds at decision
moments, overlays as further lines with a legend. Its title and description say the same in words.
Colours are plain rules without variables, so that converters to bitmaps read them too.
"""

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Literal
from zlib import crc32

from .emotion_curve import GREATEST, HALF, LEAST, EmotionCurve
from .lettering import is_right_to_left, legible, marked_up, shortened, width, wrapped
from .picture_frame import SLANT, TEXT, Band, Frame, Spot, framed, height_of, overlay_spots
from .picture_words import described, signed, summarised

Theme = Literal["auto", "light", "dark"]

# ink, quiet ink, paper, band, grid, zero line, then the base curve and its overlays in turn
_LIGHT = ("#1b2430", "#5a6675", "#ffffff", "#f4f6f9", "#e1e6ec", "#98a4b3")
_LIGHT_LINES = ("#2456c7", "#b4540a", "#0c7a6b", "#8b2fc9", "#b3164f", "#4d5b00")
_DARK = ("#e8edf3", "#a3afbd", "#12171e", "#1a212b", "#2a333f", "#65727f")
_DARK_LINES = ("#82aaff", "#f2a65a", "#4fd1b8", "#cf9bff", "#ff8cab", "#c3d04f")
_FONTS = (
    "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue','Noto Sans','Noto Sans CJK SC',"
    "'WenQuanYi Micro Hei','DejaVu Sans',sans-serif"
)
_SHAPES = (
    "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "m-4.5-4.5h9v9h-9z",
    "m0-6l6 6l-6 6l-6-6z",
    "m0-6.5l5.8 10.5h-11.6z",
    "m0 6.5l5.8-10.5h-11.6z",
)
_STAR = "m0-6.5l1.9 4.1l4.5.5l-3.3 3.1l.9 4.4l-4-2.2l-4 2.2l.9-4.4l-3.3-3.1l4.5-.5z"
_DIAMOND = "m0-5.5l5.5 5.5l-5.5 5.5l-5.5-5.5z"
_FACE = "m-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0m5-2.4v.6m6-.6v.6"
_MOUTHS = {GREATEST: "m-7 3.2q4 4.6 8 0", 0.0: "m-7 4.4h8", LEAST: "m-7 6q4-4.6 8 0"}
_LEGEND_ROW = 22.0


def svg(curve: EmotionCurve, title: str, theme: Theme = "auto") -> str:
    """The curve and its overlays as one SVG element, well-formed whatever the texts hold.

    `theme` is "light", "dark", or "auto": as the reader's system prefers.
    """
    frame = framed(curve)
    legend, depth = _legend(frame, curve, title)
    wide, high = f"{frame.width:.0f}", f"{frame.foot + depth:.0f}"
    name = f"curve-{crc32(repr((curve.journey_id, title, curve.definition)).encode('utf-8', 'replace')):08x}"
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}"'
            f' viewBox="0 0 {wide} {high}" role="img" class="emotion-curve-{theme}"'
            f' aria-labelledby="{name}-title {name}-desc">'
            f'<title id="{name}-title">{marked_up(title)}</title>'
            f'<desc id="{name}-desc">{marked_up(described(curve))}</desc>{_STYLES[theme]}'
            '<rect class="paper" width="100%" height="100%"/>',
            _text(24, 32, shortened(legible(title), (frame.width - 48) / 18), "name", "start"),
            _text(24, 53, summarised(curve), "quiet", "start"),
            *map(_stage, range(len(frame.bands)), frame.bands, [frame] * len(frame.bands)),
            *_grid(frame),
            *_lines(frame, curve),
            *_steps(frame, curve),
            *_extremes(frame, curve),
            *legend,
            "</svg>",
        )
    )


def _stage(index: int, band: Band, frame: Frame) -> str:
    """A stage as a band behind the plot, its name and mean in the band's head."""
    across, middle = band.right - band.left, (band.left + band.right) / 2
    rows = wrapped(legible(band.stage.name), (across - 16) / 12, 2)
    mean = "–" if band.stage.mean is None else signed(band.stage.mean)
    first = frame.head + (19 if len(rows) > 1 else 26)
    return (
        f"<g><title>{marked_up(band.stage.name)}: {mean}</title>"
        f'<rect class="{"band" if index % 2 == 0 else "paper"}" x="{band.left:.1f}"'
        f' y="{frame.head:.1f}" width="{across:.1f}" height="{frame.bottom - frame.head:.1f}"/>'
        + "".join(_text(middle, first + 14 * n, row, "stage") for n, row in enumerate(rows))
        + _text(middle, first + 14 * len(rows) + 1, mean, "quiet")
        + "</g>"
    )


def _grid(frame: Frame) -> Iterator[str]:
    """Lines at every half point, figures and faces at the whole ones, heavier at zero."""
    for halves in range(int((GREATEST - LEAST) / HALF) + 1):
        rating = LEAST + HALF * halves
        y = height_of(rating)
        kind = "zero" if rating == 0 else "grid" if rating == int(rating) else "half"
        yield f'<path class="{kind}" d="M{frame.left:.1f} {y:.1f}H{frame.right:.1f}"/>'
        if rating == int(rating):
            yield _text(frame.left - 10, y + 4, signed(rating), "quiet", "end")
        if rating in _MOUTHS:
            yield f'<path class="face" d="M{frame.left - 46:.1f} {y:.1f}{_FACE}{_MOUTHS[rating]}"/>'


def _lines(frame: Frame, curve: EmotionCurve) -> Iterator[str]:
    """Overlays first, so that the curve itself lies on top."""
    for index, overlay in reversed(list(enumerate(curve.overlays, 1))):
        spots = overlay_spots(frame, overlay)
        yield _line(spots, index)
        yield from (
            f"<g><title>{marked_up(f'{overlay.title} · {_told(spot)}')}</title>"
            f"{_dot(spot.x, spot.y, index)}</g>"
            for spot in spots
            if spot.y is not None
        )
    yield _line(frame.spots, 0)


def _line(spots: list[Spot], series: int) -> str:
    """Level at every point, so the line never swings past a rating; dotted over a break."""
    solid, dotted, pen = [], [], False
    rated = [(index, spot.x, spot.y) for index, spot in enumerate(spots) if spot.y is not None]
    for (index, x, y), (following, to_x, to_y) in pairwise(rated):
        middle = (x + to_x) / 2
        bend = f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"
        if following > index + 1:
            dotted.append(f"M{x:.1f} {y:.1f}{bend}")
            pen = False
        else:
            solid.append(bend if pen else f"M{x:.1f} {y:.1f}{bend}")
            pen = True
    kind = _series(series)
    return (f'<path class="line {kind}" d="{"".join(solid)}"/>' if solid else "") + (
        f'<path class="line gap {kind}" d="{"".join(dotted)}"/>' if dotted else ""
    )


def _steps(frame: Frame, curve: EmotionCurve) -> Iterator[str]:
    truths, decisions = set(curve.moments_of_truth.marked), set(curve.decision_moments)
    for spot, label in zip(frame.spots, frame.labels, strict=True):
        truth, decision = spot.point.step_id in truths, spot.point.step_id in decisions
        told = _told(spot) + "; moment of truth" * truth + "; decision moment" * decision
        yield f"<g><title>{marked_up(told)}</title>"
        if spot.y is None:
            yield f'<path class="unrated" d="M{spot.x:.1f} {frame.top:.1f}V{frame.bottom:.1f}"/>'
        else:
            yield _dot(spot.x, spot.y, 0)
        signs = [_STAR] * truth + [_DIAMOND] * decision
        for n, sign in enumerate(signs):
            x = spot.x + 15 * n - 7.5 * (len(signs) - 1)
            yield f'<path class="sign" d="M{x:.1f} {frame.bottom + 13:.1f}{sign}"/>'
        yield _label(spot, label, frame) + "</g>"


def _label(spot: Spot, rows: list[str], frame: Frame) -> str:
    kind = "step" if spot.y is not None else "step quiet"
    y = frame.bottom + 36
    if not frame.slanted:
        return "".join(_text(spot.x, y + 14 * n, row, kind) for n, row in enumerate(rows))
    turn = f' transform="rotate(-{SLANT} {spot.x + 4:.1f} {y - 8:.1f})"'
    return _text(spot.x + 4, y - 8, rows[0], kind, "end", turn)


def _extremes(frame: Frame, curve: EmotionCurve) -> Iterator[str]:
    for marks, off in ((curve.highs, -11), (curve.lows, 19)):
        for mark in marks:
            y = height_of(mark.rating) + off
            yield _text(frame.spots[mark.position].x, y, signed(mark.rating), "value")
