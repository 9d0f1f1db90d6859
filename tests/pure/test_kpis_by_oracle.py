"""Every KPI of what people do, against plain loops written from its definition.

The loops look at one range and one list of events at a time; series and breakdowns are loops around
them. Times fall together, sessions begin at borders, and people do little or much.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.history import Column, Histories
from service.domain.measures.kpis.answer import KpiDefinition
from service.domain.measures.kpis.around import Question, Read, Span, answer
from service.domain.measures.kpis.catalogue import BUILT_IN
from service.domain.measures.kpis.kpi import ForContacts, Role

MINUTE = 60
HOUR = 60 * MINUTE
START, HOURS = 1_714_521_600, 4  # 2024-05-01T00:00:00Z
NOW = START + 6 * HOUR
DEVICES = ["desktop", "mobile", None]


class Event(NamedTuple):
    """What somebody did: times in seconds."""

    person: int
    at: int
    name: str
    device: str | None
    place: str | None


Events = list[Event]
Asked = dict[str, Any]
Share = tuple[int, int]


@st.composite
def logs(draw: st.DrawFn, names: list[str]) -> Events:
    """Events of paths, sorted by person and time, in order of arrival where times are equal."""
    one = st.builds(
        Event,
        st.integers(0, 3),
        st.integers(-4, 24).map(lambda n: START + n * 15 * MINUTE),
        st.sampled_from(names),
        st.sampled_from(DEVICES),
        st.sampled_from(["a", "b", None]),
    )
    return sorted(draw(st.lists(one, max_size=24)), key=lambda one: (one.person, one.at))


def paths(events: Events) -> list[Events]:
    people = sorted({one.person for one in events})
    return [[one for one in events if one.person == who] for who in people]


def cut(events: Events, timeout: int) -> list[Events]:
    found: list[Events] = []
    for path in paths(events):
        for n, one in enumerate(path):
            if n and one.at - path[n - 1].at <= timeout:
                found[-1].append(one)
            else:
                found.append([one])
    return found


def sessions(events: Events, low: int, high: int, timeout: int) -> list[Events]:
    return [one for one in cut(events, timeout) if low <= one[0].at < high]


def inside(events: Iterable[Event], low: int, high: int) -> Events:
    return [one for one in events if low <= one.at < high]


def bounce(events: Events, low: int, high: int, asked: Asked) -> Share:
    found = sessions(events, low, high, asked["timeout_seconds"])
    if asked["mode"] == "single_event":
        return sum(len(one) == 1 for one in found), len(found)
    views = [sum(e.name == "page" for e in one) for one in found]
    kept = [any(e.name == "engaged" for e in one) for one in found]
    return (
        sum(n == 1 and not k for n, k in zip(views, kept, strict=True)),
        sum(n > 0 for n in views),
    )


def converted(unit: Events, whole: Events, base: str, goal: str, asked: Asked) -> bool | None:
    """Whether a unit converts; None without a qualifying event. `whole` is the person's path."""
    first = next((n for n, one in enumerate(unit) if one.name == base), None)
    if first is None:
        return None
    window = asked["window_seconds"]
    reach = unit if window is None or asked.get("unit") == "session" else whole
    start = next(n for n, one in enumerate(reach) if one is unit[first])
    for n, one in enumerate(reach):
        behind = n > start or not asked.get("ordered", True)
        near = window is None or abs(one.at - unit[first].at) <= window
        if one.name == goal and behind and near:
            return True
    return False


def units(events: Events, low: int, high: int, asked: Asked) -> list[tuple[Events, Events]]:
    if asked.get("unit") == "session":
        found = sessions(events, low, high, asked["timeout_seconds"])
        return [(one, one) for one in found]
    return [(part, path) for path in paths(events) if (part := inside(path, low, high))]


def conversion(events: Events, low: int, high: int, asked: Asked) -> Share:
    base, goal = asked["base"], asked["goal"]
    if asked["unit"] == "attempt":
        return attempts(events, low, high, asked)
    each = units(events, low, high, asked)
    if base is None:
        return sum(any(e.name == goal for e in one) for one, _ in each), len(each)
    told = [converted(one, whole, base, goal, asked) for one, whole in each]
    return told.count(True), len(told) - told.count(None)


def attempts(events: Events, low: int, high: int, asked: Asked) -> Share:
    window, hits, all_ = asked["window_seconds"], 0, 0
    for path in paths(events):
        opened: Event | None = None
        for one in path:
            over = window is not None and opened and one.at - opened.at > window
            if opened and (over or (window is None and one.at >= high)):
                opened = None
            if opened and one.name == asked["goal"]:
                hits, opened = hits + 1, None
                continue
            if opened is None and one.name == asked["base"] and low <= one.at < high:
                opened, all_ = one, all_ + 1
    return hits, all_


def abandonment(events: Events, low: int, high: int, asked: Asked) -> Share:
    each = units(events, low, high, asked)
    told = [converted(one, whole, "start", "order", asked) for one, whole in each]
    return told.count(False), len(told) - told.count(None)


def leads(events: Events, low: int, high: int, asked: Asked) -> Share:
    each = units(events, low, high, asked)
    told = [converted(one, whole, "lead", "sale", asked) for one, whole in each]
    return told.count(True), len(told) - told.count(None)


def clicks(events: Events, low: int, high: int, asked: Asked) -> Share:
    shown = [one for one in inside(events, low, high) if one.name == "impression"]
    clicked = [one for one in inside(events, low, high) if one.name == "click"]
    if asked["mode"] == "unique":
        saw = {(one.person, one.place) for one in shown}
        return len(saw & {(one.person, one.place) for one in clicked}), len(saw)
    places = {one.place for one in shown}
    return sum(one.place in places for one in clicked), len(shown)


def behind_first_order(path: Events) -> Events:
    first = next((n for n, one in enumerate(path) if one.name == "order"), None)
    return [] if first is None else path[first + 1 :]


def support(events: Events, low: int, high: int, asked: Asked) -> Share:
    if asked["mode"] == "customers":
        asks = sum(one.name == "support_contact" for one in inside(events, low, high))
        active = [bool(inside(behind_first_order(path), low, high)) for path in paths(events)]
        return asks, sum(active)
    hits = all_ = 0
    for path in paths(events):
        for n, one in enumerate(path):
            if one.name != "order" or not low <= one.at < high:
                continue
            if one.at + asked["window_seconds"] > NOW:
                continue
            all_ += 1
            hits += any(
                e.name == "support_contact" and e.at - one.at <= asked["window_seconds"]
                for e in path[n + 1 :]
            )
    return hits, all_


def followed(begin: str, end: str) -> Callable[[Events, int, int, Asked], Share]:
    def share(events: Events, low: int, high: int, asked: Asked) -> Share:
        hits = all_ = 0
        for path in paths(events):
            first = next((n for n, one in enumerate(path) if one.name == begin), None)
            if first is None or not low <= path[first].at < high:
                continue
            limit = path[first].at + asked["window_seconds"]
            reached = any(e.name == end and e.at <= limit for e in path[first + 1 :])
            if reached or limit <= NOW:
                hits, all_ = hits + reached, all_ + 1
        return hits, all_

    return share


def referrals(events: Events, low: int, high: int, _: Asked) -> Share:
    bought = [
        path for path in paths(events) if any(e.name == "order" and e.at < high for e in path)
    ]
    refers = [any(e.name == "referral" for e in inside(path, low, high)) for path in bought]
    return sum(refers), len(bought)


def churn(events: Events, low: int, high: int, asked: Asked) -> Share:
    lost = all_ = 0
    for path in paths(events):
        if inside(behind_first_order(path), low - asked["window_seconds"], low):
            all_ += 1
            lost += not inside(path, low, high)
    return lost, all_


def retention(events: Events, low: int, high: int, asked: Asked) -> Share:
    lost, all_ = churn(events, low, high, asked)
    return all_ - lost, all_


def number(name: str) -> Callable[[Events, int, int, Asked], int]:
    def counted(events: Events, low: int, high: int, _: Asked) -> int:
        return sum(one.name == name for one in inside(events, low, high))

    return counted


def reached(events: Events, low: int, high: int, _: Asked) -> int:
    return len({one.person for one in inside(events, low, high) if one.name == "impression"})


def first_value(events: Events, low: int, high: int, _: Asked) -> float | None:
    took = []
    for path in paths(events):
        first = next((n for n, one in enumerate(path) if one.name == "start"), None)
        if first is None or not low <= path[first].at < high:
            continue
        goal = next((one for one in path[first + 1 :] if one.name == "goal"), None)
        if goal:
            took.append(goal.at - path[first].at)
    return median(took) if took else None


_WINDOWS: list[int | None] = [None, 30 * MINUTE, 2 * HOUR]
CASES: list[tuple[str, Asked, Any]] = [
    ("bounce_rate", {}, bounce),
    ("bounce_rate", {"mode": "single_event"}, bounce),
    *(
        (
            "conversion_rate",
            {"unit": unit, "base": "base", "ordered": o, "window_seconds": w},
            conversion,
        )
        for unit in ("contact", "session", "attempt")
        for o in (True, False)
        for w in _WINDOWS
        if o or unit != "attempt"
    ),
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


@pytest.mark.parametrize(("key", "given_", "oracle"), CASES, ids=lambda one: str(one)[:60])
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
    answered = answer(question, Read(found, places, span), None)
    compare(key, answered, oracle(events, low, high, asked))
    borders = [low + n * HOUR for n in range(HOURS + 1)]
    assert [one.from_.timestamp() for one in answered.series] == borders[:-1]
    for n, one in enumerate(answered.series):
        compare(key, one, oracle(events, *borders[n : n + 2], asked))
    for row in answered.breakdown:
        own = [one for one in events if one.device == row.keys["device"]]
        compare(key, row, oracle(own, low, high, asked))
        for n, one in enumerate(row.series):
            compare(key, one, oracle(own, *borders[n : n + 2], asked))
    devices = {one.device for one in inside(events, low, high)}
    assert devices <= {row.keys["device"] for row in answered.breakdown}
