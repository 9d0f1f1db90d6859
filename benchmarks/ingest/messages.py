"""The messages that all contestants take."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks.load import SERIAL
from service.domain import contacts

USERS = 1_000
"""Contacts of each workspace, all known before: most events come from people seen before."""
NAMES = ("Page Viewed", "Offer Seen", "Offer Clicked", "Signup Begun", "Order Completed")
_BEGINNING = datetime(2026, 5, 1, tzinfo=UTC)


def user(number: int) -> str:
    """What a workspace calls one of its people."""
    return f"user-{number:05}"


def who(workspace_id: UUID, number: int) -> UUID:
    """What the service knows that person's events by."""
    return contacts.identity(workspace_id, contacts.USER, user(number))


MONTH = timedelta(days=28)


def batch(size: int, seed: int, within: timedelta = MONTH) -> dict[str, Any]:
    """A body of the tracking protocol, of any time in a span; every send of it holds messages of
    its own."""
    chance = random.Random(seed)
    return {
        "batch": [_message(chance, seed, number, within) for number in range(size)],
        "sentAt": None,
    }


def _message(chance: random.Random, seed: int, number: int, within: timedelta) -> dict[str, Any]:
    at = _BEGINNING + timedelta(milliseconds=chance.randrange(within // timedelta(milliseconds=1)))
    return {
        "type": "track",
        "messageId": f"{SERIAL.decode()}-{seed}-{number}",
        "userId": user(chance.randrange(USERS)),
        "event": chance.choice(NAMES),
        "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "properties": {
            "value": chance.randrange(100),
            "reference": f"r{chance.randrange(17)}",
            "touchpoint": f"touchpoint-{chance.randrange(40)}",
            "device": chance.choice(("mobile", "desktop")),
        },
        "context": {"locale": "en-GB", "library": {"name": "benchmark", "version": "1"}},
    }
