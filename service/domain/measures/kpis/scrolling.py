"""How far people scroll. Pure.

A report is of the last view before it, by the same person and at most a day earlier, whose id it
names: its own, or that of its message.
"""

import numpy as np

from service.domain.history import MISSING, SECOND, Column, Ints
from service.domain.measures.kpis.facts import NONE, Facts
from service.domain.measures.kpis.figure import Outcome, shares
from service.domain.measures.numbers import number_of

DAY = 86_400
"""Seconds for which a view may be reported on."""


def scroll_rate(facts: Facts) -> Outcome:
    """Page views with a report that reaches the threshold, of those with any report."""
    views = np.flatnonzero(facts.holds["page_view_events"])
    reports, depths = _reports(facts)
    of = _viewed(facts, views, reports)
    deepest = np.full(len(views), -1.0)
    np.maximum.at(deepest, of[of != NONE], depths[of != NONE])
    cell, told = facts.cell[views], deepest >= 0
    silent = int((~told & (cell != NONE)).sum())
    reached = cell[told & (deepest >= facts.asked["threshold"])]
    left_out = {"no_report": silent} if silent else {}
    return shares(facts.tally(reached), facts.tally(cell[told]), left_out)


def _reports(facts: Facts) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """The rows of reports that name a view and tell a depth, and the depths."""
    depth = facts.columns["properties.depth"]
    numbers = np.array([*map(_depth, depth.words), np.nan])
    named = facts.columns["properties.page_view_id"].codes != MISSING
    rows = np.flatnonzero(facts.holds["report"] & named)
    deep = numbers[depth.codes[rows]]
    return rows[~np.isnan(deep)], deep[~np.isnan(deep)]


def _depth(word: object) -> float:
    """How far somebody scrolled, 0 to 100; nothing else is a depth."""
    found = number_of(word)
    return float(found) if found is not None and 0 <= found <= 100 else float("nan")


def _viewed(facts: Facts, views: Ints, reports: Ints) -> Ints:
    """The place among the views of the one that each report is of; `NONE` where there is none."""
    named, messages = facts.columns["properties.page_view_id"], facts.columns["message_id"]
    # A view goes by either id.
    ids = np.concatenate([named.codes[views], _as(named, messages)[messages.codes[views]]])
    place = np.tile(np.arange(len(views)), 2)[ids != MISSING]
    rows = np.concatenate([views[place], reports])
    ids = np.concatenate([ids[ids != MISSING], named.codes[reports]])
    key = facts.person[rows] * (len(named.words) + 1) + ids
    reporting = np.arange(len(rows)) >= len(place)
    # By their order in the path, also where the time is the same.
    order = np.lexsort((reporting, rows, key))
    # The last view up to each, whose id and person may be others.
    last = np.maximum.accumulate(np.where(reporting[order], NONE, np.arange(len(order))))
    last = np.where(last == NONE, NONE, order[last])
    same = (last != NONE) & (key[last] == key[order])
    same &= facts.at[rows[order]] - facts.at[rows[last]] <= DAY * SECOND
    found = np.full(len(rows), NONE)
    found[order] = np.where(same, np.append(place, NONE)[np.minimum(last, len(place))], NONE)
    return found[len(place) :]


def _as(named: Column, messages: Column) -> Ints:
    """The ids of messages as numbers of names; `MISSING` where nothing has that name."""
    numbers = {word: n for n, word in enumerate(named.words) if isinstance(word, str)}
    return np.array([*(numbers.get(str(one), MISSING) for one in messages.words), MISSING])
