"""Curves laid side by side: their columns, their table and their chart."""

import csv
import io

from service.domain.insights.colours import DARK, LIGHT
from service.domain.insights.emotion import curve, overlaid
from service.domain.insights.emotion_curve import CurveStage, CurveStep, EmotionCurve
from service.domain.insights.series import columns, rows
from service.domain.insights.table import HEADERS, as_csv
from service.domain.insights.vega_lite import vega_lite


def drawn(name: str, *ratings: tuple[str, float | None], label: str = "") -> EmotionCurve:
    stages = [CurveStage(f"{name}-stage", "We look around")]
    steps = [
        CurveStep(f"{name}-{key}", key, f"{name}-stage", rating, key == "b", label or key)
        for key, rating in ratings
    ]
    return curve(name, stages, steps, title=name)


def over(base: EmotionCurve, *others: EmotionCurve) -> EmotionCurve:
    return overlaid(base, list(others))


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_step_of_an_overlay_stands_on_the_column_of_its_key() -> None:
    base = drawn("base", ("a", 1), ("b", -1), ("c", 0))
    other = drawn("other", ("z", 2), ("a", 0), ("x", 1), ("y", None), ("c", 1))
    found = rows(over(base, other))
    at = {(row.name, row.point.key): row.column for row in found}
    assert [at["base", key] for key in "abc"] == [1, 4, 5]
    assert [at["other", key] for key in "zaxyc"] == [0, 1, 2, 3, 5]
    assert columns(found) == ["z", "a", "x", "y", "b", "c"]


def test_equal_names_are_told_apart() -> None:
    base = drawn("same", ("a", 1), ("b", 0), label="Call")
    found = rows(over(base, drawn("same", ("a", 0))))
    assert list(dict.fromkeys(row.name for row in found)) == ["same", "same (2)"]
    assert columns(found) == ["Call", "Call (2)"]


def test_the_table_has_a_line_for_each_point() -> None:
    base = drawn("base", ("a", -1.5), ("b", None))
    lines = read(as_csv(over(base, drawn("other", ("b", 2), ("q", 0)))))
    assert list(lines[0]) == list(HEADERS)
    assert [(one["series"], one["key"], one["rating"]) for one in lines] == [
        ("base", "a", "-1.5"),
        ("base", "b", ""),
        ("other", "b", "2"),
        ("other", "q", "0"),
    ]
    assert [one["aligned_position"] for one in lines] == ["", "", "1", ""]
    assert [one["moment_of_truth"] for one in lines] == ["false", "true", "true", "false"]


def test_no_cell_of_the_table_is_a_formula() -> None:
    text = as_csv(drawn("=HYPERLINK(1)", ("a", -2), label='@x,"y"\nz'))
    (line,) = read(text)
    assert (line["series"], line["label"]) == ("'=HYPERLINK(1)", '\'@x,"y"\nz')
    assert line["rating"] == "-2"
    assert text.endswith("\r\n")


def test_an_empty_map_has_a_table_and_a_chart() -> None:
    empty = curve("empty", [], [], title="")
    assert read(as_csv(empty)) == []
    assert vega_lite(empty)["data"] == {"values": []}


def test_the_chart_shows_the_scale_the_breaks_and_the_overlays() -> None:
    base = drawn("base", ("a", 1), ("b", None), ("c", 0))
    chart = vega_lite(over(base, drawn("other", ("a", -2))), "dark")
    assert [one["rating"] for one in chart["data"]["values"]] == [1, None, 0, -2]
    assert chart["encoding"]["y"]["scale"]["domain"] == [-2, 2]
    colour = chart["encoding"]["color"]["scale"]
    assert colour == {"domain": ["base", "other"], "range": [*DARK.lines[:2]]}
    assert chart["layer"][0]["mark"]["invalid"].startswith("break-paths")
    assert chart["title"]["text"] == "base"
    assert "Not rated: “b”" in chart["description"]
    assert chart["config"]["background"] == DARK.paper
    alone = vega_lite(base)
    assert alone["encoding"]["color"]["legend"] is None
    assert alone["encoding"]["color"]["scale"]["range"] == [LIGHT.lines[0]]
