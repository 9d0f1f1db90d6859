"""The plan's page as a whole, and its summary: what to do first, what is worst, what is missing."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from service.domain.insights.planning.page_figures import amount
from service.domain.insights.planning.plan import ordered
from service.domain.insights.planning.plan_page import (
    Block,
    Fact,
    Facts,
    Listed,
    Page,
    Saying,
    Section,
    Sentence,
    Tabled,
    actions_table,
    gaps_table,
    saying,
    severity,
    stage_section,
)
from service.domain.insights.planning.planned import (
    Cost,
    Plan,
    PlannedAction,
    PlannedGap,
    PlannedStage,
)
from service.domain.insights.rules import worth

MOST_FIRST = 5
"""Actions and gaps that the summary names."""


def page(plan: Plan) -> Page:
    """The plan's page: a summary, a section for each stage, and one for the map as a whole."""
    told = saying(plan)
    sections = [Section(told.said["summary"], list(_summary(plan, told)))]
    sections += [stage_section(one, told) for one in plan.stages]
    whole = list(_whole(plan, told))
    sections += [Section(told.words.whole, whole)] if whole else []
    if plan.stages:
        ways = ("reading_severity", "reading_sure", "reading_order")
        reading = Listed("", [told.said[way] for way in ways])
        sections.append(Section(told.said["reading"], [reading]))
    revision = plan.definition.revision
    of = "" if revision == "draft" else f" · {told.words.revision.format(revision)}"
    return Page(plan.language, f"{told.words.plan}: {told.listed([plan.title])}{of}", sections)


def _summary(plan: Plan, told: Saying) -> Iterator[Block]:
    words, said = told
    todo, weak = _actions(plan), _gaps(plan, said["whole_map"])
    yield Facts("", list(_facts(plan, len(todo), told)))
    if todo:
        first = actions_table(said["first"], todo[:MOST_FIRST], told)
        more = len(todo) - MOST_FIRST
        yield first._replace(note=said["others_to_do"].format(more)) if more > 0 else first
    if weak:
        rows = [
            [where, Sentence(gap.text), *severity(gap, said)] for where, gap in weak[:MOST_FIRST]
        ]
        columns = (said["where"], said["what"], words.severity, said["sure"])
        more = len(weak) - MOST_FIRST
        note = said["others_here"].format(more) if more > 0 else ""
        unbroken = frozenset({words.severity})
        yield Tabled(said["worst"], columns, rows, unbroken=unbroken, note=note)
    if plan.costs:
        yield _costs(plan.costs, told)
    if missing := list(map(Sentence, _missing(plan, told))):
        yield Listed(said["missing"], missing)


def _facts(plan: Plan, todo: int, told: Saying) -> Iterator[Fact]:
    said = told.said
    if plan.as_of:
        yield Fact(said["date"], [plan.as_of])
    title, stages = told.listed([plan.title]), len(plan.stages)
    size = said["size"].format(title=title, stages=stages, actions=todo)
    yield Fact(said["map"], [Sentence(size)])
    if plan.personas:
        yield Fact(said["for"], [told.listed(one.name for one in plan.personas)])


def _actions(plan: Plan) -> list[PlannedAction]:
    """All actions, most worthwhile first, each once."""
    every = (*plan.actions, *(one for stage in plan.stages for one in stage.actions))
    return ordered({str(one.action_id): one for one in every}.values())


class _Weak(NamedTuple):
    """Where a gap is, and the gap."""

    where: str
    gap: PlannedGap


def _gaps(plan: Plan, whole: str) -> list[_Weak]:
    """All gaps, worst first as far as it is sure that they are."""
    found = [_Weak(whole, gap) for gap in plan.gaps]
    found += [_Weak(stage.name, gap) for stage in plan.stages for gap in stage.gaps]
    return sorted(found, key=lambda one: -worth(one.gap.severity, one.gap.confidence))


def _costs(costs: Iterable[Cost], told: Saying) -> Tabled:
    words, said = told
    rows = [
        [
            one.currency,
            *(amount(n, said) for n in (one.amount, one.activities, one.content, one.actions)),
        ]
        for one in costs
    ]
    figures = (words.all_, words.activities, words.content, words.actions)
    return Tabled(words.costs, (words.currency, *figures), rows, frozenset(figures))


def _missing(plan: Plan, told: Saying) -> Iterator[str]:
    """What stages have nothing of, each once for all of them, and what that means."""
    said = told.said
    if not plan.stages:
        yield said["no_stages"]
        return
    for what, without in (
        ("no_message", [s for s in plan.stages if s.message.text is None]),
        ("no_owner", [s for s in plan.stages if s.owner.department is None]),
        ("no_touchpoints", [s for s in plan.stages if not s.touchpoints]),
        ("no_content", [s for s in plan.stages if not s.content]),
        ("no_actions", [s for s in plan.stages if not s.actions]),
    ):
        if without:
            yield said[what].format(stages=_named(without, plan, told))
    priced = list(_priced(plan))
    if unknown := priced.count(False):
        yield said["no_costs"].format(count=unknown, all=len(priced))


def _named(stages: Sequence[PlannedStage], plan: Plan, told: Saying) -> str:
    if len(stages) == len(plan.stages) > 1:
        return told.said["every_stage"]
    return told.quoted(stage.name for stage in stages)


def _priced(plan: Plan) -> Iterator[bool]:
    """Of each activity, item of content and action, whether its cost is known."""
    touchpoints = {str(t.touchpoint_id): t for stage in plan.stages for t in stage.touchpoints}
    content = {str(c.content_id): c for stage in plan.stages for c in stage.content}
    for touchpoint in touchpoints.values():
        yield from (activity.cost is not None for activity in touchpoint.activities)
    yield from (item.cost is not None for item in content.values())
    yield from (action.cost is not None for action in _actions(plan))


def _whole(plan: Plan, told: Saying) -> Iterator[Block]:
    if plan.actions:
        yield actions_table(told.words.actions, plan.actions, told)
    if plan.gaps:
        yield gaps_table(told.words.gaps, plan.gaps, told)
