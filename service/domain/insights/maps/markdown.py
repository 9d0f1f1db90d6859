"""The picture of a map as Markdown: a document with a table for each stage, one line a lane."""

from collections.abc import Iterator, Sequence

from service.domain.insights.escaping import marked_down
from service.domain.insights.maps.content import Content, StageShown
from service.domain.insights.maps.lanes import Item
from service.domain.insights.maps.telling import summary
from service.domain.insights.picture_words import signed


def markdown(shown: Content) -> str:
    """The whole map, in GitHub's Markdown with tables."""
    said = shown.said
    lines = [f"# {marked_down(shown.title)}", ""]
    lines += [f"*{said['map']} · {said[shown.perspective]}*", ""]
    for word, text in (("scenario", shown.scenario), ("occasion", shown.occasion)):
        if text:
            lines += [f"**{said[word]}:** {marked_down(text)}", ""]
    if shown.personas:
        named = (f"{p.name} ({p.role})" if p.role else p.name for p in shown.personas)
        lines += [f"**{said['personas']}:** {', '.join(map(marked_down, named))}", ""]
    if shown.steps:
        lines += [marked_down(summary(shown)), ""]
    for number, stage in enumerate(shown.stages, 1):
        lines += _stage(shown, stage, number)
    lines.append(shown.stated)
    return "\n".join(lines) + "\n"


def _stage(shown: Content, stage: StageShown, number: int) -> Iterator[str]:
    yield from (f"## {number}. {marked_down(stage.name)}", "")
    if stage.description:
        yield from (marked_down(stage.description), "")
    for label, texts in stage.lists:
        yield f"- **{label}:** {'; '.join(map(marked_down, texts))}"
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
        " ".join(
            [f"{place + 1}. {marked_down(step.action)}", *(f"({said[m]})" for m in step.marks)]
        )
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
    note = f" ({marked_down(item.note)})" if item.note else ""
    return f"{label}{marked_down(item.text)}{note}"
