"""Challenges and plans as CSV: RFC 4180 with a header; what is null is empty, no cell a formula."""

from collections.abc import Iterator

from service.domain import spreadsheets
from service.domain.insights.planning.challenges import Challenges
from service.domain.insights.planning.material import Amount
from service.domain.insights.planning.planned import (
    Plan,
    PlannedAction,
    PlannedGap,
    PlannedStage,
    PlannedTouchpoint,
)

CHALLENGES = (
    *("stage", "stage_key", "step", "step_key", "kind", "key", "topic", "text"),
    *("content", "actions", "empty"),
)
PLAN = (
    *("stage", "stage_key", "part", "title", "detail", "kind", "department", "status"),
    *("priority", "starts_on", "due_on", "amount", "currency", "id"),
)
_Line = dict[str, str | None]


def challenges_csv(grid: Challenges) -> str:
    """A line for each challenge; what answers it stands by title, with `;` between."""
    return spreadsheets.write(
        [
            CHALLENGES,
            *(
                [
                    *(row.stage, row.stage_key, row.step or "", row.step_key or ""),
                    *(row.kind, row.key, row.topic or "", row.text),
                    "; ".join(one.title for one in row.content),
                    "; ".join(one.title for one in row.actions),
                    "true" if row.empty else "false",
                ]
                for row in grid.items
            ),
        ]
    )


def plan_csv(plan: Plan) -> str:
    """A line for each thing the plan says; `part` tells what it is."""
    lines = [
        {"stage": stage.name, "stage_key": stage.key, **line}
        for stage in plan.stages
        for line in _stage(stage)
    ]
    lines += [_action(one) for one in plan.actions]
    lines += [_gap(one) for one in plan.gaps]
    lines += [
        {"part": "cost", "amount": f"{one.amount:f}", "currency": one.currency}
        for one in plan.costs
    ]
    return spreadsheets.write([PLAN, *([line.get(name) or "" for name in PLAN] for line in lines)])


def _stage(stage: PlannedStage) -> Iterator[_Line]:
    for part, texts in (
        ("goal", stage.message.goals),
        ("question", stage.message.questions),
        ("decision_factor", stage.message.decision_factors),
    ):
        for text in texts:
            yield {"part": part, "title": text}
    owner = stage.owner.department
    yield {"part": "owner", "title": owner, "department": owner}
    for item in stage.content:
        yield {
            **{"part": "content", "title": item.title, "detail": ", ".join(item.because)},
            **{"kind": item.kind, "starts_on": item.published_on, "id": str(item.content_id)},
            **_money(item.cost),
        }
    for touchpoint in stage.touchpoints:
        yield from _touchpoint(touchpoint)
    yield from (_action(one) for one in stage.actions)
    yield from (_gap(one) for one in stage.gaps)
    yield from ({**_gap(one), "part": "opportunity"} for one in stage.opportunities)
    for strength in stage.strengths:
        yield {"part": "strength", "title": strength.text, "kind": strength.kind}
    for cost in stage.costs:
        yield {"part": "cost", "amount": f"{cost.amount:f}", "currency": cost.currency}


def _touchpoint(one: PlannedTouchpoint) -> Iterator[_Line]:
    yield {
        **{"part": "touchpoint", "title": one.name, "kind": one.party, "detail": one.channel},
        **{"department": one.department, "id": str(one.touchpoint_id)},
    }
    for activity in one.activities:
        yield {
            **{"part": "activity", "title": activity.name, "detail": one.name},
            **{"kind": activity.kind, "department": activity.department},
            **{"starts_on": activity.starts_on, "due_on": activity.ends_on},
            **_money(activity.cost),
        }


def _action(one: PlannedAction) -> _Line:
    return {
        **{"part": "action", "title": one.title, "kind": one.kind, "status": one.status},
        **{"department": one.department, "due_on": one.due_on, "id": str(one.action_id)},
        **{"priority": _figure(one.priority), **_money(one.cost)},
    }


def _gap(one: PlannedGap) -> _Line:
    severity = f"{_figure(one.severity)} × {_figure(one.confidence)}"
    told = {"part": "gap", "title": one.text, "kind": one.kind, "detail": severity}
    return {**told, "id": str(one.gap_id)}


def _money(cost: Amount | None) -> _Line:
    return {} if cost is None else {"amount": f"{cost.amount:f}", "currency": cost.currency}


def _figure(value: float | None) -> str:
    """A figure with at most two decimals."""
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")
