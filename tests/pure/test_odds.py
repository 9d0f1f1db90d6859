"""Correlates of conversion against a plain reading of their definition."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures.correlates.correlate import CorrelatesDefinition, correlates
from tests.pure.walked import Walked, columns, paths

EVENTS = paths(1, {"event": st.sampled_from(["a", "b", "c"])}, latest=20)
TIMEOUT = 3
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def units(events: list[Walked], unit: str, from_: int, to: int) -> Iterator[list[Walked]]:
    """The events of each person in the range, or of each session begun in it."""
    for person in sorted({one.person for one in events}):
        path = [one for one in events if one.person == person]
        if unit == "contact":
            yield [one for one in path if from_ <= one.at < to]
            continue
        sessions: list[list[Walked]] = []
        for n, one in enumerate(path):
            if n == 0 or one.at - path[n - 1].at > TIMEOUT:
                sessions.append([])
            sessions[-1].append(one)
        yield from (one for one in sessions if from_ <= one[0].at < to)


def plainly(cases: list[list[Walked]], name: str) -> tuple[int, int, int, int]:
    s = s_all = f = f_all = 0
    for case in cases:
        goal = next((n for n, one in enumerate(case) if one.holds[0]), None)
        before = case if goal is None else case[:goal]
        has = any(one.fields["event"] == name for one in before if not one.holds[0])
        if goal is None:
            f_all, f = f_all + 1, f + has
        else:
            s_all, s = s_all + 1, s + has
    return s, s_all, f, f_all


@given(
    EVENTS,
    st.sampled_from(["contact", "session"]),
    st.integers(0, 8),
    st.integers(9, 22),
    st.integers(1, 3),
)
def test_odds_are_those_of_the_definition(
    events: list[Walked], unit: str, from_: int, to: int, least: int
) -> None:
    times = (EPOCH + timedelta(seconds=from_), EPOCH + timedelta(seconds=to))
    timeout = TIMEOUT if unit == "session" else None
    definition = CorrelatesDefinition(*times, unit, timeout, least, 10)
    found = correlates(columns(events, 1, ["event"]), definition)
    cases = [case for case in units(events, unit, from_, to) if case]
    assert found.units == len(cases)
    told = {one.event: one for one in found.items}
    few = 0
    for name in ("a", "b", "c"):
        s, s_all, f, f_all = plainly(cases, name)
        if s + f < least:
            few += s + f > 0
            assert name not in told
            continue
        one = told.pop(name)
        assert (one.converted.numerator, one.converted.denominator) == (s, s_all)
        assert (one.not_converted.numerator, one.not_converted.denominator) == (f, f_all)
        odds = ((s + 1) * (f_all - f + 1)) / ((s_all - s + 1) * (f + 1))
        assert one.odds_ratio == pytest.approx(odds, rel=1e-12)
        assert one.low < odds < one.high
    assert not told
    assert found.too_few == few
    assert "not cause" in found.caution
