"""Scroll rates against a plain loop written from their definition."""

from decimal import Decimal
from typing import NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.history import Column, Ints, Word, rising
from service.domain.measures.kpis.facts import Facts
from service.domain.measures.kpis.scrolling import DAY, scroll_rate

_HOUR = 3_600
HOURS = 60


class Event(NamedTuple):
    """A view, or a report of a depth; times are in hours."""

    person: int
    at: int
    view: bool
    named: str | None
    message: str | None
    depth: Decimal | str | None


EVENTS = st.lists(
    st.builds(
        Event,
        st.integers(0, 2),
        st.integers(0, HOURS),
        st.booleans(),
        st.sampled_from(["a", "b", None]),
        st.sampled_from(["b", "c", None]),
        st.sampled_from([Decimal(10), Decimal(50), Decimal("99.5"), Decimal(101), "9", None]),
    ),
    max_size=40,
).map(lambda several: sorted(several, key=lambda one: (one.person, one.at)))


def by_loops(events: list[Event], low: int, high: int) -> tuple[int, int, int]:
    """How many views were scrolled half, how many were reported on, and how many were not."""
    deepest: dict[int, Decimal] = {}
    for place, report in enumerate(events):
        if report.view or report.named is None or report.depth is None:
            continue
        # A number may come as a text.
        depth = Decimal(report.depth)
        before = [
            n
            for n, one in enumerate(events[:place])
            if one.view and one.person == report.person and report.named in (one.named, one.message)
        ]
        if depth > 100 or not before:
            continue
        last = before[-1]
        if (report.at - events[last].at) * _HOUR <= DAY:
            deepest[last] = max(depth, deepest.get(last, depth))
    views = [n for n, one in enumerate(events) if one.view and low <= one.at < high]
    told = [deepest[n] for n in views if n in deepest]
    return sum(one >= 50 for one in told), len(told), len(views) - len(told)


def column(values: list[Word | None]) -> Column:
    words, codes = rising(values)
    return Column(np.array(codes, dtype=np.int32), words)


@settings(max_examples=150, deadline=None)
@given(events=EVENTS, low=st.integers(0, 20), high=st.integers(21, HOURS))
def test_a_scroll_rate_is_what_plain_loops_say(events: list[Event], low: int, high: int) -> None:
    second = 1_000_000

    def ints(values: list[int]) -> Ints:
        return np.array(values, dtype=np.int64)

    facts = Facts(
        ints([one.person for one in events]),
        ints([one.at * _HOUR * second for one in events]),
        {
            "page_view_events": np.array([one.view for one in events], dtype=np.bool_),
            "report": np.array([not one.view for one in events], dtype=np.bool_),
        },
        {
            "properties.page_view_id": column([one.named for one in events]),
            "message_id": column([one.message for one in events]),
            "properties.depth": column([one.depth for one in events]),
        },
        ints([low * _HOUR * second, high * _HOUR * second]),
        {"threshold": 50},
        0,
    )
    outcome = scroll_rate(facts)
    (found,) = outcome.figures
    told = found.value.numerator, found.value.denominator, outcome.left_out.get("no_report", 0)
    assert told == by_loops(events, low, high)
