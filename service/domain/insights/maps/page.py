"""The picture of a map as a page: HTML that needs nothing from anywhere and runs nothing.

Its order is its sense: a list of steps in each stage, each with its lanes under headings, so that
it reads well without being seen. Columns and rows are the rules' work.
"""

from collections.abc import Iterator
from typing import NamedTuple

from service.domain.insights.colours import Theme
from service.domain.insights.escaping import marked_up
from service.domain.insights.maps.content import Content, Person, StageShown
from service.domain.insights.maps.curve_line import Piece, height, pieces
from service.domain.insights.maps.lanes import Item, Lane
from service.domain.insights.maps.legend import SIGNS, Key, legend
from service.domain.insights.maps.palette import tone
from service.domain.insights.maps.style import style
from service.domain.insights.maps.telling import summary
from service.domain.insights.picture_words import signed
from service.domain.languages import Language

_GRID = '<path class="g" d="M0 10H100M0 30H100M0 70H100M0 90H100"/><path class="z" d="M0 50H100"/>'


class Page(NamedTuple):
    """A page, and the one style that it may have: for the policy that it is sent with."""

    html: str
    style: str


def page(shown: Content, language: Language, theme: Theme = "auto") -> Page:
    """The map as a page, its headings in `language`, its colours as `theme` says."""
    counts = tuple(sorted({stage.count for stage in shown.stages}))
    columns = sum(max(stage.count, 1) for stage in shown.stages)
    rules = style(theme, max(columns, 1), len(shown.lanes) + 2, counts)
    spoken = marked_up(shown.locale or language)
    ways = "rtl" if shown.right_to_left else "ltr"
    body = "".join((*_top(shown), *_board(shown), *_foot(shown)))
    return Page(
        f'<!doctype html><html lang="{spoken}" dir="{ways}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{marked_up(shown.title)}</title><style>{rules}</style></head>"
        f"<body>{body}</body></html>",
        rules,
    )


def _top(shown: Content) -> Iterator[str]:
    said = shown.said
    yield f'<header class="top"><p class="eyebrow">{said["map"]} · {said[shown.perspective]}</p>'
    yield f'<h1 dir="auto">{marked_up(shown.title)}</h1>'
    if shown.scenario:
        yield f'<p class="lead" dir="auto">{marked_up(shown.scenario)}</p>'
    if shown.occasion:
        yield f'<dl class="facts"><dt>{said["occasion"]}</dt>'
        yield f'<dd dir="auto">{marked_up(shown.occasion)}</dd></dl>'
    if shown.personas:
        people = "".join(map(_person, shown.personas))
        yield f'<ul class="people" aria-label="{said["personas"]}">{people}</ul>'
    if shown.steps:
        yield f'<p class="told" id="curve" dir="auto">{marked_up(summary(shown))}</p>'
    yield "</header>"


def _person(person: Person) -> str:
    role = f'<small dir="auto">{marked_up(person.role)}</small>' if person.role else ""
    if person.avatar:
        face = f'<img class="face" alt="" src="{marked_up(person.avatar)}">'
    else:
        face = f'<span class="face" aria-hidden="true">{marked_up(person.initials)}</span>'
    return f'<li>{face}<div><span dir="auto">{marked_up(person.name)}</span>{role}</div></li>'


def _board(shown: Content) -> Iterator[str]:
    said = shown.said
    if not shown.stages:
        yield f'<main class="top"><p>{said["no_stages"]}</p></main>'
        return
    yield f'<main class="board" aria-label="{said["map"]}"><div class="names" aria-hidden="true">'
    ticks = "".join(f'<span class="on{n}">{signed(n / 2)}</span>' for n in (4, 2, 0, -2, -4))
    yield f'<b></b><b>{said["steps"]}</b><b class="scale"><em>{said["emotion"]}</em>{ticks}</b>'
    yield from (f"<b>{lane.label}</b>" for lane in shown.lanes)
    yield "</div>"
    lines = pieces([step.rating for step in shown.steps])
    for number, stage in enumerate(shown.stages, 1):
        yield from _stage(shown, stage, number, lines)
    yield "</main>"


def _stage(
    shown: Content, stage: StageShown, number: int, lines: list[list[Piece]]
) -> Iterator[str]:
    said = shown.said
    # Paper repeats the name at the head of each page that the stage goes on to.
    again = f'data-name="{marked_up(stage.name)}"'
    yield f'<section class="stage n{stage.count}" {again} aria-labelledby="stage{number}"><header>'
    yield f'<h2 id="stage{number}" dir="auto">{marked_up(stage.name)}</h2>'
    if stage.mean is not None:
        mean = said["mean"].format(signed(stage.mean))
        yield f'<p class="mean">{said["rated_at"].format(mean)}</p>'
    if stage.description:
        yield f'<p dir="auto">{marked_up(stage.description)}</p>'
    if stage.lists:
        yield f'<div class="lists">{"".join(_list(*one) for one in stage.lists)}</div>'
    yield "</header>"
    if not stage.count:
        yield f'<p class="none">{said["no_steps"]}</p></section>'
        return
    yield '<ol class="steps" role="list">'
    for place in range(stage.first, stage.first + stage.count):
        yield _step(shown, place, lines[place])
    yield "</ol></section>"


def _list(label: str, texts: list[str]) -> str:
    items = "".join(f'<li dir="auto">{marked_up(text)}</li>' for text in texts)
    return f"<div><h3>{label}</h3><ul>{items}</ul></div>"


def _step(shown: Content, place: int, line: list[Piece]) -> str:
    step, said = shown.steps[place], shown.said
    marks = "".join(
        f'<li class="{mark}"><span aria-hidden="true">{SIGNS[mark]} </span>{said[mark]}</li>'
        for mark in step.marks
    )
    private = " private" if "private" in step.marks else ""
    lanes = "".join(_lane(lane, place) for lane in shown.lanes)
    # The lane of gaps names the worst ones alone, so this says what it is to those who do not see.
    what = f'<span class="unseen">{said["crossing"]} </span>'
    cross = "" if step.crossing is None else f'<b class="cross">{what}{step.crossing:.0f}</b>'
    listed = f'<ul class="marks">{marks}</ul>' if marks else ""
    return (
        f'<li class="step"><div class="card{private}">{cross}<h3 dir="auto">'
        f"<span>{place + 1}</span> {marked_up(step.action)}</h3>{listed}</div>"
        f"{_point(shown, place, line)}{lanes}</li>"
    )


def _point(shown: Content, place: int, line: list[Piece]) -> str:
    """A step's part of the curve, its dot and its figure."""
    step, said = shown.steps[place], shown.said
    drawn = [f'<path class="l{" u" * one.bridges}" d="{one.path}"/>' for one in line]
    if step.rating is None:
        figure = f'<b class="at0"><span class="t-even">{said["unrated"]}</span></b>'
    else:
        dot = f'd="M50 {height(step.rating):g}h0"/>'
        kinds = ["r"] if {"truth", "decision"} & set(step.marks) else []
        drawn += [
            f'<path class="{kind}" {dot}' for kind in (*kinds, "o", f"d t-{tone(step.rating)}")
        ]
        figure = (
            f'<b class="at{step.rating * 2:g}"><span class="t-{tone(step.rating)}">'
            f'<span class="unseen">{said["emotion"]} </span>{signed(step.rating)}</span></b>'
        )
    return (
        '<div class="curve"><svg viewBox="0 0 100 100" preserveAspectRatio="none"'
        f' aria-hidden="true">{_GRID}{"".join(drawn)}</svg>{figure}</div>'
    )


def _lane(lane: Lane, place: int) -> str:
    items = lane.cells[place]
    if not items:
        return f'<div class="lane {lane.kind}"></div>'
    listed = "".join(map(_item, items))
    return (
        f'<div class="lane {lane.kind}"><h4 class="unseen">{lane.label}</h4><ul>{listed}</ul></div>'
    )


def _item(item: Item) -> str:
    label = f"<i>{item.label}</i>" if item.label else ""
    note = f'<i dir="auto">{marked_up(item.note)}</i>' if item.note else ""
    return f'<li class="{item.kind}">{label}<p dir="auto">{marked_up(item.text)}</p>{note}</li>'


def _foot(shown: Content) -> Iterator[str]:
    said = shown.said
    yield '<footer class="foot">'
    keys = "".join(map(_key, legend(shown)))
    if keys:
        yield f"<h2>{said['legend']}</h2><ul>{keys}</ul>"
    yield f"<p>{shown.stated}</p></footer>"


def _key(key: Key) -> str:
    glyph = SIGNS.get(key.sign) or ("0" if key.sign == "cross" else "")
    kind = "" if key.sign in SIGNS else f' class="key {key.sign}"'
    return f'<li><span{kind} aria-hidden="true">{glyph}</span>{key.text}</li>'
