"""A steady load: so many batches a second, each sent when its time has come."""

import json
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection
from statistics import median
from typing import Any, NamedTuple

from benchmarks.ingest.messages import NAMES

SIZE = 100
CONNECTIONS = 8
USERS = 5_000
_CHANNELS = ("web", "mail", "ad", "social")
_HEAD = {"Content-Type": "application/json"}


class Steady(NamedTuple):
    """What is sent: batches for workspaces in turn, by their keys, so many events a second."""

    port: int
    keys: Sequence[str]
    events_a_second: float
    seconds: float


class Sent(NamedTuple):
    """What came of it: events a second, and seconds to the answer, in the middle and at most."""

    rate: float
    middle: float
    most: float


def send(load: Steady) -> Sent:
    """Send it. Raises `RuntimeError` where a batch is refused."""
    every = SIZE * CONNECTIONS / load.events_a_second
    begun, latencies = time.monotonic(), list[float]()
    failed: list[str] = []

    def one(place: int) -> None:
        connection = HTTPConnection("127.0.0.1", load.port)
        number, due = place, begun + every * place / CONNECTIONS
        while due < begun + load.seconds and not failed:
            time.sleep(max(0.0, due - time.monotonic()))
            sent = time.monotonic()
            status, said = posted(
                connection, load.keys[number % len(load.keys)], "/v1/batch", batch(number)
            )
            latencies.append(time.monotonic() - sent)
            if status >= 300:
                failed.append(str(said))
            number, due = number + CONNECTIONS, due + every

    threads = [threading.Thread(target=one, args=(place,)) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(failed[0])
    rate = len(latencies) * SIZE / (time.monotonic() - begun)
    return Sent(rate, median(latencies), max(latencies))


def posted(connection: HTTPConnection, key: str, path: str, body: Any) -> tuple[int, Any]:
    """One request's status and answer."""
    head = {**_HEAD, "Authorization": f"Bearer {key}"}
    connection.request("POST", path, json.dumps(body), head)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def batch(number: int) -> Mapping[str, Any]:
    """Events as they happen: a page or so of each of many people."""
    now = datetime.now(UTC).isoformat()
    return {"batch": [_message(number * SIZE + n, now) for n in range(SIZE)]}


def _message(number: int, now: str) -> Mapping[str, Any]:
    mixed = number * 2_654_435_761 % (1 << 32)
    return {
        "type": "track",
        "messageId": f"steady-{number}",
        "userId": f"user-{mixed % USERS}",
        "event": NAMES[mixed % len(NAMES)],
        "timestamp": now,
        "properties": {
            "value": mixed % 100,
            "touchpoint": f"touchpoint-{mixed % 40}",
            "channel": _CHANNELS[mixed % len(_CHANNELS)],
        },
    }
