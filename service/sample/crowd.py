"""Runners by the dozen and what they did on the shop's map: drawn by chance, always the same.

Each runner is drawn from a seed of their own, so nothing changes but the day it all leads up to.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple


class Sort(NamedTuple):
    """So many runners whose traits lie between these; `unknown` ones nobody has asked for."""

    many: int
    age: tuple[int, int]
    income: tuple[int, int]
    runs: tuple[int, int]
    marital_status: str
    location: str
    unknown: tuple[str, ...] = ()
    club: str | None = None


SORTS = (
    Sort(38, (21, 35), (35, 56), (1, 4), "single", "A city"),
    Sort(12, (38, 52), (52, 69), (1, 3), "married", "A town", club="Harbour Runners"),
    Sort(14, (34, 54), (36, 66), (1, 3), "partnered", "A town"),
    Sort(8, (57, 71), (31, 66), (1, 3), "married", "A town"),
    Sort(14, (22, 50), (30, 65), (1, 4), "single", "A city", unknown=("annual_income",)),
    Sort(6, (24, 40), (30, 50), (1, 2), "single", "A town", unknown=("runs_per_week", "age")),
)


class Stop(NamedTuple):
    """What `share` of those do who did `after`, so many hours later than what they did last."""

    event: str
    share: float
    hours: tuple[float, float]
    after: str | None = None
    properties: Mapping[str, Any] = {}
    device: str | None = "mobile"
    campaign: str | None = None


_SAME = "the one they used last"
_APP = {"channel": "mobile app"}
_SEARCH = {"path": "/knee-pain", "channel": "web search"}
_STORE = {"channel": "store", "department": "store"}
STOPS = (
    Stop("page", 0.55, (0, 1), properties={"path": "/spring"}, campaign="spring-races"),
    Stop("page", 0.6, (1, 60), properties=_SEARCH),
    Stop("Shoe Finder Finished", 0.6, (0.2, 30)),
    Stop("Product Viewed", 0.97, (0.1, 20)),
    Stop("Store Visited", 0.15, (20, 70), "Product Viewed", _STORE, None),
    Stop("Size Table Opened", 0.3, (0.1, 5), "Product Viewed"),
    Stop("Chat Started", 0.3, (0.1, 5), "Product Viewed"),
    Stop("Product Added", 0.85, (0.1, 50), "Product Viewed"),
    Stop("Checkout Started", 0.85, (0.1, 12), "Product Added"),
    Stop("Product Viewed", 0.2, (0.1, 2), "Checkout Started"),
    Stop("Signed Up", 0.6, (0.1, 1), "Checkout Started"),
    Stop("Cart Viewed", 0.4, (2, 6), "Checkout Started", device="desktop"),
    Stop("Order Completed", 0.7, (0.1, 1), "Checkout Started", device=_SAME),
    Stop("Order Shipped", 1, (10, 40), "Order Completed", device=None),
    Stop("Return Requested", 0.25, (80, 150), "Order Shipped", device="desktop"),
    Stop("Exchange Shipped", 0.8, (20, 50), "Return Requested", device=None),
    Stop("Email Opened", 0.6, (480, 540), "Order Shipped", campaign="review"),
    Stop("Product Reviewed", 0.5, (0.1, 1), "Email Opened"),
    Stop("Order Completed", 0.3, (100, 400), "Order Shipped", _APP),
)
PAIRS = ({"product_id": "trail-2", "value": 119.9}, {"product_id": "road-7", "value": 94.5})
LONGEST_AGO = 75
"""Days before which nobody came."""


def runners() -> list[dict[str, Any]]:
    """The runners as a CRM sends them in one batch."""
    sorts = [sort for sort in SORTS for _ in range(sort.many)]
    return [_runner(number, sort) for number, sort in enumerate(sorts, 1)]


def messages(today: date) -> Iterator[dict[str, Any]]:
    """What they did until the beginning of a day, as the shop tracks it."""
    for number in range(1, sum(sort.many for sort in SORTS) + 1):
        yield from _walk(number, datetime.combine(today, time(), UTC))


def _runner(number: int, sort: Sort) -> dict[str, Any]:
    chance = _chance("who", number)
    traits = {
        "age": _between(chance, sort.age),
        "annual_income": _between(chance, sort.income) * 1000,
        "runs_per_week": _between(chance, sort.runs),
        "gender": ("female", "male")[_between(chance, (0, 1))],
        "marital_status": sort.marital_status,
        "location": sort.location,
        **({"club": sort.club} if sort.club else {}),
    }
    known = {name: value for name, value in traits.items() if name not in sort.unknown}
    name = _name(number)
    named = [{"source": source, "value": name} for source in ("crm", "user_id")]
    return {"identifiers": named, "traits": known}


def _walk(number: int, now: datetime) -> Iterator[dict[str, Any]]:
    chance, did = _chance("what", number), set[str | None]({None})
    at = now - timedelta(days=LONGEST_AGO * chance.random() ** 1.5)
    pair, used = PAIRS[_between(chance, (0, 1))], None
    for place, stop in enumerate(STOPS):
        if stop.after not in did or chance.random() >= stop.share:
            continue
        low, high = stop.hours
        at += timedelta(hours=low + (high - low) * chance.random())
        if at >= now:
            return
        did.add(stop.event)
        device = used if stop.device == _SAME else stop.device
        used = device or used
        yield _message(f"{_name(number)}-{place}", number, stop._replace(device=device), at, pair)


def _message(
    message_id: str, number: int, stop: Stop, at: datetime, pair: Mapping[str, Any]
) -> dict[str, Any]:
    what = {"type": "page"} if stop.event == "page" else {"type": "track", "event": stop.event}
    about = pair if stop.event.startswith(("Product", "Order")) else {}
    around = {
        **({"device": stop.device} if stop.device else {}),
        **({"campaign": {"name": stop.campaign}} if stop.campaign else {}),
    }
    return {
        **what,
        "messageId": message_id,
        "userId": _name(number),
        "timestamp": at.isoformat(timespec="milliseconds"),
        "properties": {**about, **stop.properties},
        "context": around,
    }


def _name(number: int) -> str:
    return f"runner-{number:03}"


def _chance(what: str, number: int) -> Random:
    # Not for secrets: for the same sample everywhere.
    return Random(f"{what} {number}")  # noqa: S311


def _between(chance: Random, bounds: tuple[int, int]) -> int:
    low, high = bounds
    return low + int(chance.random() * (high - low + 1))
