"""Every KPI of what people do, against plain loops written from its definition.

The loops look at one range and one list of events at a time; series and breakdowns are loops around
them. Times fall together, sessions begin at borders, and people do little or much.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.history import Column, Histories
from service.domain.measures.kpis.answer import KpiDefinition
from service.domain.measures.kpis.around import Question, Read, answer
from service.domain.measures.kpis.catalogue import BUILT_IN
from service.domain.measures.kpis.kpi import ForContacts, Role, Setting
from service.domain.measures.kpis.series import Span
from service.domain.shares import Proportion
from tests.pure.kpi_loops import (
    NOW,
    Asked,
    Event,
    Events,
    abandonment,
    begun,
    belonging,
    bounce,
    churn,
    clicks,
    conversion,
    events_of_one,
    first_value,
    followed,
    inside,
    leads,
    length_of_one,
    number,
    reached,
    referrals,
    retention,
    support,
)

MINUTE = 60
HOUR = 60 * MINUTE
START, HOURS = 1_714_521_600, 7  # 2024-05-01T00:00:00Z; the last is not over when it is asked.
DEVICES = ["desktop", "mobile", None]


@st.composite
def logs(draw: st.DrawFn, names: list[str]) -> Events:
    """Events of paths, sorted by person and time, in order of arrival where times are equal."""
    one = st.builds(
        Event,
        st.integers(0, 2),
        st.integers(-4, 24).map(lambda n: START + n * 15 * MINUTE),
        st.sampled_from(names),
        st.sampled_from(DEVICES),
        st.sampled_from(["a", "b", None]),
    )
    # Many, for rules meet at borders; or few, where there is nothing to count.
    several = st.lists(one, min_size=20, max_size=40) | st.lists(one, max_size=4)
    return sorted(draw(several), key=lambda one: (one.person, one.at))


_WINDOWS: list[int | None] = [None, 30 * MINUTE, 2 * HOUR]
_CONVERTING: list[Asked] = [
    {"unit": unit, "ordered": ordered, "window_seconds": window}
    for unit in ("contact", "session", "attempt")
    for ordered in (True, False)
    for window in _WINDOWS
    if ordered or unit != "attempt"
]
Case = tuple[str, Asked, Any]
CASES: list[Case] = [
    ("bounce_rate", {}, bounce),
    ("bounce_rate", {"mode": "single_event"}, bounce),
    ("sessions", {}, begun),
    ("events_per_session", {}, events_of_one),
    ("session_duration", {}, length_of_one),
    *(("conversion_rate", {"base": "base", **one}, conversion) for one in _CONVERTING),
    ("conversion_rate", {"unit": "session"}, conversion),
    ("conversion_rate", {"base": "goal"}, conversion),
    ("conversion_rate", {}, conversion),
    *(
        ("checkout_abandonment_rate", {"unit": unit, "window_seconds": w}, abandonment)
        for unit in ("contact", "session")
        for w in _WINDOWS
    ),
    *(("lead_to_sale", {"window_seconds": w}, leads) for w in _WINDOWS),
    ("click_through_rate", {}, clicks),
    ("click_through_rate", {"mode": "unique"}, clicks),
    ("support_contact_rate", {}, support),
    ("support_contact_rate", {"mode": "orders", "window_seconds": 2 * HOUR}, support),
    ("onboarding_completion", {"window_seconds": 3 * HOUR}, followed("start", "goal")),
    ("repurchase_rate", {"window_seconds": 3 * HOUR}, followed("order", "order")),
    ("time_to_value", {}, first_value),
    ("referral_rate", {}, referrals),
    ("churn_rate", {"window_seconds": 2 * HOUR}, churn),
    ("retention_rate", {"window_seconds": HOUR}, retention),
    ("orders", {}, number("order")),
    ("impressions", {}, number("impression")),
    ("review_count", {}, number("review")),
    ("reach", {}, reached),
]


def histories(events: Events, selections: dict[str, list[str]]) -> tuple[Histories, dict[str, int]]:
    def column(values: list[str | None]) -> Column:
        words = sorted({one for one in values if one is not None})
        codes = [-1 if one is None else words.index(one) for one in values]
        return Column(np.array(codes, dtype=np.int32), list(words))

    holds = [
        np.array([e.name in names for e in events], dtype=np.bool_) for names in selections.values()
    ]
    people = {who: n for n, who in enumerate(sorted({one.person for one in events}))}
    found = Histories(
        np.array([people[one.person] for one in events], dtype=np.int32),
        np.array([one.at * 1_000_000 for one in events], dtype=np.int64),
        holds,
        {
            "device": column([one.device for one in events]),
            "properties.promotion_id": column([one.place for one in events]),
        },
        b"",
        {},
    )
    return found, {name: n for n, name in enumerate(selections)}


def asked_of(key: str, given: Asked) -> tuple[Asked, dict[str, list[str]]]:
    """All parameters, and which event each selection takes: the one of its own name."""
    asked: Asked = {**BUILT_IN[key].parameters, **given}
    selections = {"page_view_events": ["page"], "engagement_events": ["engaged"]}
    for name, one in asked.items():
        if isinstance(one, Role) or name == "base":
            selections[name] = [one if isinstance(one, str) else name]
            asked[name] = None if one is None else selections[name][0]
        if isinstance(one, Setting):
            asked[name] = one.value
        if isinstance(one, ForContacts):
            asked[name] = one.value
    return asked, selections


def told(value: Any, expected: Any) -> None:
    if isinstance(expected, tuple):
        found = (value.value.numerator, value.value.denominator)
        assert found == expected
    else:
        assert value.value == expected


def compare(key: str, found: Any, expected: Any) -> None:
    if key == "support_contact_rate" and not hasattr(found.value, "numerator"):
        assert (found.numerator, found.denominator) == expected
    else:
        told(found, expected)


def named(one: Any) -> str:
    """The same in every process: a function's own text tells where it lies in memory."""
    return one.__name__ if callable(one) else str(one)[:60]


@pytest.mark.parametrize(("key", "given_", "oracle"), CASES, ids=named)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_kpi_is_what_plain_loops_say(
    key: str, given_: Asked, oracle: Any, data: st.DataObject
) -> None:
    asked, selections = asked_of(key, given_)
    names = sorted({one for several in selections.values() for one in several} | {"else"})
    events = data.draw(logs(names))
    found, places = histories(events, selections)
    definition = KpiDefinition(
        meaning="",
        direction="up",
        assumption=False,
        from_=None,
        to=None,
        interval="hour",
        time_zone="UTC",
        filter=None,
        breakdown=["device"],
        compare=None,
        parameters={},
    )
    now = datetime.fromtimestamp(NOW, UTC)
    question = Question(BUILT_IN[key], asked, definition, ZoneInfo("UTC"), now)
    low, high = START, START + HOURS * HOUR
    span = Span(datetime.fromtimestamp(low, UTC), datetime.fromtimestamp(high, UTC))
    answered = answer(question, Read(found, places, span))
    compare(key, answered, oracle(events, low, high, asked))
    borders = [low + n * HOUR for n in range(HOURS + 1)]
    assert [one.from_.timestamp() for one in answered.series] == borders[:-1]
    for n, one in enumerate(answered.series):
        compare(key, one, oracle(events, *borders[n : n + 2], asked))
    _told_apart((key, asked, oracle), events, borders, answered)


def _told_apart(case: Case, events: Events, borders: list[int], answered: Any) -> None:
    """Groups are of whole units, by the first event of a session and the latest of a contact."""
    (key, asked, oracle), low, high = case, borders[0], borders[-1]
    unit, reach = BUILT_IN[key].unit_of(asked), BUILT_IN[key].reach(asked)
    if unit != "event":
        # Who is counted for what was before the range belongs to what was before it.
        events = belonging(events, (0 if reach.back else low, high), unit, asked)
    for row in answered.breakdown:
        device = row.keys["device"]
        own = events if unit == "event" else [one for one in events if one.device == device]
        counts = {**asked, "counts": lambda one, device=device: one.device == device}
        compare(key, row, oracle(own, low, high, counts))
        for n, one in enumerate(row.series):
            compare(key, one, oracle(own, *borders[n : n + 2], counts))
    listed = [row.keys["device"] for row in answered.breakdown]
    assert len(set(listed)) == len(listed)
    if unit == "event":
        assert set(listed) == {one.device for one in inside(events, low, high)}
    sums = [sum(several) for several in zip(*map(_counts, answered.breakdown), strict=True)]
    assert (sums or [0, 0]) == _counts(answered)


def _counts(found: Any) -> list[int]:
    """What adds up: numerator and denominator, where there are."""
    held = found.value if isinstance(found.value, Proportion) else found
    told = [getattr(held, name, None) for name in ("numerator", "denominator")]
    return [int(one) if isinstance(one, int | Decimal) else 0 for one in told]
