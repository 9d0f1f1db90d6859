"""How many of those who enter a stage drop there (`domain.md` §3 and §4).

Judged from somebody's first arrival in the stage in the range: continued if they came to a later
stage within the window, both ends included; dropped if the window had passed at the last event of
all; else undecided. Stages are in the order of the newest state that judges.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from service.domain import measures
from service.domain.histories import Range
from service.domain.history import SECOND, Histories, changes
from service.domain.insights.bindings.bound import Stage
from service.domain.insights.bindings.claims import NOT_BOUND
from service.domain.insights.contact_journeys.following import NO_WAY_ON
from service.domain.insights.followed.kpi_answers import JourneyKpi
from service.domain.insights.followed.nothing import share
from service.domain.insights.laid.asking import LaidOut, paths_of
from service.domain.insights.laid.nobody import nobody
from service.domain.shares import Proportion, proportion

STAGE_ABANDONMENT = measures.on_maps.STAGE_ABANDONMENT
MEANING = measures.on_maps.meaning_of(STAGE_ABANDONMENT)


class Span(NamedTuple):
    """Of what time those are looked at who enter, and within how long they may go on."""

    from_: datetime | None
    to: datetime | None
    window_seconds: int


def abandoned(on_map: LaidOut, span: Span, before: Span | None) -> list[JourneyKpi]:
    """The abandonment of each stage; of none where nothing can be told. Linear for each stage."""
    if not on_map.laid.states:
        return []
    why = on_map.reason
    why_before = None if before is None else _nobody(on_map, before)
    path = paths_of(on_map.laid, None, "stage")
    stages, reached = on_map.laid.states[-1].stages, {*on_map.steps}
    bound = [any(step.key in reached for step in stage.steps) for stage in stages]
    order = {stage.key: n for n, stage in enumerate(stages)}
    found = []
    for n, stage in enumerate(stages):
        never = None
        if n + 1 == len(stages):
            never = NO_WAY_ON
        elif not (bound[n] and any(bound[n + 1 :])):
            never = NOT_BOUND
        reason = why or never
        one = _untold(stage, reason) if reason else _kpi(stage, came_on(path, order, n, span))
        if before is not None:
            none = why_before or never
            value = share(none) if none else _share(came_on(path, order, n, before))
            one = _beside(one, value, before)
        found.append(one)
    return found


def _nobody(on_map: LaidOut, span: Span) -> str | None:
    """Why nobody was at a step in a range; None: somebody was."""
    within, is_bound = Range(span.from_, span.to), any(on_map.plans)
    return nobody(on_map.laid, on_map.judges.known, within, is_bound=is_bound)


def _untold(stage: Stage, reason: str) -> JourneyKpi:
    return JourneyKpi(
        kpi=STAGE_ABANDONMENT,
        unit="share",
        direction="down",
        meaning=MEANING,
        value=share(reason),
        stage_id=stage.id,
        stage_key=stage.key,
        reason=reason,
    )


def _kpi(stage: Stage, counts: Sequence[int]) -> JourneyKpi:
    entered, continued, undecided = counts
    return JourneyKpi(
        kpi=STAGE_ABANDONMENT,
        unit="share",
        direction="down",
        meaning=MEANING,
        value=_share(counts),
        stage_id=stage.id,
        stage_key=stage.key,
        entered=entered,
        continued=continued,
        dropped=entered - continued - undecided,
        undecided=undecided,
    )


def _share(counts: Sequence[int]) -> Proportion:
    entered, continued, undecided = counts
    return proportion(entered - continued - undecided, entered - undecided)


def _beside(one: JourneyKpi, value: Proportion, before: Span) -> JourneyKpi:
    """The same with what was told of another time."""
    if before.from_ is None or before.to is None:
        return one
    return replace(one, comparison=measures.kpi_before(one, value, before.from_, before.to))


def came_on(path: Histories, order: dict[str, int], stage: int, span: Span) -> tuple[int, int, int]:
    """How many entered a stage by its place in the `order`, how many of them went on to a later
    one, and how many may still; stages that have no place are before all others."""
    window, column = span.window_seconds * SECOND, path.columns["event"]
    places = np.array([order.get(str(word), -1) for word in column.words], dtype=np.int64)
    place = places[column.codes]
    here = (place == stage) & measures.within(path.at, span.from_, span.to)
    rows = np.flatnonzero(here)
    first = rows[changes(path.person[rows])] if len(rows) else rows
    later = np.append(np.flatnonzero(place > stage), len(path))
    following = later[np.searchsorted(later[:-1], first, "right")]
    there = following < len(path)
    # Nobody goes on to where they are.
    following = np.where(there, following, first)
    went_on = there & (path.person[following] == path.person[first])
    went_on &= path.at[following] - path.at[first] <= window
    is_open = ~went_on & (path.at[first] + window >= (path.latest or 0))
    return len(first), int(went_on.sum()), int(is_open.sum())


def adds_up(one: JourneyKpi, known: measures.Sums) -> None:
    """Those who entered are those who went on, dropped and are undecided."""
    parts = [measures.cell(one, name) for name in ("continued", "dropped", "undecided")]
    known.add(measures.cell(one, "entered"), parts)
    known.add(measures.cell(one.value, "denominator"), parts[:2])
    known.same(measures.cell(one, "dropped"), measures.cell(one.value, "numerator"))
    if one.comparison is not None:
        counted = [measures.cell(one.value, name) for name in ("numerator", "denominator")]
        for member in ("change", "low", "high"):
            known.tie(measures.cell(one.comparison, member), *counted)
