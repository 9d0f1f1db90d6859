"""How many events a key may send: a bucket of tokens for each, in this process.

A message is a token; the bucket fills at the key's rate and holds what comes in `WINDOW` seconds.
A body is let in while there is a token, and then paid for whole, so the largest is never refused
for ever; what is owed is waited for.

Answers say so by the fields of draft-ietf-httpapi-ratelimit-headers-11: `RateLimit-Policy`, the
quota and its window, and `RateLimit`, what is left and the seconds until all of it is there again.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from uuid import UUID

from service.domain.errors import RateLimited
from service.domain.work import Caller
from service.settings import Settings

WINDOW = 10
"""Seconds of its rate that a key may save up."""
LONGEST_WAIT = 300
"""Seconds after which clients that are told so come again; of a longer wait they may not."""
REMEMBERED = 10_000
"""Keys whose buckets one process keeps; whose is forgotten has a full one."""


class _Bucket:
    __slots__ = ("at", "left")

    def __init__(self, left: float, at: float) -> None:
        self.left = left
        self.at = at


class Rates:
    """The buckets of this process."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._rates = {False: settings.event_rate, True: settings.public_event_rate}
        self._clock = clock
        self._buckets: OrderedDict[UUID | None, _Bucket] = OrderedDict()

    def admit(self, caller: Caller) -> None:
        """Let a body of this caller's in. Raises `RateLimited` while nothing is left."""
        if (wait := self.wait(caller)) > 0:
            rate = self._rates[caller.public]
            seconds = min(LONGEST_WAIT, max(1, ceil(wait)))
            raise RateLimited(f"This key sends more than {rate} events a second.", seconds)

    def wait(self, caller: Caller) -> float:
        """Seconds until a body of this caller's is let in; 0: now."""
        return max(0.0, (1 - self._filled(caller).left) / self._rates[caller.public])

    def spend(self, caller: Caller, messages: int) -> None:
        """Pay for what a body held."""
        self._filled(caller).left -= messages

    def headers(self, caller: Caller) -> list[tuple[bytes, bytes]]:
        """What an answer says of the caller's rate."""
        rate, left = self._rates[caller.public], self._filled(caller).left
        full = rate * WINDOW
        refilled = ceil((full - left) / rate)
        return [
            (b"ratelimit-policy", b'"events";q=%d;w=%d' % (full, WINDOW)),
            (b"ratelimit", b'"events";r=%d;t=%d' % (max(0, int(left)), refilled)),
        ]

    def _filled(self, caller: Caller) -> _Bucket:
        rate, now = self._rates[caller.public], self._clock()
        bucket = self._buckets.get(caller.key_id)
        if bucket is None:
            if len(self._buckets) >= REMEMBERED:
                self._buckets.popitem(last=False)
            bucket = self._buckets[caller.key_id] = _Bucket(rate * WINDOW, now)
        bucket.left = min(rate * WINDOW, bucket.left + (now - bucket.at) * rate)
        bucket.at = now
        self._buckets.move_to_end(caller.key_id)
        return bucket
