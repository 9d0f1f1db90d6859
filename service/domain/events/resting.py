"""What was not taken of a message that counts, as a message of its own.

It has no `messageId`, so what it says decides what it is: put through again it is taken beside the
message that it came from, and once. Values of sensitive traits are kept in none.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from service.domain.errors import Problem, pointer
from service.domain.events.message import Message, Refused
from service.domain.events.withholding import NOT_KEPT

NOTHING_LEFT = Problem(
    "/traits",
    "value_not_kept",
    "says nothing: values of sensitive traits are not kept, and have to be sent again",
)
"""Of a rest that holds nothing any more."""
NAMED = 10
"""Problems that are told in words, of one message."""


def rest(
    message: Message,
    traits: Mapping[str, Any],
    problems: Sequence[Problem],
    lost: Collection[str] = (),
) -> Refused:
    """These traits, of the same person or group at the same time, and why they were refused; and
    the names of those that are `lost`, because their values may not be kept.
    """
    said = {
        "type": message.type,
        "timestamp": message.timestamp.isoformat(),
        "userId": message.user_id,
        "anonymousId": message.anonymous_id if message.user_id is None else None,
        "groupId": message.group_id,
    }
    members = {name: value for name, value in said.items() if value is not None}
    raw = msgspec.json.encode({**members, "traits": traits}, order="deterministic")
    problems = _from_outside(problems, lost)
    why = [f"{one.pointer} {one.detail}".strip() for one in problems[:NAMED]]
    if gone := ", ".join(sorted(lost)):
        why.append(NOT_KEPT + gone)
    return Refused(
        raw,
        problems[0].code,
        "; ".join(why),
        problems[0].pointer or None,
        message.type,
        rest=True,
        rest_of=message.rest_of,
    )


def _from_outside(problems: Sequence[Problem], lost: Collection[str]) -> Sequence[Problem]:
    """The problems, without pointers into what is lost: they tell names that stand in it."""
    whole = [f"/traits{pointer(name)}" for name in lost]
    within = tuple(f"{at}/" for at in whole)
    if outside := [one for one in problems if not one.pointer.startswith(within)]:
        return outside
    at = next(at for at in whole if problems[0].pointer.startswith(f"{at}/"))
    return [replace(problems[0], pointer=at)]
