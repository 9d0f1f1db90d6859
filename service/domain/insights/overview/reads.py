"""The overview and staleness: a fixed number of statements for any number of maps."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
)

from service.domain.errors import NotFound
from service.domain.evidence import counts, evidence, evidence_targets
from service.domain.insights.emotion_curve import EmotionCurve
from service.domain.insights.gaps.gap import Gap
from service.domain.insights.gaps.reads import gaps
from service.domain.insights.reads import Asked, CurveOf, Wanted, emotion_curves
from service.domain.journeys import JOURNEYS, journeys
from service.domain.listing import ListQuery, PageOf
from service.domain.plans import (
    OPEN,
    action_targets,
    actions,
    day_of,
    is_overdue,
    review_status,
    reviews,
    start_of,
    today,
)
from service.domain.preferences import DEFAULTS
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.tables import workspaces
from service.domain.work import Scope, Work

WORST = 3
"""Gaps that are told of each map."""
_SHOWN = dict.fromkeys(("id", "title", "perspective", "status"))
_GAP = ("id", "kind", "severity", "confidence", "stage_id", "step_id")


class Aged(NamedTuple):
    """Whose staleness, and after how many days it is stale; None: as the workspace has set."""

    journey_id: UUID
    limit_days: int | None = None


async def staleness(work: Work, asked: Sequence[Aged]) -> dict[Aged, dict[str, Any] | NotFound]:
    """How stale each map is, as `Staleness` tells it: one statement for all."""
    work.needs(Scope.MAPS_READ)
    text = await work.value(
        _STALENESS,
        journey_ids=[one.journey_id for one in asked],
        limits=[one.limit_days for one in asked],
    )
    found = msgspec.json.decode(text or "{}")
    return {
        one: found.get(str(place)) or NotFound(JOURNEYS.kind, one.journey_id)
        for place, one in enumerate(asked, 1)
    }


async def totals(work: Work) -> dict[str, Any]:
    """The whole workspace at a glance, as `OverviewTotals` tells it."""
    work.needs(Scope.MAPS_READ)
    found: dict[str, Any] = msgspec.json.decode(await work.value(_TOTALS))
    return found


async def overview(work: Work, query: ListQuery) -> PageOf:
    """A page of maps at a glance, as `OverviewJourney` tells them."""
    work.needs(Scope.MAPS_READ)
    page = await JOURNEYS.page(work, query.selecting(_SHOWN))
    heads = msgspec.json.decode(page.items)
    ids = [UUID(head["id"]) for head in heads]
    curves = await emotion_curves(work, [Wanted(Asked(one)) for one in ids])
    figures = msgspec.json.decode(await work.value(_FIGURES, journey_ids=ids) or "{}")
    found = await gaps(work, ids)
    items = [
        _at_a_glance(head, drawn, found.get(which, ()), figures[head["id"]])
        for head, which in zip(heads, ids, strict=True)
        # A map that went between two statements is no map any more.
        if isinstance(drawn := curves[Wanted(Asked(which))], CurveOf) and head["id"] in figures
    ]
    return replace(page, items=msgspec.json.encode(items).decode())


def _at_a_glance(
    head: Mapping[str, Any], drawn: CurveOf, found: Sequence[Gap], figures: Mapping[str, Any]
) -> dict[str, Any]:
    standing = [gap for gap in found if gap.status != "dismissed"]
    members = {name: head[name] for name in _SHOWN if name != "id"}
    return {
        "journey_id": head["id"],
        **members,
        "emotion": _emotion(drawn.curve),
        "worst_gaps": [_told(gap) for gap in sorted(standing, key=lambda one: one.rank)[:WORST]],
        "gaps_by_kind": Counter(gap.kind for gap in standing),
        **figures,
    }


def _emotion(curve: EmotionCurve) -> dict[str, Any]:
    rated = len(curve.points) - len(curve.unrated)
    reason = "nothing_rated" if curve.mean is None else None
    return {"mean": curve.mean, "rated": rated, "steps": len(curve.points), "reason": reason}


def _told(gap: Gap) -> dict[str, Any]:
    return {**{name: getattr(gap, name) for name in _GAP}, "text": gap.explanation.text}


# -- the statements ------------------------------------------------------------------------------


def _word(word: str) -> ColumnElement[Any]:
    return literal_column(f"'{word}'", Text)


def _limit(given: ColumnElement[Any]) -> ColumnElement[Any]:
    name = "evidence_stale_days"
    held = select(cast(workspaces.c.settings.op("->>")(_word(name)), Integer)).where(
        workspaces.c.workspace_id == WORKSPACE
    )
    default = literal_column(str(getattr(DEFAULTS, name)), Integer)
    return func.coalesce(given, held.scalar_subquery(), default)


def _touched(journey: FromClause) -> Any:
    """When a map was changed, reviewed and learnt about, and the newest of these instants.

    A finding that names its day alone counts from the beginning of it.
    """
    review, finding, target = (t.alias() for t in (reviews, evidence, evidence_targets))
    reviewed = (
        select(func.max(review.c.completed_at).label("reviewed_at"))
        .where(review.c.workspace_id == WORKSPACE, review.c.journey_id == journey.c.id)
        .correlate(journey)
        .lateral("reviewed")
    )
    observed = func.coalesce(finding.c.observed_on, day_of(finding.c.created_at))
    is_it = and_(
        finding.c.workspace_id == target.c.workspace_id, finding.c.id == target.c.evidence_id
    )
    learnt_at = func.coalesce(start_of(finding.c.observed_on), finding.c.created_at)
    learnt = (
        select(func.max(observed).label("evidence_on"), func.max(learnt_at).label("learnt_at"))
        .select_from(target.join(finding, is_it))
        .where(target.c.workspace_id == WORKSPACE, target.c.journey_id == journey.c.id)
        # A day to come would keep a map fresh until then.
        .where(observed <= today(), counts(finding))
        .correlate(journey)
        .lateral("learnt")
    )
    reviewed_at, evidence_on = reviewed.c.reviewed_at, learnt.c.evidence_on
    newest = func.greatest(journey.c.updated_at, reviewed_at, learnt.c.learnt_at)
    touched = select(reviewed_at, evidence_on, newest.label("newest_at"))
    both = touched.select_from(reviewed.join(learnt, true()))
    return both.correlate(journey).lateral("touched")


def _days(touched: FromClause) -> ColumnElement[Any]:
    """Since then; a change may bear a moment that is tomorrow by the database's clock."""
    return func.greatest(today() - day_of(touched.c.newest_at), literal_column("0"))


def _stale(journey: FromClause, touched: FromClause, limit: ColumnElement[Any]) -> Any:
    """Staleness as it is told."""
    newest = case(
        (journey.c.updated_at == touched.c.newest_at, _word("change")),
        (touched.c.reviewed_at == touched.c.newest_at, _word("review")),
        else_=_word("evidence"),
    )
    reasons = {
        "reviewed_at": case((touched.c.reviewed_at.is_(None), _word("no_completed_review"))),
        "evidence_on": case((touched.c.evidence_on.is_(None), _word("no_evidence"))),
    }
    return json_object(
        {
            "journey_id": journey.c.id,
            "definition": json_object({"mode": _word("newest_of"), "limit_days": limit}),
            "days": _days(touched),
            "stale": _days(touched) > limit,
            "newest": newest,
            "changed_at": journey.c.updated_at,
            "reviewed_at": touched.c.reviewed_at,
            "evidence_on": touched.c.evidence_on,
            "reasons": func.json_strip_nulls(json_object(reasons)),
        }
    )


def _due(*where: Any) -> Any:
    """What is due of reviews: those past their day are counted, the others tell the next day."""
    row = reviews.alias()
    overdue = func.count().filter(review_status(row) == _word("overdue"))
    to_come = and_(row.c.completed_at.is_(None), row.c.due_on >= today())
    following = func.min(row.c.due_on).filter(to_come)
    found = json_object({"overdue": overdue, "next_due_on": following})
    conditions = (row.c.workspace_id == WORKSPACE, *(one(row) for one in where))
    return select(found).select_from(row).where(*conditions)


def _to_do(*where: Any) -> Any:
    """What is still to be done."""
    row = actions.alias()
    counted = {name: func.count().filter(row.c.status == _word(name)) for name in OPEN} | {
        "overdue": func.count().filter(is_overdue(row))
    }
    conditions = (row.c.workspace_id == WORKSPACE, *(one(row) for one in where))
    return select(json_object(counted)).select_from(row).where(*conditions)


def _by_key(key: Any, shown: Any) -> ColumnElement[Any]:
    return cast(func.json_object_agg(cast(key, Text), shown), Text)


def _staleness() -> Select[Any]:
    asked: Any = (
        func.unnest(uuids("journey_ids"), bindparam("limits", type_=ARRAY(Integer)))
        .table_valued("journey_id", "limit_days", with_ordinality="place")
        .render_derived()
        .alias("asked")
    )
    touched = _touched(journeys)
    is_it = and_(journeys.c.workspace_id == WORKSPACE, journeys.c.id == asked.c.journey_id)
    shown = _stale(journeys, touched, _limit(asked.c.limit_days))
    found = select(_by_key(asked.c.place, shown))
    return found.select_from(asked.join(journeys, is_it).join(touched, true()))


def _figures() -> Select[Any]:
    touched, held = _touched(journeys), action_targets.alias("held")
    answering = select(held.c.action_id).where(
        held.c.workspace_id == WORKSPACE, held.c.journey_id == journeys.c.id
    )
    due = _due(lambda row: row.c.journey_id == journeys.c.id)
    to_do = _to_do(lambda row: row.c.id.in_(answering.correlate(journeys)))
    shown = json_object(
        {
            "reviews": due.correlate(journeys).scalar_subquery(),
            "actions": to_do.correlate(journeys).scalar_subquery(),
            "staleness": _stale(journeys, touched, _limit(literal_column("NULL::integer"))),
        }
    )
    is_asked = (journeys.c.workspace_id == WORKSPACE, journeys.c.id == func.any(_IDS))
    found = select(_by_key(journeys.c.id, shown))
    return found.select_from(journeys.join(touched, true())).where(*is_asked)


def _totals() -> Select[Any]:
    touched = _touched(journeys)
    limit = _limit(literal_column("NULL::integer"))
    counted = {
        "journeys": func.count(),
        "stale": func.count().filter(_days(touched) > limit),
        "reviews": _due().scalar_subquery(),
        "actions": _to_do().scalar_subquery(),
    }
    found = select(cast(json_object(counted), Text))
    mine = journeys.c.workspace_id == WORKSPACE
    return found.select_from(journeys.join(touched, true())).where(mine)


_IDS = uuids("journey_ids")
_STALENESS, _FIGURES, _TOTALS = map(Statement, (_staleness, _figures, _totals))
