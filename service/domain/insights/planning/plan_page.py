"""The plan as a page: headings, lines and tables, before they are HTML or Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from service.domain.insights.planning.material import Amount
from service.domain.insights.planning.plan_words import Words
from service.domain.insights.planning.planned import (
    Cost,
    Plan,
    PlannedAction,
    PlannedContent,
    PlannedGap,
    PlannedStage,
    PlannedStrength,
    PlannedTouchpoint,
)


class Listed(NamedTuple):
    """Short texts under a heading."""

    heading: str
    lines: Sequence[str]


class Tabled(NamedTuple):
    """Rows of texts under a heading; `empty` is said where there are none."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str


class Section(NamedTuple):
    """A part of the page."""

    heading: str
    blocks: Sequence[Listed | Tabled]


class Page(NamedTuple):
    """A whole page, in one language."""

    language: str
    title: str
    sections: Sequence[Section]


def page(plan: Plan, words: Words) -> Page:
    """The plan's page: a section for each stage, and one for the map as a whole."""
    stages = [Section(one.name, list(_stage(one, words))) for one in plan.stages]
    whole = [_actions(plan.actions, words), _costs(plan.costs, words)]
    if plan.gaps:
        whole.insert(1, _gaps(words.gaps, plan.gaps, words))
    revision = plan.definition.revision
    of = "" if revision == "draft" else f" · {words.revision.format(revision)}"
    title = f"{words.plan}: {plan.title}{of}"
    return Page(plan.language, title, [*stages, Section(words.whole, whole)])


def money(amount: Amount | None) -> str:
    """An amount as it is written."""
    return "" if amount is None else f"{amount.amount:f} {amount.currency}"


def figure(value: float | None) -> str:
    """A figure with at most two decimals."""
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _stage(stage: PlannedStage, words: Words) -> Iterator[Listed | Tabled]:
    message = stage.message
    for heading, texts in (
        (words.goals, message.goals),
        (words.questions, message.questions),
        (words.decision_factors, message.decision_factors),
    ):
        if texts:
            yield Listed(f"{words.message} – {heading}", texts)
    if message.text is None:
        yield Listed(words.message, [words.nothing])
    yield _owner(stage, words)
    yield _content(stage.content, words)
    yield _touchpoints(stage.touchpoints, words)
    yield _activities(stage.touchpoints, words)
    yield _actions(stage.actions, words)
    for heading, gaps in ((words.gaps, stage.gaps), (words.opportunities, stage.opportunities)):
        if gaps:
            yield _gaps(heading, gaps, words)
    if stage.strengths:
        yield _strengths(stage.strengths, words)
    if stage.costs:
        yield _costs(stage.costs, words)


def _owner(stage: PlannedStage, words: Words) -> Listed:
    lines = [stage.owner.department or words.nobody]
    if stage.owner.others:
        lines.append(f"{words.others}: {', '.join(stage.owner.others)}")
    return Listed(words.owner, lines)


def _content(content: Iterable[PlannedContent], words: Words) -> Tabled:
    said = words._asdict()
    rows = [
        [
            *(item.title, item.kind or "", item.language or "", item.published_on or ""),
            *(", ".join(said[because] for because in item.because), money(item.cost)),
        ]
        for item in content
    ]
    columns = (words.title, words.kind, words.tongue, words.published, words.because, words.cost)
    return Tabled(words.content, columns, rows, words.nothing)


def _touchpoints(touchpoints: Iterable[PlannedTouchpoint], words: Words) -> Tabled:
    rows = [[one.name, one.channel or "", one.department or words.nobody] for one in touchpoints]
    columns = (words.title, words.channel, words.department)
    return Tabled(words.touchpoints, columns, rows, words.nothing)


def _activities(touchpoints: Iterable[PlannedTouchpoint], words: Words) -> Tabled:
    rows = [
        [
            *(a.name, one.name, a.department or words.nobody),
            *(a.starts_on or "", a.ends_on or "", money(a.cost)),
        ]
        for one in touchpoints
        for a in one.activities
    ]
    columns = (words.title, words.touchpoints, words.department)
    dates = (words.starts, words.ends, words.cost)
    return Tabled(words.activities, (*columns, *dates), rows, words.nothing)


def _actions(actions: Iterable[PlannedAction], words: Words) -> Tabled:
    said = words._asdict()
    rows = [
        [
            *(one.title, said.get(one.status, one.status), one.department or words.nobody),
            *(one.due_on or "", figure(one.effort), figure(one.priority), money(one.cost)),
        ]
        for one in actions
    ]
    columns = (words.title, words.status, words.department, words.due)
    figures = (words.effort, words.priority, words.cost)
    return Tabled(words.actions, (*columns, *figures), rows, words.nothing)


def _gaps(heading: str, gaps: Iterable[PlannedGap], words: Words) -> Tabled:
    rows = [[gap.text, figure(gap.severity), figure(gap.confidence)] for gap in gaps]
    return Tabled(heading, (words.why, words.severity, words.confidence), rows, words.nothing)


def _strengths(strengths: Iterable[PlannedStrength], words: Words) -> Listed:
    return Listed(words.strengths, [one.text for one in strengths])


def _costs(costs: Iterable[Cost], words: Words) -> Tabled:
    rows = [
        [one.currency, *(f"{n:f}" for n in (one.amount, one.activities, one.content, one.actions))]
        for one in costs
    ]
    columns = (words.currency, words.all_, words.activities, words.content, words.actions)
    return Tabled(words.costs, columns, rows, words.nothing)
