"""What was not taken of a message that counts, as a message of its own.

It has no `messageId`, so what it says decides what it is: put through again it is taken beside the
message that it came from, and once. Values that lack a grant are kept nowhere.
"""

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

import msgspec
from msgspec import Raw

from service.domain.errors import Problem, pointer
from service.domain.events.message import Message, Refused

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
    # A pointer into a value tells names that stand in it.
    within = tuple(f"/traits{pointer(name)}/" for name in lost)
    problems = [one for one in problems if not one.pointer.startswith(within)]
    why = [f"{one.pointer} {one.detail}".strip() for one in problems[:NAMED]]
    if gone := ", ".join(sorted(lost)):
        why.append(f"the values of these were not kept, and have to be sent again: {gone}")
    return Refused(
        raw,
        problems[0].code,
        "; ".join(why),
        problems[0].pointer or None,
        message.type,
        rest=True,
        rest_of=message.rest_of,
    )


def leaving_out(raw: bytes, names: Set[str]) -> bytes:
    """A message, or what its batch says of all as `context`, without traits of these names."""
    if raw.lstrip()[:1] != b"{":
        return raw
    members = msgspec.json.decode(raw, type=dict[str, Raw])
    if (traits := bytes(members.get("traits", b"")))[:1] == b"{":
        told = msgspec.json.decode(traits, type=dict[str, Raw])
        kept = {name: value for name, value in told.items() if name not in names}
        members["traits"] = Raw(msgspec.json.encode(kept))
    if "context" in members:
        members["context"] = Raw(leaving_out(bytes(members["context"]), names))
    return msgspec.json.encode(members)
