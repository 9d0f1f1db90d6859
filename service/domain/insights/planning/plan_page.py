"""The plan as a page: headings, facts and tables, before they are HTML or Markdown.

What a stage has nothing of is left out there; the summary says once what is missing and why it
matters.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from service.domain.characters import isolated
from service.domain.insights.planning.page_figures import (
    PROMISE,
    SEVERITY,
    amount,
    money,
    of_100,
    plain,
    share,
)
from service.domain.insights.planning.page_words import PAGE_WORDS, PageWords
from service.domain.insights.planning.plan_words import WORDS, Words
from service.domain.insights.planning.planned import (
    Cost,
    Plan,
    PlannedAction,
    PlannedContent,
    PlannedGap,
    PlannedStage,
    PlannedTouchpoint,
)
from service.domain.languages import Language

MOST_GAPS = 5
"""Gaps of one stage that are told; the list of gaps has them all."""


class Sentence(str):
    """A text in the words of the page, whatever the direction of the names in it."""

    __slots__ = ()


class Fact(NamedTuple):
    """What something is called, and what is said of it."""

    name: str
    lines: Sequence[str]


class Facts(NamedTuple):
    """Facts below each other, perhaps under a heading."""

    heading: str
    facts: Sequence[Fact]


class Listed(NamedTuple):
    """Short texts under a heading."""

    heading: str
    lines: Sequence[str]


class Tabled(NamedTuple):
    """Rows of texts under a heading, and what is said below them.

    Some columns hold figures; in some nothing is broken over lines.
    """

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    figures: frozenset[str] = frozenset()
    unbroken: frozenset[str] = frozenset()
    note: str = ""


Block = Facts | Listed | Tabled


class Section(NamedTuple):
    """A part of the page."""

    heading: str
    blocks: Sequence[Block]


class Page(NamedTuple):
    """A whole page, in one language."""

    language: str
    title: str
    sections: Sequence[Section]


class Saying(NamedTuple):
    """The words that a page is written with."""

    words: Words
    said: PageWords

    def listed(self, names: Iterable[str]) -> str:
        """Names beside each other, each where it stands whatever its direction."""
        return self.said["between"].join(map(isolated, names))

    def quoted(self, names: Iterable[str]) -> str:
        """The same, each in quotation marks."""
        marks = self.said["quoted"]
        return self.said["between"].join(marks.format(isolated(name)) for name in names)


def saying(plan: Plan) -> Saying:
    """The words of the plan's language."""
    language = Language(plan.language)
    return Saying(WORDS[language], PAGE_WORDS[language])


def stage_section(stage: PlannedStage, saying: Saying) -> Section:
    """What a stage has: its facts, then its tables; a part it has nothing of is left out."""
    words = saying.words
    blocks: list[Block] = [Facts("", list(_facts(stage, saying)))]
    blocks += [
        _content(stage.content, saying),
        _touchpoints(stage.touchpoints, words),
        _activities(stage.touchpoints, saying),
        actions_table(words.actions, stage.actions, saying),
        gaps_table(words.gaps, stage.gaps, saying),
        _openings(stage.opportunities, saying),
        Listed(words.strengths, [Sentence(one.text) for one in stage.strengths]),
    ]
    return Section(stage.name, [one for one in blocks if _says(one)])


def _says(block: Block) -> bool:
    if isinstance(block, Facts):
        return bool(block.facts)
    return bool(block.rows if isinstance(block, Tabled) else block.lines)


def _facts(stage: PlannedStage, saying: Saying) -> Iterator[Fact]:
    words = saying.words
    message = stage.message
    for name, lines in (
        (words.goals, message.goals),
        (words.questions, message.questions),
        (words.decision_factors, message.decision_factors),
    ):
        if lines:
            yield Fact(f"{words.message} – {name}", lines)
    if stage.owner.department:
        yield Fact(words.owner, [stage.owner.department])
    if stage.owner.others:
        yield Fact(words.others, [saying.listed(stage.owner.others)])
    if stage.costs:
        yield Fact(words.costs, [cost_line(cost, saying) for cost in stage.costs])


def cost_line(cost: Cost, saying: Saying) -> str:
    """A sum with its currency, and what it is made of."""
    words, said = saying
    parts = (
        (words.activities, cost.activities),
        (words.content, cost.content),
        (words.actions, cost.actions),
    )
    of_it = said["between"].join(f"{name} {amount(n, said)}" for name, n in parts if n)
    whole = f"{amount(cost.amount, said)}\u00a0{cost.currency}"
    return f"{whole} ({of_it})" if of_it else whole


def _content(content: Iterable[PlannedContent], saying: Saying) -> Tabled:
    words, said = saying
    reasons = words._asdict()
    rows = [
        [
            *(item.title, item.kind or "", item.language or "", item.published_on or ""),
            said["between"].join(reasons[because] for because in item.because),
            money(item.cost, said),
        ]
        for item in content
    ]
    columns = (words.title, words.kind, words.tongue, words.published, words.because, words.cost)
    unbroken = frozenset({words.published})
    return Tabled(words.content, columns, rows, frozenset({words.cost}), unbroken)


def _touchpoints(touchpoints: Iterable[PlannedTouchpoint], words: Words) -> Tabled:
    rows = [[one.name, one.channel or "", one.department or words.nobody] for one in touchpoints]
    columns = (words.title, words.channel, words.department)
    return Tabled(words.touchpoints, columns, rows)


def _activities(touchpoints: Iterable[PlannedTouchpoint], saying: Saying) -> Tabled:
    words, said = saying
    rows = [
        [
            *(a.name, one.name, a.department or words.nobody),
            *(a.starts_on or "", a.ends_on or "", money(a.cost, said)),
        ]
        for one in touchpoints
        for a in one.activities
    ]
    columns = (words.title, words.touchpoints, words.department)
    dates = (words.starts, words.ends, words.cost)
    unbroken = frozenset({words.starts, words.ends})
    return Tabled(words.activities, (*columns, *dates), rows, frozenset({words.cost}), unbroken)


def actions_table(heading: str, actions: Sequence[PlannedAction], saying: Saying) -> Tabled:
    """Actions in their order, numbered as far as it is known what they are worth."""
    words, said = saying
    stands = words._asdict()
    rows = [
        [
            *("–" if one.priority is None else str(place), one.title),
            *(stands.get(one.status, one.status), one.department or words.nobody),
            *(one.due_on or "", plain(one.effort, said), money(one.cost, said)),
        ]
        for place, one in enumerate(actions, 1)
    ]
    columns = (said["place"], words.title, words.status, words.department, words.due)
    figures = frozenset({words.effort, words.cost})
    every = (*columns, words.effort, words.cost)
    return Tabled(heading, every, rows, figures, frozenset({words.status, words.due}))


def gaps_table(heading: str, gaps: Sequence[PlannedGap], saying: Saying) -> Tabled:
    """The first of these gaps, with how bad they are and how sure that is."""
    said = saying.said
    rows = [[Sentence(gap.text), *severity(gap, said)] for gap in gaps[:MOST_GAPS]]
    columns = (said["what"], saying.words.severity, said["sure"])
    unbroken = frozenset(columns[1:2])
    return Tabled(heading, columns, rows, unbroken=unbroken, note=_more(len(gaps), said))


def severity(gap: PlannedGap, said: PageWords) -> tuple[str, str]:
    """How bad a gap is, and how sure that is."""
    return of_100(gap.severity, SEVERITY, said), share(gap.confidence, said)


def _openings(gaps: Sequence[PlannedGap], saying: Saying) -> Tabled:
    said = saying.said
    rows = [[Sentence(gap.text), of_100(gap.severity, PROMISE, said)] for gap in gaps[:MOST_GAPS]]
    columns = (said["what"], said["promise"])
    more = _more(len(gaps), said)
    return Tabled(saying.words.opportunities, columns, rows, note=more)


def _more(count: int, said: PageWords) -> str:
    return said["others_here"].format(count - MOST_GAPS) if count > MOST_GAPS else ""
