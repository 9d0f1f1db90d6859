"""How many of those who enter a stage drop there (`domain.md` §3 and §4).

Judged from somebody's first arrival in the stage in the range: continued if they came to a later
stage within the window, both ends included; dropped if the window had passed at the last event of
all; else undecided. Stages are in the order of the newest state that judges.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import numpy as np
from msgspec import UNSET, Struct, UnsetType

from service.domain import measures
from service.domain.answers import COUNT, told
from service.domain.history import SECOND, Histories, changes
from service.domain.insights.bindings.claims import NOT_BOUND
from service.domain.insights.contact_journeys.following import NO_WAY_ON
from service.domain.insights.emotion_curve import Id
from service.domain.insights.followed.answers import JourneyId, Judging, Nothing
from service.domain.insights.followed.inputs import JourneyKpisQuery
from service.domain.insights.followed.nothing import share
from service.domain.insights.laid.asking import LaidOut, left_out, paths_of
from service.domain.measures import RangeDefinition
from service.domain.shares import Excluded, Proportion, proportion

STAGE_ABANDONMENT = "stage_abandonment"
UNKNOWN = "unknown"


class JourneyKpisDefinition(RangeDefinition, frozen=True, gc=False):
    """What was looked at, and how."""

    unit: Annotated[str, told("What is counted.", "contact")]
    window_seconds: Annotated[
        int, told("Who goes no further for longer has dropped out.", 1_209_600)
    ]
    revision: Judging


class JourneyKpi(Struct, frozen=True, gc=False):
    """A KPI of one stage of a map."""

    kpi: Annotated[
        str,
        told(
            "Which: `stage_abandonment`, those who dropped in the stage of those who entered it and"
            " are not undecided.",
            STAGE_ABANDONMENT,
        ),
    ]
    unit: Annotated[str, told("What it is counted in.", "share")]
    value: Annotated[Proportion, told("The share; null for a reason.")]
    target: Annotated[float | None, told("What it should be; null: nobody said.", None)]
    status: Annotated[str, told("`met`, `missed` or `unknown`.", UNKNOWN)]
    stage_id: Annotated[Id, told("Of which stage.", "0198c7f0-0000-7000-8000-000000000050")]
    stage_key: Annotated[str, told("The same by its key.", "decision")]
    step_id: Annotated[Id | None, told("Of which step; null: of the stage as a whole.", None)]
    entered: Annotated[int | None, told("People who entered the stage in the range.", 64), COUNT]
    continued: Annotated[int | None, told("Of them, who went on within the window.", 40), COUNT]
    dropped: Annotated[int | None, told("Of them, who did not.", 20), COUNT]
    undecided: Annotated[int | None, told("Of them, whose window is still open.", 4), COUNT]
    reason: Annotated[
        str | UnsetType,
        told(
            "Why something is null; else absent. `no_way_on`: no stage follows; `not_bound`: no"
            " event can be in it, or in a later one; `small_cell`: too few.",
            NO_WAY_ON,
        ),
    ] = UNSET


class JourneyKpis(Struct, frozen=True, gc=False):
    """A map's own KPIs."""

    journey_id: JourneyId
    definition: Annotated[JourneyKpisDefinition, told("What was looked at, and how.")]
    items: Annotated[list[JourneyKpi], told("By stage, in the order of the map.")]
    excluded: Annotated[list[Excluded], told("What does not count, by reason.")]
    reason: Nothing = UNSET


def until(asked: JourneyKpisQuery) -> datetime | None:
    """Until when somebody may go on who came in the range."""
    if asked.to is None:
        return None
    return measures.later(asked.to, timedelta(seconds=asked.window_seconds))


def kpis(on_map: LaidOut, definition: JourneyKpisDefinition, journey_id: str) -> JourneyKpis:
    """The abandonment of each stage; of none where nothing can be told. Linear for each stage."""
    why, items = on_map.reason, list[JourneyKpi]()
    if on_map.laid.states:
        path = None if why else paths_of(on_map.laid, None, "stage")
        items = _items(on_map, definition, path, why)
    excluded = left_out(on_map.excluded)
    return JourneyKpis(journey_id, definition, items, excluded, why or UNSET)


def _items(
    on_map: LaidOut, definition: JourneyKpisDefinition, path: Histories | None, why: str | None
) -> list[JourneyKpi]:
    stages, reached = on_map.laid.states[-1].stages, {*on_map.steps}
    bound = [any(step.key in reached for step in stage.steps) for stage in stages]
    order = {stage.key: n for n, stage in enumerate(stages)}
    found = []
    for n, stage in enumerate(stages):
        reason = why
        if reason is None and n + 1 == len(stages):
            reason = NO_WAY_ON
        elif reason is None and not (bound[n] and any(bound[n + 1 :])):
            reason = NOT_BOUND
        counts = came_on(path, order, n, definition) if path and reason is None else None
        found.append(_kpi(stage.id, stage.key, counts, reason))
    return found


def _kpi(stage_id: str, key: str, counts: Sequence[int] | None, reason: str | None) -> JourneyKpi:
    of = (STAGE_ABANDONMENT, "share")
    if counts is None:
        why = reason or NOT_BOUND
        return JourneyKpi(*of, share(why), None, UNKNOWN, stage_id, key, *(None,) * 5, why)
    entered, continued, undecided = counts
    dropped = entered - continued - undecided
    value = proportion(dropped, continued + dropped)
    each = (entered, continued, dropped, undecided)
    return JourneyKpi(*of, value, None, UNKNOWN, stage_id, key, None, *each)


def came_on(
    path: Histories, order: dict[str, int], stage: int, definition: JourneyKpisDefinition
) -> tuple[int, int, int]:
    """How many entered a stage by its place in the `order`, how many of them went on to a later
    one, and how many may still; stages that have no place are before all others."""
    window, column = definition.window_seconds * SECOND, path.columns["event"]
    # A stage that the newest state has not is before all others.
    places = np.array([order.get(str(word), -1) for word in column.words], dtype=np.int64)
    place = places[column.codes]
    here = (place == stage) & measures.within(path.at, definition.from_, definition.to)
    rows = np.flatnonzero(here)
    first = rows[changes(path.person[rows])] if len(rows) else rows
    later = np.append(np.flatnonzero(place > stage), len(path))
    following = later[np.searchsorted(later[:-1], first, "right")]
    there = following < len(path)
    person, at = np.append(path.person, -1), np.append(path.at, 0)
    went_on = there & (person[following] == path.person[first])
    went_on &= at[following] - path.at[first] <= window
    is_open = ~went_on & (path.at[first] + window >= (path.latest or 0))
    return len(first), int(went_on.sum()), int(is_open.sum())


def adds_up(answer: JourneyKpis, known: measures.Sums) -> None:
    """Those who entered are those who went on, dropped and are undecided."""
    for one in answer.items:
        parts = [measures.cell(one, name) for name in ("continued", "dropped", "undecided")]
        known.add(measures.cell(one, "entered"), parts)
        known.add(measures.cell(one.value, "denominator"), parts[:2])
        known.same(measures.cell(one, "dropped"), measures.cell(one.value, "numerator"))
