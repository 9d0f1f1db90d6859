"""The emotion curve as an SVG document: our own writer, no fonts, nothing fetched.

A picture reads on its own: stages as bands with their means, steps as labelled points, breaks
where nobody rated (a dotted line dashes across), stars at moments of truth, diamonds at decision
moments, overlays as further lines with a legend. Its title and description say the same in words.
Colours are plain rules without variables, so that converters to bitmaps read them too.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import get_args
from zlib import crc32

from service.domain.insights import picture_observed
from service.domain.insights.colours import DARK, LIGHT, Colours, Theme, of_series
from service.domain.insights.emotion_curve import GREATEST, HALF, LEAST, EmotionCurve
from service.domain.insights.escaping import marked_up
from service.domain.insights.lettering import (
    FONTS,
    is_right_to_left,
    legible,
    shortened,
    width,
    wrapped,
)
from service.domain.insights.picture_frame import (
    SLANT,
    TEXT,
    Band,
    Frame,
    Spot,
    framed,
    height_of,
    overlay_spots,
)
from service.domain.insights.picture_words import described, signed, summarised

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
_LEGEND_ROW, _LEGEND_EM = 24.0, 32.0


def _rules(theme: str, colours: Colours) -> str:
    ink, quiet, paper, band, grid, zero, lines = colours
    rules = {
        "text": f"font-family:{FONTS};font-size:{TEXT:g}px;fill:{ink}",
        ".name": "font-size:18px;font-weight:600",
        ".stage": "font-size:12px;font-weight:600",
        ".value": f"font-weight:600;paint-order:stroke;stroke:{paper};stroke-width:3",
        ".quiet": f"fill:{quiet}",
        ".paper": f"fill:{paper}",
        ".band": f"fill:{band}",
        ".grid": f"stroke:{grid};fill:none",
        ".half": f"stroke:{grid};fill:none;stroke-dasharray:2 4",
        ".zero": f"stroke:{zero};fill:none",
        ".face": f"stroke:{quiet};fill:none;stroke-width:1.3;stroke-linecap:round",
        ".unrated": f"stroke:{zero};fill:none;stroke-dasharray:1 5;stroke-linecap:round",
        ".sign": f"fill:{ink}",
        **{f".s{n}": f"stroke:{line};fill:{line}" for n, line in enumerate(lines)},
        ".dot": f"stroke:{paper};stroke-width:1.5",
        ".line": "fill:none;stroke-width:2.5;stroke-linecap:round",
        ".gap": "stroke-width:2;stroke-dasharray:1 6",
        **picture_observed.rules(ink, paper),
    }
    return "".join(f".emotion-curve-{theme} {name}{{{rule}}}" for name, rule in rules.items())


def _style(theme: str) -> str:
    light, dark = (_rules(theme, colours) for colours in (LIGHT, DARK))
    preferred = f"{light}@media (prefers-color-scheme:dark){{{dark}}}"
    return f"<style>{ {'light': light, 'dark': dark}.get(theme, preferred) }</style>"


_STYLES = {theme: _style(theme) for theme in get_args(Theme)}


def svg(curve: EmotionCurve, title: str, theme: Theme = "auto") -> str:
    """The curve and its overlays as one SVG element, well-formed whatever the texts hold.

    `theme` is "light", "dark", or "auto": as the reader's system prefers.
    """
    title = legible(title) or "Emotion curve"
    frame = framed(curve)
    legend, depth = _legend(frame, curve, title)
    wide, high = f"{frame.width:.0f}", f"{frame.foot + depth:.0f}"
    told_apart_by = f"{curve.journey_id} {curve.definition} {theme} {title}"
    name = f"curve-{crc32(told_apart_by.encode('utf-8', 'replace')):08x}"
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}"'
            f' viewBox="0 0 {wide} {high}" role="img" class="emotion-curve-{theme}"'
            f' aria-labelledby="{name}-title {name}-desc">'
            f'<title id="{name}-title">{marked_up(title)}</title>'
            f'<desc id="{name}-desc">{marked_up(described(curve))}</desc>{_STYLES[theme]}'
            '<rect class="paper" width="100%" height="100%"/>',
            _text(24, 32, shortened(title, (frame.width - 48) / 20), "name", "start"),
            _text(24, 53, summarised(curve), "quiet", "start"),
            *_stages(frame),
            *_grid(frame),
            *_lines(frame, curve),
            *picture_observed.drawn(frame),
            *_steps(frame, curve),
            *_extremes(frame, curve),
            *legend,
            "</svg>",
        )
    )


def _stages(frame: Frame) -> Iterator[str]:
    for index, band in enumerate(frame.bands):
        yield _stage(band, frame, "paper" if index % 2 else "band")


def _stage(band: Band, frame: Frame, kind: str) -> str:
    """A stage as a band behind the plot, its name and mean in the band's head."""
    across, middle = band.right - band.left, (band.left + band.right) / 2
    rows = wrapped(legible(band.stage.name), (across - 16) / 12, 2)
    mean = "–" if band.stage.mean is None else signed(band.stage.mean)
    first = frame.head + (19 if len(rows) > 1 else 26)
    return (
        f"<g><title>{marked_up(band.stage.name)}: {mean}</title>"
        f'<rect class="{kind}" x="{band.left:.1f}"'
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
    x, y = spot.x + 4, y - 6
    turn = f' transform="rotate(-{SLANT} {x:.1f} {y:.1f})"'
    return _text(x, y, rows[0], kind, "end", turn=turn)


def _extremes(frame: Frame, curve: EmotionCurve) -> Iterator[str]:
    """Figures at highs and lows, or where a level line starts; none in the way of overlays."""
    if curve.overlays or curve.peak is None:
        return
    for marks, off in ((curve.highs or [curve.peak], -11), (curve.lows, 19)):
        for mark in marks:
            y = height_of(mark.rating) + off
            yield _text(frame.spots[mark.position].x, y, signed(mark.rating), "value")


def _legend(frame: Frame, curve: EmotionCurve, title: str) -> tuple[list[str], float]:
    """The legend's rows below the labels, and how deep they are."""
    parts, x, y = [], 24.0, frame.foot + 12
    for sample, text in _legend_entries(curve, title):
        shown = shortened(legible(text), _LEGEND_EM)
        across = 30 + width(shown) * TEXT
        if x > 24 and x + across > frame.width - 24:
            x, y = 24.0, y + _LEGEND_ROW
        parts.append(sample.format(x=f"{x:.1f}", y=f"{y:.1f}", at=f"{x + 12:.1f} {y:.1f}"))
        parts.append(_text(x + 30, y + 4, shown, "quiet", "start"))
        x += across + 20
    return parts, y - frame.foot + 20 if parts else 16.0


def _legend_entries(curve: EmotionCurve, title: str) -> Iterator[tuple[str, str]]:
    if curve.overlays:
        names = [curve.title or title, *(overlay.title for overlay in curve.overlays)]
        for index, name in enumerate(names):
            line = f'<path class="line {_series(index)}" d="M{{x}} {{y}}h24"/>'
            yield f'{line}<path class="dot {_series(index)}" d="M{{at}}{_shape(index)}"/>', name
    if curve.moments_of_truth.marked:
        yield f'<path class="sign" d="M{{at}}{_STAR}"/>', "Moment of truth"
    if curve.decision_moments:
        yield f'<path class="sign" d="M{{at}}{_DIAMOND}"/>', "Decision moment"
    if any(point.observed for point in curve.points):
        yield picture_observed.LEGEND, "What findings tell, with its 95 % interval"
    if curve.unrated:
        yield '<path class="line gap s0" d="M{x} {y}h24"/>', "Not rated"


def _dot(x: float, y: float, series: int) -> str:
    return f'<path class="dot {_series(series)}" d="M{x:.1f} {y:.1f}{_shape(series)}"/>'


def _shape(series: int) -> str:
    return _SHAPES[series % len(_SHAPES)]


def _series(series: int) -> str:
    return f"s{of_series(series)}"


def _told(spot: Spot) -> str:
    rating = spot.point.rating
    said = "not rated" if rating is None else signed(rating)
    traffic = spot.point.traffic
    who = "" if traffic is None else f"; {traffic} contacts"
    return f"{spot.point.label or spot.point.key}: {said}{who}"


def _text(
    x: float, y: float, text: str, kind: str, anchor: str = "middle", *, turn: str = ""
) -> str:
    """One row of text; where it runs from right to left, its start and end change sides."""
    if is_right_to_left(text):
        anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
        turn += ' direction="rtl"'
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turn}>'
        f"{marked_up(text)}</text>"
    )
