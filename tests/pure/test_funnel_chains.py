"""Funnels as they are computed against every chain there is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from service.domain.errors import Invalid
from service.domain.history import MISSING, Column, Histories
from service.domain.measures.funnels.chains import Exclusion, Rules
from service.domain.measures.funnels.figures import outcome_of
from service.domain.measures.funnels.outcome import Funnel
from tests.pure import plain_funnels as plain
from tests.pure.plain_funnels import Asked, Event, Unit

SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@some.composite
def asked(draw: Any, orders: tuple[str, ...] = ("ordered", "strict")) -> Asked:
    """Some funnel of up to four steps."""
    steps, order = draw(some.integers(2, 4)), draw(some.sampled_from(orders))
    any_ = order == "any"
    optional = frozenset() if any_ else draw(some.frozensets(some.integers(1, steps - 1)))
    required = [n for n in range(steps) if n not in optional]
    pairs = [(a, b) for a in required for b in required if a < b]
    exclusions = [] if any_ or not pairs else draw(some.lists(some.sampled_from(pairs), max_size=2))
    from_ = draw(some.sampled_from([0, 0, 3 * SECOND]))
    return Asked(
        steps,
        optional,
        tuple(exclusions),
        draw(some.sampled_from([None, 2 * SECOND, 5 * SECOND])),
        not any_ and draw(some.booleans()),
        order,
        draw(some.sampled_from(["contact", "session", "attempt"])),
        from_,
        draw(some.sampled_from([10**12, 6 * SECOND])),
        2 * SECOND,
    )


@some.composite
def events(draw: Any, most: int = 9) -> list[Event]:
    """Events of up to three people, many at the same times; each may serve several steps."""
    found = [
        Event(
            draw(some.integers(0, 2)),
            draw(some.integers(0, 8)) * SECOND,
            frozenset(draw(some.lists(some.integers(0, 3), max_size=2))),
            frozenset(draw(some.lists(some.integers(0, 1), max_size=1))),
        )
        for _ in range(draw(some.integers(0, most)))
    ]
    found.sort(key=lambda one: (one.person, one.at))
    return [one._replace(row=n) for n, one in enumerate(found)]


def histories(events: list[Event], asked: Asked) -> Histories:
    people = sorted({one.person for one in events})
    held = [[k in one.serves for one in events] for k in range(asked.steps)]
    held += [[k in one.bars for one in events] for k in range(len(asked.exclusions))]
    return Histories(
        np.array([people.index(one.person) for one in events], dtype=np.int32),
        np.array([one.at for one in events], dtype=np.int64),
        [np.array(one, dtype=np.bool_) for one in held],
        {"row": Column(np.arange(len(events), dtype=np.int32), [])},
        bytes(16 * len(people)),
        {},
    )


def computed(events: list[Event], asked: Asked) -> list[Unit]:
    rules = Rules(
        tuple(n in asked.optional for n in range(asked.steps)),
        tuple(Exclusion(*one) for one in asked.exclusions),
        asked.window,
        asked.hop,
        asked.order == "strict",
    )
    funnel = Funnel(
        rules,
        asked.order == "any",
        asked.unit,
        asked.timeout // SECOND,
        _EPOCH + timedelta(microseconds=asked.from_),
        _EPOCH + timedelta(microseconds=asked.to),
    )
    now = max((one.at for one in events), default=0)
    cut, outcome = outcome_of(histories(events, asked), funnel, now)
    rows = cut.found.columns["row"].codes
    assert MISSING not in rows
    return sorted(
        Unit(
            int(rows[outcome.first[n]]),
            int(outcome.depth[n]),
            bool(outcome.undecided[n]),
            tuple(
                int(gaps[n]) if held[n] else None
                for held, gaps in zip(outcome.held, outcome.gaps, strict=True)
            ),
        )
        for n in np.flatnonzero(outcome.depth).tolist()
    )


def limited(events: list[Event], asked: Asked) -> list[Event]:
    """Events that serve steps there are."""
    steps, bars = frozenset(range(asked.steps)), frozenset(range(len(asked.exclusions)))
    return [one._replace(serves=one.serves & steps, bars=one.bars & bars) for one in events]


@settings(max_examples=600, deadline=None)
@given(events(), asked())
def test_ordered_and_strict_funnels_are_those_of_all_chains(
    events: list[Event], asked: Asked
) -> None:
    events = limited(events, asked)
    assert computed(events, asked) == plain.units(events, asked)


@settings(max_examples=300, deadline=None)
@given(events(7), asked(("any",)))
def test_unordered_funnels_are_those_of_all_chains(events: list[Event], asked: Asked) -> None:
    events = limited(events, asked)
    assert computed(events, asked) == plain.units(events, asked)


def path(said: str, *bars: int) -> list[Event]:
    """One person's events, a second apart, by the number of the step each serves; x is excluded."""
    return [
        Event(
            0,
            n * SECOND,
            frozenset([int(one)] if one.isdigit() else []),
            frozenset(bars if one == "x" else []),
            n,
        )
        for n, one in enumerate(said)
    ]


@pytest.mark.parametrize(
    ("said", "between", "depth"),
    [
        ("0x1x012", (0, 1), 3),
        ("0x12", (0, 1), 1),
        ("01x2", (0, 1), 3),
        ("01x2", (1, 2), 2),
        ("01x12", (1, 2), 3),
        ("01x12", (0, 2), 2),
        ("01x02", (1, 2), 2),
    ],
)
def test_an_exclusion_breaks_a_chain_and_a_later_clean_one_counts(
    said: str, between: tuple[int, int], depth: int
) -> None:
    (unit,) = computed(path(said, 0), Asked(3, exclusions=(between,)))
    assert unit.depth == depth


def test_nothing_at_all_is_no_unit() -> None:
    for unit in ("contact", "session", "attempt"):
        for order in ("ordered", "strict", "any"):
            assert computed([], Asked(2, unit=unit, order=order)) == []


def test_many_attempts_of_one_person_are_counted_one_behind_the_other() -> None:
    for hop in (False, True):
        asked = Asked(2, window=SECOND, unit="attempt", hop=hop)
        found = computed(path("01" * 5_000), asked)
        assert len(found) == 5_000
        assert {one.depth for one in found} == {2}


def test_events_that_could_serve_steps_in_too_many_ways_are_refused() -> None:
    ways = [
        Event(0, n * SECOND, frozenset([n % 12, n // 12 % 12]), frozenset(), n) for n in range(144)
    ]
    found = computed(ways, Asked(12, order="any"))
    assert [one.depth for one in found] == [12]
    more = [frozenset(m for m in range(12) if n >> m & 1) for n in range(1, 200)]
    entangled = [Event(0, n * SECOND, one, frozenset(), n) for n, one in enumerate(more)]
    with pytest.raises(Invalid):
        computed(entangled, Asked(12, order="any"))
