"""Figures of own KPIs against a plain, slow version, over generated events; and by hand."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from service.domain.history import MISSING, SECOND, Column, Histories
from service.domain.measures.own_kpis.figure import TOO_LARGE, Definition, Window, figure
from service.domain.measures.own_kpis.quantities import CURRENCY, NO_NUMBERS, Quantity
from service.domain.shares import NOTHING, wilson

VALUE = "properties.value"
TIMEOUT = 60


class Event(NamedTuple):
    person: int
    at: int
    name: str
    value: Any = None
    currency: str | None = None


def histories(events: Sequence[Event], names: Sequence[str | None]) -> Histories:
    """Events as columns; the k-th selection takes those of the k-th name, or all."""
    rows = sorted(events, key=lambda one: (one.person, one.at))
    numbers = {who: n for n, who in enumerate(sorted({one.person for one in rows}))}
    return Histories(
        np.array([numbers[one.person] for one in rows], dtype=np.int32),
        np.array([one.at for one in rows], dtype=np.int64),
        [np.array([name in (None, one.name) for one in rows], dtype=np.bool_) for name in names],
        {
            VALUE: column([one.value for one in rows]),
            CURRENCY: column([one.currency for one in rows]),
        },
        b"",
        {"test_contact": 2},
    )


def column(values: Sequence[Any]) -> Column:
    words = sorted({(str(type(v)), v) for v in values if v is not None}, key=str)
    codes = {word: n for n, word in enumerate(words)}
    known = [MISSING if v is None else codes[(str(type(v)), v)] for v in values]
    return Column(np.array(known, dtype=np.int32), [word for _, word in words])


# -- the plain version, from the paper -----------------------------------------------------------


def inside(at: int, window: Window) -> bool:
    return (window[0] is None or at >= window[0]) and (window[1] is None or at < window[1])


def sessions(events: Sequence[Event]) -> list[list[Event]]:
    cut: list[list[Event]] = []
    for one in sorted(events, key=lambda one: (one.person, one.at)):
        last = cut[-1][-1] if cut else None
        if last and last.person == one.person and one.at - last.at <= TIMEOUT * SECOND:
            cut[-1].append(one)
        else:
            cut.append([one])
    return cut


def units(events: Sequence[Event], measure: str, name: str | None, window: Window) -> set[Any]:
    """What is counted of the events of a name."""
    if measure == "sessions":
        return {
            (cut[0].person, cut[0].at)
            for cut in sessions(events)
            if inside(cut[0].at, window) and any(name in (None, one.name) for one in cut)
        }
    taken = [
        (n, one)
        for n, one in enumerate(events)
        if name in (None, one.name) and inside(one.at, window)
    ]
    return {one.person if measure == "contacts" else n for n, one in taken}


def plain(events: Sequence[Event], one: Quantity, name: str | None, window: Window) -> Any:
    """What a quantity comes to, exactly; None where it cannot be known."""
    if one.measure in ("count", "contacts", "sessions"):
        return Fraction(len(units(events, one.measure, name, window)))
    taken = [e for e in events if name in (None, e.name) and inside(e.at, window)]
    held = [e for e in taken if one.currency in (None, e.currency)]
    numbers = sorted(Fraction(e.value) for e in held if type(e.value) in (Decimal, str))
    if one.measure == "sum":
        return None if taken and not numbers else sum(numbers, Fraction(0))
    if not numbers:
        return None
    if one.measure == "mean":
        return sum(numbers, Fraction(0)) / len(numbers)
    percentile = Fraction(50 if one.percentile is None else one.percentile)
    place = percentile / 100 * (len(numbers) - 1)
    low = floor(place)
    high = min(low + 1, len(numbers) - 1)
    return numbers[low] + (numbers[high] - numbers[low]) * (place - low)


# -- generated -----------------------------------------------------------------------------------

VALUES = st.one_of(
    st.none(),
    st.decimals(-1000, 1000, places=2),
    st.sampled_from(["7", True, Decimal("1E+20"), Decimal("0.0000001")]),
)
EVENTS = st.lists(
    st.builds(
        Event,
        st.integers(0, 4),
        st.integers(0, 20).map(lambda n: n * 20 * SECOND),
        st.sampled_from("ab"),
        VALUES,
        st.sampled_from([None, "EUR", "USD"]),
    ),
    max_size=25,
)
WINDOWS = st.tuples(*(st.none() | st.integers(0, 21).map(lambda n: n * 20 * SECOND),) * 2)
NAMES = st.sampled_from(["a", "b", None])
COUNTS = st.sampled_from(["count", "contacts", "sessions"])
QUANTITIES = st.one_of(
    st.builds(Quantity, COUNTS),
    st.builds(
        Quantity,
        st.sampled_from(["sum", "mean", "median"]),
        st.none(),
        st.just(VALUE),
        st.none(),
        st.sampled_from([None, "EUR"]),
    ),
    st.builds(
        Quantity,
        st.just("percentile"),
        st.none(),
        st.just(VALUE),
        st.sampled_from([Decimal(0), Decimal("12.5"), Decimal(90), Decimal(100)]),
    ),
)


def exactly(found: Decimal | None) -> Fraction | None:
    return None if found is None else Fraction(found)


def same(found: Decimal | None, expected: Fraction | None) -> bool:
    """To 28 digits, in which quotients are written."""
    if found is None or expected is None:
        return found is None and expected is None
    return abs(Fraction(found) - expected) <= abs(expected) / 10**26


@given(EVENTS, QUANTITIES, NAMES, WINDOWS)
def test_a_value_is_that_of_the_plain_version(
    events: list[Event], one: Quantity, name: str | None, window: Window
) -> None:
    definition = Definition("value", one, timeout_seconds=TIMEOUT)
    found = figure(definition, histories(events, [name]), window)
    expected = plain(events, one, name, window)
    assert same(found.value, expected)
    if one.measure == "sum":
        assert exactly(found.value) == expected
    assert (found.value is None) is isinstance(found.reason, str)


@given(EVENTS, st.tuples(QUANTITIES, QUANTITIES), st.tuples(NAMES, NAMES), WINDOWS)
def test_a_ratio_is_that_of_the_plain_version(
    events: list[Event],
    both: tuple[Quantity, Quantity],
    names: tuple[str | None, str | None],
    window: Window,
) -> None:
    definition = Definition("ratio", *both, timeout_seconds=TIMEOUT)
    found = figure(definition, histories(events, names), window)
    above, below = (plain(events, *one, window) for one in zip(both, names, strict=True))
    expected = None if above is None or not below else above / below
    assert same(found.value, expected)
    assert (found.value is None) is isinstance(found.reason, str)


@given(EVENTS, COUNTS, NAMES, NAMES, WINDOWS)
def test_a_share_counts_those_of_the_whole_that_are_in_the_part(
    events: list[Event], measure: str, part: str | None, whole: str | None, window: Window
) -> None:
    definition = Definition("share", Quantity(measure), Quantity(measure), timeout_seconds=TIMEOUT)
    found = figure(definition, histories(events, [part, whole]), window)
    of, among = (units(events, measure, name, window) for name in (part, whole))
    assert (found.numerator, found.denominator) == (len(of & among), len(among))
    if not among:
        assert (found.value, found.low, found.reason) == (None, None, NOTHING)
    else:
        assert found.value is not None
        assert float(found.value) == len(of & among) / len(among)
        assert (found.low, found.high) == wilson(len(of & among), len(among))


# -- by hand -------------------------------------------------------------------------------------


def test_amounts_are_added_as_decimals_and_currencies_are_not_mixed() -> None:
    events = [Event(0, n, "a", Decimal("0.1"), "EUR") for n in range(3)]
    events += [Event(1, 5, "a", Decimal(7), "USD"), Event(1, 6, "a", "7", "EUR"), Event(1, 7, "a")]
    one = Quantity("sum", None, VALUE, None, "EUR")
    found = figure(Definition("value", one), histories(events, ["a"]), (None, None))
    assert str(found.value) == "7.3"
    out = {one.reason: one.count for one in found.excluded}
    assert out == {"no_currency": 1, "other_currency": 1, "test_contact": 2}


def test_a_sum_of_nothing_is_nought_and_of_no_numbers_unknown() -> None:
    one = Definition("value", Quantity("sum", None, VALUE))
    assert figure(one, histories([], ["a"]), (None, None)).value == 0
    found = figure(one, histories([Event(0, 1, "a", "much")], ["a"]), (None, None))
    assert (found.value, found.reason) == (None, NO_NUMBERS)
    mean = Definition("value", Quantity("mean", None, VALUE))
    assert figure(mean, histories([], ["a"]), (None, None)).reason == NOTHING


def test_a_figure_that_no_number_of_json_holds_is_unknown() -> None:
    events = [Event(0, 1, "a", Decimal("1E+90")), Event(0, 2, "b", Decimal("1E-300"))]
    sums = (Quantity("sum", name, VALUE) for name in "ab")
    found = figure(Definition("ratio", *sums), histories(events, ["a", "b"]), (None, None))
    assert (found.value, found.reason) == (None, TOO_LARGE)


def test_a_session_belongs_to_the_range_of_its_first_event() -> None:
    events = [Event(0, 0, "b"), Event(0, 50 * SECOND, "a"), Event(0, 200 * SECOND, "a")]
    one = Definition("value", Quantity("sessions"), timeout_seconds=TIMEOUT)
    held = histories(events, ["a"])
    assert figure(one, held, (0, 10 * SECOND)).value == 1
    assert figure(one, held, (10 * SECOND, 100 * SECOND)).value == 0
    assert figure(one, held, (None, None)).value == 2
