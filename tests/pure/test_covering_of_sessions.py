"""Sums of days, quarters of an hour and minutes cover what of a range is read of no event, once."""

from hypothesis import given
from hypothesis import strategies as st

from service.domain.histories.sessioning.covering import Known, Parts, parts
from service.domain.histories.sessions.summing import DAY, MINUTE, QUARTER

SPAN = 3 * DAY * MINUTE
times = st.integers(-SPAN, SPAN) | st.integers(-3 * DAY, 3 * DAY).map(lambda n: n * MINUTE)
known = st.builds(
    Known, st.none() | st.integers(-DAY, DAY), st.none() | times, st.sampled_from([60, 1_800])
)


def taken(of: Parts) -> list[int]:
    """The minutes of all sums that are taken, as the statement takes them."""
    found = []
    for day in range(-4 * DAY, 4 * DAY, DAY):
        if of.low <= day and day + DAY <= of.high and day not in of.days:
            found += range(day, day + DAY)
    for day in of.days:
        for one in range(day, day + DAY, QUARTER):
            if of.low <= one and one + QUARTER <= of.high and one not in of.quarters:
                found += range(one, one + QUARTER)
    for one in of.quarters:
        found += [at for at in range(one, one + QUARTER) if of.low <= at < of.high]
    return found


@given(st.tuples(times, times), st.lists(times, max_size=3), known)
def test_a_range_is_covered_once(ends: tuple[int, int], cuts: list[int], of: Known) -> None:
    from_, to = sorted(ends)
    inside = sorted({one // MINUTE * MINUTE for one in cuts if from_ < one // MINUTE * MINUTE < to})
    found = parts(from_, to, inside, of)
    assert found is not None
    assert sorted(taken(found)) == list(range(found.low, found.high))
    (begin, low), (high, end) = found.edges
    if found.low < found.high:
        assert (low, high) == (found.low * MINUTE, found.high * MINUTE)
        assert begin <= low
        assert high <= end < high + MINUTE
    else:
        assert low == high == end
    assert begin == max([one for one in (from_, of.kept_from) if one is not None])
    assert end == max(begin, to)


def test_a_range_that_is_cut_within_a_minute_is_not_covered() -> None:
    assert parts(None, None, [1], Known(None, None, 1_800)) is None
