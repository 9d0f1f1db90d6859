"""The picture of a map as Markdown: a document with a table for each stage, one line a lane.

Texts stay texts: what Markdown or HTML would take for a mark is escaped.
"""

import re
from collections.abc import Iterator, Sequence

from service.domain.insights.maps.content import Content, StageShown
from service.domain.insights.maps.lanes import Item
from service.domain.insights.maps.telling import summary
from service.domain.insights.picture_words import signed

# Marks that work within a line; a pipe would end a cell, `&` begins a character's name.
_INLINE = re.compile(r"([\\`*_\[\]<>|~]|&(?=#?\w+;))")
# What makes a list, a rule or a heading where a line begins.
_AHEAD = re.compile(r"\A([-+=#]|\d+(?=[.)]))")


def markdown(shown: Content) -> str:
    """The whole map, in GitHub's Markdown with tables."""
    said = shown.said
    lines = [f"# {plain(shown.title)}", ""]
    lines += [f"*{said['map']} · {said[shown.perspective]}*", ""]
    for word, text in (("scenario", shown.scenario), ("occasion", shown.occasion)):
        if text:
            lines += [f"**{said[word]}:** {plain(text)}", ""]
    if shown.personas:
        named = (f"{p.name} ({p.role})" if p.role else p.name for p in shown.personas)
        lines += [f"**{said['personas']}:** {', '.join(map(plain, named))}", ""]
    if shown.steps:
        lines += [plain(summary(shown)), ""]
    for number, stage in enumerate(shown.stages, 1):
        lines += _stage(shown, stage, number)
    version, changed = (said["version"], shown.version), (said["changed"], shown.changed_on)
    lines.append(" · ".join(text.format(value) for text, value in (version, changed)))
    return "\n".join(lines) + "\n"


def _stage(shown: Content, stage: StageShown, number: int) -> Iterator[str]:
    yield from (f"## {number}. {plain(stage.name)}", "")
    if stage.description:
        yield from (plain(stage.description), "")
    for label, texts in stage.lists:
        yield f"- **{label}:** {'; '.join(map(plain, texts))}"
    if stage.lists:
        yield ""
    if not stage.count:
        yield from (f"*{shown.said['no_steps']}*", "")
        return
    yield from _table(shown, range(stage.first, stage.first + stage.count))
    yield ""


def _table(shown: Content, places: range) -> Iterator[str]:
    said, steps = shown.said, [shown.steps[place] for place in places]
    heads = [
        " ".join([f"{place + 1}. {plain(step.action)}", *(f"({said[m]})" for m in step.marks)])
        for place, step in zip(places, steps, strict=True)
    ]
    yield _row(said["steps"], heads)
    yield _row("---", ["---"] * len(steps))
    ratings = [said["unrated"] if s.rating is None else signed(s.rating) for s in steps]
    yield _row(f"**{said['emotion']}**", ratings)
    for lane in shown.lanes:
        cells = ["<br>".join(map(_item, lane.cells[place])) for place in places]
        if any(cells):
            yield _row(f"**{lane.label}**", cells)


def _row(head: str, cells: Sequence[str]) -> str:
    return f"| {head} | {' | '.join(cells)} |"


def _item(item: Item) -> str:
    label = f"*{item.label}:* " if item.label else ""
    note = f" ({plain(item.note)})" if item.note else ""
    return f"{label}{plain(item.text)}{note}"


def plain(text: str) -> str:
    """The text as Markdown that reads as it stands."""
    return _AHEAD.sub(_escaped, _INLINE.sub(r"\\\1", " ".join(text.split())))


def _escaped(ahead: re.Match[str]) -> str:
    """A number is escaped behind itself: its dot is what makes the list."""
    return f"{ahead[0]}\\" if ahead[0].isdigit() else f"\\{ahead[0]}"
