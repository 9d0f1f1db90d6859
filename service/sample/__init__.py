"""The sample workspace: four stories, told in profiles, personas, touchpoints, maps and content.

A couple near retirement looks for an adviser; three people of one firm buy software; a runner buys
shoes on the phone; a bank answers stage by stage, answers a pain found in data, and treats three
micro-segments each in its own way; and what the adviser plans to do. One file tells one story in
bodies as callers would send them, with the ids they get, so that one body can name another. People
and figures are made up.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from service.domain import audiences, evidence, journeys, plans
from service.domain.inputs import checked
from service.domain.resources import Resource
from service.domain.work import Work

WORKSPACE = UUID("0198c7f0-0000-7000-8000-000000000001")
"""Always the same, so that it is known whether the sample was ever loaded."""
JOURNEY = UUID("0198c7f0-0000-7000-8000-000000000040")
"""The map that a newcomer is shown first: the couple's."""

STORIES = ("adviser", "software", "shop", "banks", "plans")
# In this order: each kind names those before it.
_KINDS: dict[str, Resource] = {
    "profiles": audiences.PROFILES,
    "personas": audiences.PERSONAS,
    "touchpoints": journeys.TOUCHPOINTS,
    "journeys": journeys.JOURNEYS,
    "content": evidence.CONTENT,
    "actions": plans.ACTIONS,
    "reviews": plans.REVIEWS,
    "comments": plans.COMMENTS,
}
_FOLDER = Path(__file__).parent


def told(story: str) -> dict[str, list[dict[str, Any]]]:
    """The bodies of one story, by kind; within a kind none names a later one."""
    found: dict[str, list[dict[str, Any]]] = msgspec.json.decode(
        (_FOLDER / f"{story}.json").read_bytes()
    )
    return found


async def load(work: Work) -> None:
    """Write the sample into the work's workspace, which must not have it yet."""
    for story in STORIES:
        bodies = told(story)
        for kind, resource in _KINDS.items():
            for body in bodies.get(kind, ()):
                await resource.create(work, checked(resource.new, body), UUID(body["id"]))
