"""KPIs as plain loops, one range and one list of events at a time, from their definitions.

Events are sorted by person and time, those of one time by arrival. Times are in seconds.
"""

from collections.abc import Callable, Iterable
from statistics import median
from typing import Any, NamedTuple

NOW = 1_714_521_600 + 6 * 3_600
"""When it is asked: six hours into 2024-05-01."""


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


def belonging(events: Events, times: tuple[int, int], unit: str, asked: Asked) -> Events:
    """The same events with the device to which what they are of belongs."""
    if unit == "session":
        cuts = cut(events, asked["timeout_seconds"])
        return [one._replace(device=whole[0].device) for whole in cuts for one in whole]
    found, (low, high) = [], times
    for path in paths(events):
        seen = inside(path, low, high)
        latest = [one.device for one in seen if one.device is not None]
        found += [one._replace(device=latest[-1] if latest else None) for one in path]
    return found


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


def begun(events: Events, low: int, high: int, asked: Asked) -> int:
    return len(sessions(events, low, high, asked["timeout_seconds"]))


def events_of_one(events: Events, low: int, high: int, asked: Asked) -> float | None:
    found = sessions(events, low, high, asked["timeout_seconds"])
    return sum(map(len, found)) / len(found) if found else None


def length_of_one(events: Events, low: int, high: int, asked: Asked) -> float | None:
    found = sessions(events, low, high, asked["timeout_seconds"])
    return sum(one[-1].at - one[0].at for one in found) / len(found) if found else None


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


def every(_: Event) -> bool:
    return True


def attempts(events: Events, low: int, high: int, asked: Asked) -> Share:
    window, hits, all_ = asked["window_seconds"], 0, 0
    counts = asked.get("counts", every)
    for path in paths(events):
        opened: Event | None = None
        for one in path:
            if window is not None and opened and one.at - opened.at > window:
                opened = None
            if opened and one.name == asked["goal"]:
                hits, opened = hits + (low <= opened.at < high and counts(opened)), None
                continue
            if opened is None and one.name == asked["base"]:
                opened, all_ = one, all_ + (low <= one.at < high and counts(one))
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
    counts = asked.get("counts", every)
    hits = sum(one.place in places and counts(one) for one in clicked)
    return hits, sum(map(counts, shown))


def behind_first_order(path: Events) -> Events:
    first = next((n for n, one in enumerate(path) if one.name == "order"), None)
    return [] if first is None else path[first + 1 :]


def support(events: Events, low: int, high: int, asked: Asked) -> Share:
    if asked["mode"] == "customers":
        asks = sum(one.name == "support_contact" for one in inside(events, low, high))
        active = [bool(inside(behind_first_order(path), low, high)) for path in paths(events)]
        return asks, sum(active)
    hits = all_ = 0
    counts = asked.get("counts", every)
    for path in paths(events):
        for n, one in enumerate(path):
            if one.name != "order" or not low <= one.at < high or not counts(one):
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
            if limit <= NOW:
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
    for path in paths(events) if high <= NOW else []:
        if inside(behind_first_order(path), low - asked["window_seconds"], low):
            all_ += 1
            lost += not inside(path, low, high)
    return lost, all_


def retention(events: Events, low: int, high: int, asked: Asked) -> Share:
    lost, all_ = churn(events, low, high, asked)
    return all_ - lost, all_


def number(name: str) -> Callable[[Events, int, int, Asked], int]:
    def counted(events: Events, low: int, high: int, asked: Asked) -> int:
        counts = asked.get("counts", every)
        return sum(one.name == name and counts(one) for one in inside(events, low, high))

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
