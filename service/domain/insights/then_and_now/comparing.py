"""What people did on a map in two ranges, of all that was laid on it once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from service.domain import measures
from service.domain.answers import SMALL_CELL
from service.domain.histories import Range
from service.domain.insights.bindings.claims import NO_EVENT
from service.domain.insights.followed import abandoning
from service.domain.insights.followed.abandoning import Span
from service.domain.insights.followed.along import TOO_FEW_STEPS
from service.domain.insights.followed.nothing import share
from service.domain.insights.laid.asking import (
    LaidOut,
    paths_of,
)
from service.domain.insights.laid.nobody import NOT_IN_FORCE, before_force
from service.domain.insights.then_and_now.answers import ChangedShare, ChangedStage, changed_share
from service.domain.shares import IN_FUTURE, Proportion, proportion
from service.domain.spans import is_ahead


class Question(NamedTuple):
    """Of which map, which two ranges and what window; counts from 1 to below `least` are not
    told, and nothing of a range that has not begun `now`."""

    which: str
    ranges: tuple[Range, Range]
    window_seconds: int
    least: int | None
    now: datetime

    def told(self, share_: Proportion, within: Range) -> Proportion:
        """A share of a range, as far as there can be one."""
        return share(IN_FUTURE) if self.is_ahead(within) else share_

    def is_ahead(self, within: Range) -> bool:
        """Whether a range has not begun."""
        return is_ahead(within.from_, self.now)


class People(NamedTuple):
    """How many people were on the map in a range; None with the reason."""

    number: int | None
    reason: str | None = None


class Followed(NamedTuple):
    """What people did in both ranges: how many they were in each, those who came through, and those
    who dropped by stage; and between which stages they came through."""

    contacts: Sequence[People]
    ends: tuple[str, str] | None
    conversion: ChangedShare
    stages: list[ChangedStage]


def followed(on_map: LaidOut, asked: Question) -> Followed:
    """The figures of two ranges, by the rules of the map's own figures."""
    ends = _ends(on_map)
    base, other = (asked.told(_conversion(on_map, ends, asked, one), one) for one in asked.ranges)
    contacts = [_contacts(on_map, one, asked) for one in asked.ranges]
    return Followed(contacts, ends, changed_share(base, other), _stages(on_map, asked))


def _ends(on_map: LaidOut) -> tuple[str, str] | None:
    """The first and the last stage that events can be in; None where there are not two."""
    stages = on_map.laid.states[-1].stages if on_map.laid.states else []
    reached = {*on_map.steps}
    bound = [one.key for one in stages if any(step.key in reached for step in one.steps)]
    return (bound[0], bound[-1]) if len(bound) > 1 else None


def _conversion(
    on_map: LaidOut, ends: tuple[str, str] | None, asked: Question, within: Range
) -> Proportion:
    """Of those who came to the first stage in the range and are not undecided, who came to the last
    within the window."""
    if on_map.reason is not None or ends is None:
        return share(on_map.reason or TOO_FEW_STEPS)
    path, order = paths_of(on_map.laid, None, "stage"), {key: n for n, key in enumerate(ends)}
    entered, came, open_ = abandoning.came_on(path, order, 0, Span(*within, asked.window_seconds))
    told = proportion(came, entered - open_)
    return measures.courteous(told, asked.least, _nothing_else)


def _nothing_else(_: Proportion, __: measures.Sums) -> None:
    """A share alone adds up by itself."""


def _contacts(on_map: LaidOut, within: Range, asked: Question) -> People:
    """How many people were on the map in the range: of nobody it is told why."""
    if asked.is_ahead(within):
        return People(None, IN_FUTURE)
    if on_map.reason is not None:
        return People(None, on_map.reason)
    laid = on_map.laid
    rows = laid.touched & measures.within(laid.found.at, *within)
    count = len(np.unique(laid.found.person[rows]))
    if not count:
        return People(
            None, NOT_IN_FORCE if before_force(on_map.judges.known, within.to) else NO_EVENT
        )
    few = asked.least is not None and count < asked.least
    return People(None, SMALL_CELL) if few else People(count)


def _stages(on_map: LaidOut, asked: Question) -> list[ChangedStage]:
    told = []
    for one in asked.ranges:
        found = abandoning.abandoned(on_map, Span(*one, asked.window_seconds), None)
        told.append([measures.courteous(of, asked.least, abandoning.adds_up) for of in found])
    return [
        ChangedStage(base.stage_id, base.stage_key, _changed(asked, base.value, other.value))
        for base, other in zip(*told, strict=True)
    ]


def _changed(asked: Question, *shares: Proportion) -> ChangedShare:
    return changed_share(*map(asked.told, shares, asked.ranges))
