"""The sample workspace: one profile, two personas, touchpoints, and a map that shows a curve.

The files beside this one hold bodies as callers would send them, with the ids they get, so that
one body can name another.
"""

from pathlib import Path
from uuid import UUID

import msgspec

from service.domain import audiences, journeys
from service.domain.inputs import checked
from service.domain.resources import Resource
from service.domain.work import Work

WORKSPACE = UUID("0198c7f0-0000-7000-8000-000000000001")
"""Always the same, so that it is known whether the sample was ever loaded."""
JOURNEY = UUID("0198c7f0-0000-7000-8000-000000000040")
"""The sample's map."""

_FOLDER = Path(__file__).parent
_KINDS: dict[str, Resource] = {
    "profiles": audiences.PROFILES,
    "personas": audiences.PERSONAS,
    "touchpoints": journeys.TOUCHPOINTS,
    "journeys": journeys.JOURNEYS,
}


async def load(work: Work) -> None:
    """Write the sample into the work's workspace, which must not have it yet."""
    for name, resource in _KINDS.items():  # in this order: each kind names those before it
        for body in msgspec.json.decode((_FOLDER / f"{name}.json").read_bytes()):
            await resource.create(work, checked(resource.new, body), UUID(body["id"]))
