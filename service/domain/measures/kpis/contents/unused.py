"""Which published items of content nobody touched. Pure.

An event touches an item that it names as `properties.content_id`, by id or key, or whose address it
tells as `properties.url` or `context.page.url`, with or without a slash at its end.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from msgspec import Struct

from service.domain.filters import Any, Op, Test
from service.domain.history import Flags
from service.domain.measures.cutting import microseconds
from service.domain.measures.kpis.facts import NONE, Facts
from service.domain.measures.kpis.figure import Outcome, shares
from service.domain.measures.kpis.kpi import Kpi

NAMES, ADDRESSES = "properties.content_id", ("properties.url", "context.page.url")
NOT_PUBLISHED, BEYOND = "not_published", "beyond_limit"
TOUCHED = "touched"


class Item(Struct, frozen=True, gc=False):
    """An item of content."""

    id: str
    key: str
    url: str | None = None
    published_on: date | None = None


class Library(NamedTuple):
    """Items of content, how many more there are, and by whose clocks days begin; a range without an
    end lasts until now."""

    items: Sequence[Item]
    more: int
    zone: ZoneInfo


def of_library(kpi: Kpi, library: Library) -> Kpi:
    """The KPI asked of these items."""
    names = tuple(dict.fromkeys(name for one in library.items for name in (one.id, one.key)))
    urls = tuple(dict.fromkeys(url for one in library.items for url in _addresses(one)))
    tests = ((NAMES, names), *((field, urls) for field in ADDRESSES))
    touched = Any(tuple(Test(field, Op.IN, words) for field, words in tests if words))
    return replace(
        told_of(kpi, library), selections={TOUCHED: touched}, events={}, of_content=False
    )


def told_of(kpi: Kpi, library: Library) -> Kpi:
    """The same of some of these items, of rows that were asked about all."""
    return replace(kpi, figure=partial(_unused, library))


def _addresses(one: Item) -> tuple[str, ...]:
    plain = (one.url or "").rstrip("/")
    return (plain, f"{plain}/") if plain else ()


def _unused(library: Library, facts: Facts) -> Outcome:
    """Of each cell the items that nobody touched, of those published by its end."""
    days = [_midnight(one.published_on, library.zone) for one in library.items]
    at = np.array([NONE if day is None else day for day in days], dtype=np.int64)
    ends = facts.edges[1:].copy()
    if facts.open_ended:
        ends[-1] = max(ends[-1], facts.now)
    known = (at[None, :] != NONE) & (at[None, :] < np.tile(ends, facts.groups)[:, None])
    touched = _touched(library.items, facts)
    left_out = {NOT_PUBLISHED: int((~known.any(axis=0)).sum()), BEYOND: library.more}
    left_out = {why: count for why, count in left_out.items() if count}
    return shares((known & ~touched).sum(axis=1), known.sum(axis=1), left_out)


def _touched(items: Sequence[Item], facts: Facts) -> Flags:
    """Which items were touched in which cell."""
    numbers: dict[object, int] = {}
    for n, one in enumerate(items):
        numbers |= dict.fromkeys((one.id, one.key), n)
    urls: dict[object, list[int]] = {url: [] for one in items for url in _addresses(one)}
    for n, one in enumerate(items):
        for url in _addresses(one):
            urls[url].append(n)
    found = np.zeros((facts.cells, len(items)), dtype=np.bool_)
    rows = np.flatnonzero(facts.holds[TOUCHED] & (facts.cell != NONE))
    for field in (NAMES, *ADDRESSES):
        column = facts.columns[field]
        pairs = np.unique(np.stack((facts.cell[rows], column.codes[rows])), axis=1)
        for cell, code in pairs.T.tolist():
            word = None if code < 0 else column.words[code]
            those = [numbers[word]] if field == NAMES and word in numbers else urls.get(word, [])
            found[cell, those] = True
    return found


def _midnight(day: date | None, zone: ZoneInfo) -> int | None:
    return None if day is None else microseconds(datetime.combine(day, time(), zone))
