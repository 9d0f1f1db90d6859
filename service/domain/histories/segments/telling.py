"""Histories read from segments and from the events that came behind them: one snapshot of both.

Where the columns do not tell what is asked, the events themselves are read instead.
"""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.domain.filters import Filter
from service.domain.histories.reads import Asked, Range
from service.domain.histories.segments import presence, resolving
from service.domain.histories.segments.holding import ALL, MARKED, NEEDED, found
from service.domain.histories.segments.judging import asked as asked_of
from service.domain.histories.segments.judging import fits, micros, of_kinds
from service.domain.histories.segments.kinds import DIMENSIONS
from service.domain.histories.segments.marking import Standing
from service.domain.histories.segments.reads import State, state
from service.domain.histories.segments.resolving import SINCE_1970, Question, Span
from service.domain.history import Histories
from service.domain.work import Scope, Work


def keeps(field: str) -> bool:
    """Whether segments have the values of a field."""
    return field in DIMENSIONS


def fit(asked: Asked) -> bool:
    """Whether segments have what conditions ask for."""
    return all(map(fits, _conditions(asked)))


async def told(work: Work, asked: Asked, known: Standing | None = None) -> Histories | None:
    """What people did of what is asked; None where segments do not tell it. Two statements, one
    where it is `known` how they stand; then marked."""
    if not fit(asked) or not set(asked.fields) <= set(DIMENSIONS):
        return None
    before = await state(work) if known is None else known.state
    if before is None or before.lifted():
        return None
    held = await found(work, before, ALL if known is None else MARKED, **_range(asked))
    if held is None:
        return None
    question = _question(asked, held.state)
    made = await asyncio.to_thread(resolving.histories, question, held.held)
    return None if made is None else replace(made, mark=held.mark)


async def present(work: Work, asked: Asked, cuts: Collection[int] = ()) -> Histories | None:
    """Whose the events are that a selection takes: a row for each person and each time between two
    of the `cuts`, microseconds since 1970, with all that the selections take there. Two statements.

    None where segments do not tell it, or it asks for more than people.
    """
    work.needs(Scope.ANALYTICS_READ)
    conditions = _conditions(asked)
    less = asked.counted not in (Range(), asked.within)
    more = asked.fields or asked.lists or asked.latest or less
    if more or not all(map(fits, conditions)) or len(asked.selections) > presence.MOST:
        return None
    before = await state(work)
    if before is None or before.lifted():
        return None
    timed = bool(cuts) or not all(map(of_kinds, conditions))
    needed = {"timed": timed, "asked": bool(asked_of(conditions))}
    held = await found(work, before, NEEDED, **needed, **_range(asked))
    if held is None:
        return None
    times = sorted(one - SINCE_1970 for one in cuts)
    return await asyncio.to_thread(presence.present, _question(asked, held.state), times, held.held)


def _conditions(asked: Asked) -> list[Filter]:
    return [*asked.selections, *([] if asked.only is None else [asked.only])]


def _range(asked: Asked) -> dict[str, Any]:
    # Of what lies behind, the last may be asked for.
    return {"from_": asked.within.from_, "to": None if asked.latest else asked.within.to}


def _question(asked: Asked, known: State) -> Question:
    within, counted = (Span(*map(_micros, one)) for one in (asked.within, asked.counted))
    told = (
        *(asked.only, asked.selections, asked.fields, asked.selected, asked.latest),
        *(asked.reasons_of, asked.numbers),
    )
    begins = [one for one in (within.from_, _micros(known.oldest_told)) if one is not None]
    return Question(within._replace(from_=max(begins, default=None)), counted, *told)


def _micros(time: datetime | None) -> int | None:
    return None if time is None else micros(time)
