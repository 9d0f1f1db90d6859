"""Runners by the dozen and what they did on the shop's map: drawn by chance, always the same.

Each runner is drawn from a seed of their own, so nothing changes but the day it all leads up to.
Some came half a year before the others. The shop's CRM says of most where they are; not of all what
is so.
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
EARLIER = (
    Sort(34, (21, 45), (32, 58), (1, 4), "single", "A city"),
    Sort(16, (30, 55), (38, 64), (1, 3), "married", "A town"),
)
"""Those who came half a year before."""


class Stop(NamedTuple):
    """What `share` of those do who did `after`, so many hours later than what they did last."""

    event: str
    share: float
    hours: tuple[float, float]
    after: str | None = None
    properties: Mapping[str, Any] = {}
    device: str | None = "mobile"
    campaign: str | None = None
    scores: tuple[int, ...] = ()


_SAME = "the one they used last"
_APP = {"channel": "mobile app"}
_SEARCH = {"path": "/knee-pain", "channel": "web search"}
_STORE = {"channel": "store", "department": "store"}
_MAP = "0198c7f0-0000-7000-8000-000000000240"
_CSAT = {"survey": "csat", "scale": [1, 5], "journey_id": _MAP, "step_key": "wait-for-parcel"}
_NPS = {"survey": "nps", "journey_id": _MAP}
_CES = {"survey": "ces", "scale": [1, 7], "journey_id": _MAP, "step_key": "make-account"}
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
    Stop("Survey Answered", 0.6, (1, 20), "Order Shipped", _CSAT, scores=(5, 5, 4, 4, 3, 2)),
    Stop("Survey Answered", 0.5, (1, 20), "Order Shipped", _NPS, scores=(10, 9, 9, 8, 7, 6, 3)),
    Stop("Survey Answered", 0.4, (1, 9), "Checkout Started", _CES, scores=(2, 3, 3, 5, 6)),
    Stop("Complaint Made", 0.06, (1, 9), "Order Shipped", device="desktop"),
)
PAIRS = ({"product_id": "trail-2", "value": 119.9}, {"product_id": "road-7", "value": 94.5})
CAME, CAME_EARLIER = (0, 75), (185, 270)
"""Between so many days ago."""
_LIFECYCLE = (
    *(("page", "subscriber"), ("Product Viewed", "marketingqualifiedlead")),
    *(("Product Added", "salesqualifiedlead"), ("Checkout Started", "opportunity")),
    *(("Order Completed", "customer"), ("Order Shipped", "retention")),
    ("Email Opened", "evangelist"),
)
"""What somebody has to have done, and where the CRM then has them: by HubSpot's names, and one of
the shop's own."""
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def runners() -> list[dict[str, Any]]:
    """The runners as a CRM sends them in one batch."""
    return [_runner(*one) for one in _crowd()]


def messages(today: date) -> Iterator[dict[str, Any]]:
    """What they did until the beginning of a day, as the shop tracks it."""
    for number, _, ago in _crowd():
        yield from _walk(number, ago, datetime.combine(today, time(), UTC))


def _crowd() -> Iterator[tuple[int, Sort, tuple[int, int]]]:
    for first, sorts, ago in ((1, SORTS, CAME), (201, EARLIER, CAME_EARLIER)):
        every = (sort for sort in sorts for _ in range(sort.many))
        yield from ((number, sort, ago) for number, sort in enumerate(every, first))


def _runner(number: int, sort: Sort, ago: tuple[int, int]) -> dict[str, Any]:
    chance = _chance("who", number)
    traits = {
        "age": _between(chance, sort.age),
        "annual_income": _between(chance, sort.income) * 1000,
        "runs_per_week": _between(chance, sort.runs),
        "gender": ("female", "male")[_between(chance, (0, 1))],
        "marital_status": sort.marital_status,
        "location": sort.location,
        **({"club": sort.club} if sort.club else {}),
        **_said(number, ago),
    }
    known = {name: value for name, value in traits.items() if name not in sort.unknown}
    name = _name(number)
    named = [{"source": source, "value": name} for source in ("crm", "user_id")]
    return {"identifiers": named, "traits": known}


def _said(number: int, ago: tuple[int, int]) -> dict[str, str]:
    """Where the CRM has somebody: one in eight a stage behind, some one ahead, a few nowhere.
    What they did is the same on any day."""
    chance = _chance("said", number)
    did = {one.get("event", "page") for one in _walk(number, ago, _ANY_DAY)}
    reached = max((n for n, (event, _) in enumerate(_LIFECYCLE) if event in did), default=0)
    drawn = chance.random()
    if drawn < 0.04:
        return {}
    if drawn < 0.08:
        return {"lifecycle_stage": "other"}
    slip = -1 if drawn < 0.2 else 1 if drawn < 0.4 else 0
    place = min(max(reached + slip, 0), len(_LIFECYCLE) - 1)
    return {"lifecycle_stage": _LIFECYCLE[place][1]}


def _walk(number: int, ago: tuple[int, int], now: datetime) -> Iterator[dict[str, Any]]:
    chance, did = _chance("what", number), set[str | None]({None})
    low_ago, high_ago = ago
    at = now - timedelta(days=low_ago + (high_ago - low_ago) * chance.random() ** 1.5)
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
        told = {**stop.properties, **({"score": chance.choice(stop.scores)} if stop.scores else {})}
        kept = stop._replace(device=device, properties=told)
        yield _message(f"{_name(number)}-{place}", number, kept, at, pair)


def _message(
    message_id: str, number: int, stop: Stop, at: datetime, pair: Mapping[str, Any]
) -> dict[str, Any]:
    what = {"type": "page"} if stop.event == "page" else {"type": "track", "event": stop.event}
    about = dict(pair) if stop.event.startswith(("Product", "Order")) else {}
    if stop.event == "Order Completed":
        about |= {"revenue": about["value"], "currency": "EUR"}
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
