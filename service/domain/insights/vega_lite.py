"""The emotion curve as a Vega-Lite 5 specification, with its data inside.

It says what the picture says: the scale from −2 to +2 with zero marked, a break where nobody rated,
shapes for moments of truth and decision moments, the overlays in colours of their own.
"""

from typing import Any

from service.domain.insights import series
from service.domain.insights.colours import DARK, LIGHT, Colours, Theme, of_series
from service.domain.insights.emotion_curve import GREATEST, HALF, LEAST, EmotionCurve
from service.domain.insights.picture_words import described, summarised
from service.domain.insights.series import Row

Json = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_KINDS = {"Step": "circle", "Moment of truth": "triangle-up", "Decision moment": "diamond"}
_SIGNED = "(datum.value > 0 ? '+' : '') + replace(toString(datum.value), '-', '−')"
_COLUMN, _BESIDE = 44, 8
"""Pixels for a step, and from it to what findings tell of it."""


def vega_lite(curve: EmotionCurve, theme: Theme = "auto") -> Json:
    """The specification. `theme` is "light", "dark", or "auto": colours that suit either ground."""
    rows = series.rows(curve)
    colours = DARK if theme == "dark" else LIGHT
    return {
        "$schema": SCHEMA,
        "title": {"text": curve.title or "Emotion curve", "subtitle": summarised(curve)},
        "description": described(curve),
        "width": {"step": _COLUMN},
        "height": 300,
        "data": {"values": _values(rows)},
        "encoding": _encoding(rows, colours),
        "layer": _layers(rows, colours),
        "config": {} if theme == "auto" else _config(colours),
    }


def _values(rows: list[Row]) -> list[Json]:
    names = series.columns(rows)
    return [
        {
            "series": row.name,
            "column": row.column,
            "step": names[row.column],
            "label": row.point.label or row.point.key,
            "stage": row.stage,
            "rating": row.point.rating,
            **_observed(row),
            **({} if row.point.traffic is None else {"traffic": row.point.traffic}),
            "kind": _kind(row),
            "step_id": str(row.point.step_id),
        }
        for row in rows
    ]


def _observed(row: Row) -> Json:
    """What findings tell of a step; nothing of steps without any."""
    told = row.point.observed
    if told is None:
        return {}
    return {"observed": told.mean, "low": told.low, "high": told.high, "findings": told.count}


def _any_traffic(rows: list[Row]) -> bool:
    return any(row.point.traffic is not None for row in rows)


def _kind(row: Row) -> str:
    step_id, curve = row.point.step_id, row.curve
    if step_id in curve.moments_of_truth.marked:
        return "Moment of truth"
    return "Decision moment" if step_id in curve.decision_moments else "Step"


def _encoding(rows: list[Row], colours: Colours) -> Json:
    whole = [float(rating) for rating in range(int(LEAST), int(GREATEST) + 1)]
    zero = {"test": "datum.value === 0", "value": colours.zero}
    return {
        "x": {
            "field": "step",
            "type": "nominal",
            "sort": series.columns(rows),
            "axis": {"title": "Step", "labelAngle": -40, "labelLimit": 220, "grid": False},
        },
        "y": {
            "field": "rating",
            "type": "quantitative",
            "scale": {"domain": [LEAST, GREATEST], "nice": False},
            "axis": {
                "title": "Emotion",
                "values": whole,
                "labelExpr": _SIGNED,
                "gridColor": {"condition": zero, "value": colours.grid},
            },
        },
        "color": _colour(rows, colours),
        "tooltip": [
            {"field": name, "title": title}
            for name, title in (
                ("label", "Step"),
                ("stage", "Stage"),
                ("rating", f"Rating, {LEAST:g} to {GREATEST:g} by {HALF:g}"),
                ("kind", "Kind"),
                ("series", "Map"),
                *((("traffic", "Contacts"),) if _any_traffic(rows) else ()),
            )
        ],
    }


def _colour(rows: list[Row], colours: Colours) -> Json:
    names = list(dict.fromkeys(row.name for row in rows))
    drawn = [colours.lines[of_series(n)] for n in range(len(names))]
    return {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": names, "range": drawn},
        "legend": {"title": None, "orient": "bottom"} if len(names) > 1 else None,
    }


def _layers(rows: list[Row], colours: Colours) -> list[Json]:
    """The line, broken where nobody rated, and the points on it."""
    kinds = {_kind(row) for row in rows} - {"Step"}
    legend = {"title": None, "orient": "bottom", "values": sorted(kinds)} if kinds else None
    line = {"type": "line", "interpolate": "monotone", "strokeWidth": 2.5}
    points = {"type": "point", "filled": True, "size": 110, "opacity": 1, "stroke": colours.paper}
    shape = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": list(_KINDS), "range": list(_KINDS.values())},
        "legend": legend,
    }
    order = {"field": "column", "type": "quantitative"}
    told = _told(colours) if any(row.point.observed for row in rows) else []
    return [
        {
            "mark": {**line, "invalid": "break-paths-filter-domains"},
            "encoding": {"order": order},
        },
        {
            "transform": [{"filter": "isValid(datum.rating)"}],
            "mark": points,
            "encoding": {"shape": shape},
        },
        *told,
    ]


def _told(colours: Colours) -> list[Json]:
    """What findings tell: a ring at their mean, on a bar as long as its interval."""
    ends = [("low", "Interval from"), ("high", "Interval to")]
    mean, count = ("observed", "Mean of the findings"), ("findings", "They count as")
    tooltip = [{"field": f, "title": t, "format": ".2f"} for f, t in (mean, *ends, count)]
    place: Json = {"field": "low", "type": "quantitative"}
    return [
        {
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "rule", "xOffset": _BESIDE, "color": colours.ink},
            "encoding": {"y": place, "y2": {"field": "high"}, "tooltip": tooltip},
        },
        {
            "transform": [{"filter": "isValid(datum.observed)"}],
            "mark": {"type": "point", "xOffset": _BESIDE, "size": 60, "color": colours.ink},
            "encoding": {"y": {**place, "field": "observed"}, "tooltip": tooltip},
        },
    ]


def _config(colours: Colours) -> Json:
    words = {"labelColor": colours.quiet, "titleColor": colours.ink}
    return {
        "background": colours.paper,
        "axis": {**words, "domainColor": colours.zero, "tickColor": colours.zero},
        "legend": words,
        "title": {"color": colours.ink, "subtitleColor": colours.quiet},
        "view": {"stroke": colours.grid},
    }
