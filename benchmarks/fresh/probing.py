"""Asking for figures as soon as events are acknowledged, beside a load.

All that comes of the day that is asked about is sent here, so each answer is right or wrong, to the
last event.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from statistics import median
from time import monotonic
from typing import Any, NamedTuple

from benchmarks.fresh.following import Behind, behind
from benchmarks.fresh.steady import posted

PEOPLE = 25
EACH = 4
"""Events of each person at once: a session of theirs."""
PATIENCE = 30.0
_DAY = datetime(2026, 5, 10, tzinfo=UTC)
"""A day of which nothing else comes, in a workspace in which much does."""
_RANGE = {"from": _DAY.isoformat(), "to": (_DAY + timedelta(days=1)).isoformat()}
_EVERY: Mapping[str, Any] = {"all": []}
_ASKED: Mapping[str, Mapping[str, Any]] = {
    "counts": {"kpi": "orders", "parameters": {"order": _EVERY}, **_RANGE},
    "sessions": {"kpi": "sessions", **_RANGE},
    "segments": {"kpi": "reach", "parameters": {"impression": _EVERY}, **_RANGE},
}
_MORE = {"counts": PEOPLE * EACH, "sessions": PEOPLE, "segments": PEOPLE}
"""What each batch adds to the figures."""


class Fresh(NamedTuple):
    """Of one kind of figure: how many first answers were right, of how many, and after how many
    seconds of asking, which begins with the acknowledgement, the right one was there."""

    at_once: int
    asked: int
    lags: Sequence[float]

    @property
    def told(self) -> str:
        """In a line."""
        middle, most = median(self.lags) * 1e3, max(self.lags) * 1e3
        return (
            f"right at once {self.at_once:4} of {self.asked:4}   there after {middle:7,.1f} ms"
            f" in the middle, {most:8,.1f} ms at most"
        )


async def probed(
    port: int, key: str, owner: Any, until: Callable[[], bool]
) -> tuple[Mapping[str, Fresh], Sequence[Behind]]:
    """Send a batch and ask for figures, over and over; and look how far the worker is behind."""
    connection = HTTPConnection("127.0.0.1", port)
    found: dict[str, list[tuple[bool, float]]] = {name: [] for name in _ASKED}
    waited: list[Behind] = []
    number = 0
    while not until():
        await asyncio.to_thread(_one, connection, key, number, found)
        number += 1
        waited.append(await behind(owner))
        await asyncio.sleep(0.2)
    fresh = {
        name: Fresh(sum(first for first, _ in each), len(each), [lag for _, lag in each])
        for name, each in found.items()
    }
    return fresh, waited


def _one(
    connection: HTTPConnection, key: str, number: int, found: dict[str, list[tuple[bool, float]]]
) -> None:
    status, said = posted(connection, key, "/v1/batch", _batch(number))
    if status >= 300:
        raise RuntimeError(str(said))
    acknowledged = monotonic()
    # In another order each time: what is asked first is asked soonest.
    names = sorted(_ASKED, key=lambda name: (len(name) + number) % len(_ASKED))
    for name in names:
        begun, tries, value = monotonic(), 0, None
        right = _MORE[name] * (number + 1)
        while value != right:
            if monotonic() > acknowledged + PATIENCE:
                raise RuntimeError(f"{name}: {value}, which should be {right}")
            status, said = posted(connection, key, "/v1/kpis/query", _ASKED[name])
            if status >= 300:
                raise RuntimeError(str(said))
            tries, value = tries + 1, said["value"]
        found[name].append((tries == 1, monotonic() - begun))


def _batch(number: int) -> Mapping[str, Any]:
    """Of people who never came before."""
    begins = _DAY + timedelta(seconds=number)
    return {
        "batch": [
            {
                "type": "track",
                "messageId": f"probe-{number}-{person}-{n}",
                "userId": f"prober-{number}-{person}",
                "event": "Order Completed",
                "timestamp": (begins + timedelta(seconds=n)).isoformat(),
            }
            for person in range(PEOPLE)
            for n in range(EACH)
        ]
    }
