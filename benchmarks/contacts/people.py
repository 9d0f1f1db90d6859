"""The contacts that all contestants take."""

import random
from typing import Any, NamedTuple

from benchmarks.load import SERIAL

SIZE = 1_000
"""Contacts of each workspace that are known before, and contacts in one call."""
_PLANS = ("basic", "silver", "gold")
_TOWNS = ("Graz", "Porto", "Ghent", "Turku", "Cork")


class Case(NamedTuple):
    """What one call sends: people known or not, with something that no other call says or not."""

    name: str
    known: bool
    changed: bool


CASES = (
    Case("all new", known=False, changed=True),
    Case("all known, one trait changed", known=True, changed=True),
    Case("all known, nothing changed", known=True, changed=False),
)


def batch(case: Case, seed: int) -> dict[str, Any]:
    """A body of `POST /v1/contacts/batch/upsert`, with a serial where each send shall differ."""
    chance = random.Random(seed)
    return {"items": [_contact(chance, number, case) for number in range(SIZE)]}


def _contact(chance: random.Random, number: int, case: Case) -> dict[str, Any]:
    serial = SERIAL.decode()
    name = f"{number:05}" if case.known else f"{serial}-{number:05}"
    return {
        "identifiers": [
            {"source": "crm", "value": f"crm-{name}"},
            {"source": "email", "value": f"person-{name}@example.org"},
        ],
        "traits": {
            "name": f"Person {number:05}",
            "email": f"person-{name}@example.org",
            "plan": chance.choice(_PLANS),
            "town": chance.choice(_TOWNS),
            "orders": chance.randrange(40),
            "newsletter": chance.random() < 0.5,
            "last_seen": serial if case.changed else "today",
        },
    }
