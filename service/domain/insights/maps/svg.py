"""The picture of a map as an SVG document: nothing fetched, no fonts, well-formed whatever it says.

Widths are estimated (see `lettering`), so rows of text break within their column, and a lane is as
deep as its deepest cell. Colours are plain rules without variables, for converters to bitmaps.
"""

from collections.abc import Iterator

from service.domain.insights.colours import Theme
from service.domain.insights.escaping import marked_up
from service.domain.insights.lettering import legible
from service.domain.insights.maps.content import Content, Person, StageShown
from service.domain.insights.maps.curve_line import MIDDLE, height, pieces
from service.domain.insights.maps.lanes import Item, Lane
from service.domain.insights.maps.legend import SIGNS, in_words, legend
from service.domain.insights.maps.palette import MEANING, tone
from service.domain.insights.maps.sheet import Row, Sheet, depth, rows
from service.domain.insights.maps.svg_style import STYLES
from service.domain.insights.maps.telling import summary
from service.domain.insights.picture_words import signed

_MARGIN, _NAMES, _COLUMN = 32.0, 112.0, 184.0
_INSET, _PROSE, _LEAST = 12.0, 900.0, 760.0
_CURVE, _LINE = 168.0, 140.0
_FACE, _PERSON = 38.0, 230.0
_COLOURED = {"private": "", "truth": "feel", "decision": "meet"}
_KEYS, _SIGN = 3, 34.0
"""Signs beside each other in the legend, and the room that each takes before its text."""


def svg(shown: Content, theme: Theme = "auto") -> tuple[str, str]:
    """The map as one SVG element, and the one style in it."""
    columns = sum(max(stage.count, 1) for stage in shown.stages)
    wide = max(_LEAST, 2 * _MARGIN + _NAMES + columns * _COLUMN)
    sheet = Sheet(wide, shown.right_to_left)
    foot = _foot(sheet, shown, _drawn(sheet, shown, _top(sheet, shown)))
    title = legible(shown.title) or shown.said["map"]
    told = f"{summary(shown)} {in_words(shown)}"
    size = f'width="{wide:.0f}" height="{foot:.0f}" viewBox="0 0 {wide:.0f} {foot:.0f}"'
    drawn = "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" class="map-{theme}"'
            f' aria-labelledby="title told"><title id="title">{marked_up(title)}</title>'
            f'<desc id="told">{marked_up(told)}</desc><style>{STYLES[theme]}</style>'
            '<rect class="paper" width="100%" height="100%"/>',
            *sheet.parts,
            "</svg>",
        )
    )
    return drawn, STYLES[theme]


def _top(sheet: Sheet, shown: Content) -> float:
    """Title, scenario, personas and the curve in words; where the map begins."""
    said, prose = shown.said, min(sheet.width - 2 * _MARGIN, _PROSE)
    head = [Row(f"{said['map']} · {said[shown.perspective]}", "small")]
    head += rows(shown.title, "name", prose)
    y = sheet.block(head, _MARGIN, 24) + 6
    if shown.scenario:
        y = sheet.block(rows(shown.scenario, "lead", prose), _MARGIN, y) + 4
    if shown.occasion:
        occasion = rows(f"{said['occasion']}: {shown.occasion}", "text", prose, "quiet")
        y = sheet.block(occasion, _MARGIN, y) + 4
    y = _people(sheet, shown.personas, prose, y + 8)
    if shown.steps:
        y = sheet.block(rows(summary(shown), "text", prose, "quiet"), _MARGIN, y)
    return y + 20


def _people(sheet: Sheet, people: list[Person], prose: float, y: float) -> float:
    x, deepest = _MARGIN, 0.0
    for person in people:
        if x + _PERSON > _MARGIN + prose and x > _MARGIN:
            x, y, deepest = _MARGIN, y + deepest + 10, 0.0
        told = rows(person.name, "text", _PERSON - _FACE - 26)
        told += rows(person.role or "", "small", _PERSON - _FACE - 26)
        _face(sheet, person, x, y)
        sheet.block(told, x + _FACE + 10, y + max(0.0, (_FACE - depth(told)) / 2))
        deepest, x = max(deepest, _FACE, depth(told)), x + _PERSON
    return y + deepest + 12 if people else y


def _face(sheet: Sheet, person: Person, x: float, y: float) -> None:
    if person.avatar:
        left = min(sheet.x(x), sheet.x(x + _FACE))
        sheet.parts.append(
            f'<image href="{marked_up(person.avatar)}" x="{left:.1f}" y="{y:.1f}"'
            f' width="{_FACE:g}" height="{_FACE:g}" preserveAspectRatio="xMidYMid slice"/>'
        )
        return
    sheet.box("face", (x, y, _FACE, _FACE), _FACE / 2)
    initials = Row(person.initials, "text", "meet")
    sheet.text(initials, x + _FACE / 2, y + _FACE / 2 + 4.5, centred=True)


def _drawn(sheet: Sheet, shown: Content, y: float) -> float:
    """The stages, the steps, the curve and the lanes; where they end."""
    if not shown.stages:
        return sheet.block([Row(shown.said["no_stages"], "text")], _MARGIN, y)
    start, end = _MARGIN + _NAMES, sheet.width - _MARGIN
    top, places = y, list(_places(shown.stages))
    y = _stages(sheet, shown, y)
    edges = [x for x, stage in zip(places, shown.stages, strict=True) if stage.first or x > start]
    columns = [
        x + n * _COLUMN
        for x, stage in zip(places, shown.stages, strict=True)
        for n in range(stage.count)
    ]
    y = _cards(sheet, shown, columns, y)
    sheet.rule(y, _MARGIN, end)
    y = _curve(sheet, shown, columns, y)
    for lane in shown.lanes:
        sheet.rule(y, _MARGIN, end)
        y = _lane(sheet, lane, columns, y)
    sheet.rule(y, _MARGIN, end)
    for x in (start, *edges):
        sheet.path("grid", f"M{sheet.x(x):.1f} {top:.1f}V{y:.1f}")
    return y


def _places(stages: list[StageShown]) -> Iterator[float]:
    x = _MARGIN + _NAMES
    for stage in stages:
        yield x
        x += max(stage.count, 1) * _COLUMN


def _stages(sheet: Sheet, shown: Content, y: float) -> float:
    heads = [_stage(stage, shown) for stage in shown.stages]
    deep = max(depth(head) + sum(map(_deepest, lists)) for head, lists in heads) + 26
    for x, stage, (head, lists) in zip(_places(shown.stages), shown.stages, heads, strict=True):
        across = max(stage.count, 1) * _COLUMN
        sheet.box("band", (x, y, across, deep))
        sheet.box("head", (x, y, across, 3))
        at = sheet.block(head, x + _INSET, y + 13)
        for row in lists:
            for n, block in enumerate(row):
                sheet.block(block, x + _INSET + n * _COLUMN, at + 8)
            at += _deepest(row)
    return y + deep


def _deepest(row: list[list[Row]]) -> float:
    return max(map(depth, row)) + 8


def _stage(stage: StageShown, shown: Content) -> tuple[list[Row], list[list[list[Row]]]]:
    """A stage's head, and its lists: as many beside each other as it has columns."""
    said, across = shown.said, max(stage.count, 1)
    wide, column = across * _COLUMN - 2 * _INSET, _COLUMN - 2 * _INSET
    head = rows(stage.name, "stage", wide)
    if stage.mean is not None:
        head.append(Row(said["rated_at"].format(said["mean"].format(signed(stage.mean))), "small"))
    head += rows(stage.description, "text", wide)
    if not stage.count:
        head += rows(said["no_steps"], "small", wide)
    blocks = [
        rows(label, "small", column) + [r for text in texts for r in rows(text, "text", column)]
        for label, texts in stage.lists
    ]
    return head, [blocks[n : n + across] for n in range(0, len(blocks), across)]


def _cards(sheet: Sheet, shown: Content, columns: list[float], y: float) -> float:
    sheet.block(rows(shown.said["steps"], "small", _NAMES - _INSET), _MARGIN, y + 20)
    blocks = []
    for place, step in enumerate(shown.steps, 1):
        block = rows(f"{place} {step.action}", "act", _COLUMN - 36)
        for mark in step.marks:
            told = f"{SIGNS[mark]} {shown.said[mark]}"
            block += rows(told, "small", _COLUMN - 36, _COLOURED[mark])
        blocks.append(block)
    deep = max(map(depth, blocks), default=0.0) + 18
    for x, step, block in zip(columns, shown.steps, blocks, strict=True):
        kind = "hidden" if "private" in step.marks else "card"
        sheet.box(kind, (x + 6, y + 10, _COLUMN - 12, deep), 8)
        sheet.block(block, x + 18, y + 18)
        if step.crossing is not None:
            sheet.parts.append(_dot("cross", sheet.x(x), y + 10 + deep / 2, 12))
            severity = Row(f"{step.crossing:.0f}", "small", "warn")
            sheet.text(severity, x, y + 14 + deep / 2, centred=True)
    return y + deep + 20


def _curve(sheet: Sheet, shown: Content, columns: list[float], y: float) -> float:
    top, scale = y + 14, _LINE / 100
    sheet.block(rows(shown.said["emotion"], "small", 64), _MARGIN, y + 12)
    start, end = _MARGIN + _NAMES, sheet.width - _MARGIN
    for rating in range(-2, 3):
        at = top + height(rating) * scale
        sheet.rule(at, start, end, "grid" if rating else "zero")
        sheet.text(Row(signed(rating), "small"), start - 18, at + 4, centred=True)
    lines = pieces([step.rating for step in shown.steps])
    for x, line in zip(columns, lines, strict=True):
        left, way = sheet.x(x), -1 if sheet.right_to_left else 1
        scaled = f"{way * _COLUMN / 100:g} {scale:g}"
        turn = f"translate({left:.1f} {top:.1f}) scale({scaled})"
        for piece in line:
            kind = "bridge" if piece.bridges else "line"
            sheet.parts.append(
                f'<path class="{kind}" vector-effect="non-scaling-stroke" transform="{turn}"'
                f' d="{piece.path}"/>'
            )
    for x, step in zip(columns, shown.steps, strict=True):
        middle = x + _COLUMN / 2
        if step.rating is None:
            unrated = Row(shown.said["unrated"], "small")
            sheet.text(unrated, middle, top + MIDDLE * scale - 8, centred=True)
            continue
        at, colour = top + height(step.rating) * scale, tone(step.rating)
        if {"truth", "decision"} & set(step.marks):
            sheet.parts.append(_dot("ring", sheet.x(middle), at, 10))
        sheet.parts.append(_dot(f"dot c-{colour}", sheet.x(middle), at, 6.5))
        off = -14 if step.rating >= 0 else 23
        sheet.text(Row(signed(step.rating), "text", colour), middle, at + off, centred=True)
    return y + _CURVE


def _dot(kind: str, x: float, y: float, radius: float) -> str:
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>'


def _lane(sheet: Sheet, lane: Lane, columns: list[float], y: float) -> float:
    name = rows(lane.label, "small", _NAMES - _INSET)
    blocks = [[_item(item) for item in cell] for cell in lane.cells]
    deepest = max((sum(depth(one) + 7 for one in block) for block in blocks), default=0.0)
    sheet.block(name, _MARGIN, y + 11)
    for x, cell, block in zip(columns, lane.cells, blocks, strict=True):
        at = y + 11
        for item, told in zip(cell, block, strict=True):
            colour = MEANING.get(item.kind)
            sheet.box(f"c-{colour}" if colour else "b-plain", (x + _INSET, at, 3, depth(told)))
            at = sheet.block(told, x + _INSET + 9, at) + 7
    return y + max(deepest, depth(name)) + 15


def _item(item: Item) -> list[Row]:
    wide = _COLUMN - 2 * _INSET - 9
    told = rows(item.label, "small", wide) if item.label else []
    told += rows(item.text, "text", wide)
    return told + (rows(item.note, "small", wide) if item.note else [])


def _foot(sheet: Sheet, shown: Content, y: float) -> float:
    y = _legend(sheet, shown, y + 18)
    return sheet.block([Row(shown.stated, "small")], _MARGIN, y + 16) + 20


def _legend(sheet: Sheet, shown: Content, y: float) -> float:
    """The signs in as many columns as the least of widths has room for; where they end."""
    keys = list(legend(shown))
    if not keys:
        return y
    y = sheet.block([Row(shown.said["legend"], "act")], _MARGIN, y) + 6
    wide = (_LEAST - 2 * _MARGIN) / _KEYS
    for start in range(0, len(keys), _KEYS):
        line = keys[start : start + _KEYS]
        told = [rows(key.text, "small", wide - _SIGN - 14) for key in line]
        for n, (key, block) in enumerate(zip(line, told, strict=True)):
            _sign(sheet, key.sign, _MARGIN + n * wide, y + 8)
            sheet.block(block, _MARGIN + n * wide + _SIGN, y)
        y += max(map(depth, told)) + 6
    return y


def _sign(sheet: Sheet, sign: str, x: float, y: float) -> None:
    """A sign as it is drawn in the map, `y` being its middle."""
    middle = x + (_SIGN - 10) / 2
    if sign in ("line", "bridge"):
        sheet.rule(y, x, x + _SIGN - 10, sign)
    elif sign == "ring":
        sheet.parts.append(_dot("ring", sheet.x(middle), y, 7))
    elif sign == "cross":
        sheet.parts.append(_dot("cross", sheet.x(middle), y, 8))
        sheet.text(Row("0", "small", "warn"), middle, y + 4, centred=True)
    elif sign in SIGNS:
        sheet.text(Row(SIGNS[sign], "text", _COLOURED[sign]), middle, y + 4, centred=True)
    else:
        sheet.box(f"c-{MEANING[sign]}", (middle - 2, y - 7, 4, 14))
