"""Asking who was at the steps of emotion curves: everybody laid on all their maps at once."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

import numpy as np

from service.domain import access, measures
from service.domain.errors import DomainError
from service.domain.histories import Range
from service.domain.history import changes, people_at
from service.domain.insights.emotion_curve import EmotionCurve
from service.domain.insights.followed import Ranged, least_told
from service.domain.insights.laid.asking import LaidOut, Wanted, judges_of_each, left_out, names_of
from service.domain.insights.laid.several import followed_on_each
from service.domain.insights.traffic import Came, Question, with_traffic, without_traffic
from service.domain.work import Scope, Work

NEEDS_ANALYTICS_READ = "needs_analytics_read"


async def travelled(
    work: Work, curves: Sequence[EmotionCurve], asked: Ranged
) -> list[EmotionCurve | DomainError]:
    """Curves with what the events of a range tell on them: as many statements however many maps,
    five more, seldom others; without `analytics:read` none, and a reason.

    In place of a curve stands `TooManyRevisions` or `BindingsTooLarge` of its map. Raises `Invalid`
    for the filter.
    """
    question = Question(asked.from_, asked.to, asked.filter)
    if Scope.ANALYTICS_READ not in work.caller.scopes:
        return [without_traffic(one, question, NEEDS_ANALYTICS_READ) for one in curves]
    only = await measures.selecting(work, asked.filter)
    least = least_told(work, await access.reporting(work))
    found = await judges_of_each(work, [*dict.fromkeys(UUID(str(c.journey_id)) for c in curves)])
    known = {which: one for which, one in found.items() if not isinstance(one, DomainError)}
    within = Range(asked.from_, asked.to)
    wanted = Wanted(within, asked.to, only)
    came = await followed_on_each(work, known, wanted, partial(_came, within), words="traffic")
    told: Mapping[UUID, Came | DomainError] = {
        **{which: one for which, one in found.items() if isinstance(one, DomainError)},
        **came,
    }
    return [_with(one, question, told.get(UUID(str(one.journey_id))), least) for one in curves]


def _with(
    curve: EmotionCurve, asked: Question, came: Came | DomainError | None, least: int | None
) -> EmotionCurve | DomainError:
    if came is None or isinstance(came, DomainError):
        # A map that went while it was read is nowhere.
        return without_traffic(curve, asked, "not_bound") if came is None else came
    return with_traffic(curve, asked, came, least)


def _came(within: Range, on_map: LaidOut) -> Came:
    """Who was on a map in the range, and how many at each of its steps."""
    laid = on_map.laid
    rows = np.flatnonzero(laid.touched & measures.within(laid.found.at, *within))
    person, spot = laid.found.person[rows], laid.spot[rows]
    steps = sorted({one.step_id for one in laid.spots if one.step_id is not None})
    numbers = {step_id: n for n, step_id in enumerate(steps)}
    places = np.array([numbers.get(one.step_id or "", -1) for one in laid.spots], dtype=np.int64)
    place = places[spot] if len(rows) else spot.astype(np.int64)
    there = place >= 0
    counts = people_at(person[there], place[there], len(steps)).tolist()
    bound = {key for plan in on_map.plans for key in plan}
    return Came(
        dict(zip(steps, counts, strict=True)),
        int(changes(person).sum()),
        {step_id for step_id, key in names_of(laid.states).items() if key in bound},
        on_map.judges.revision,
        left_out(on_map.excluded),
        on_map.reason,
    )
