"""What was not taken of a message that counts, as a message of its own.

It has no `messageId`, so what it says decides what it is: mended and put through again it is taken
beside the message that it came from, and once.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from service.domain.errors import Problem
from service.domain.events.message import Message, Refused

NAMED = 10
"""Problems that are told in words, of one message."""


def rest(message: Message, traits: Mapping[str, Any], problems: Sequence[Problem]) -> Refused:
    """These traits, of the same person or group at the same time, and why they were refused."""
    said = {
        "type": message.type,
        "timestamp": message.timestamp.isoformat(),
        "userId": message.user_id,
        "anonymousId": message.anonymous_id if message.user_id is None else None,
        "groupId": message.group_id,
    }
    members = {name: value for name, value in said.items() if value is not None}
    raw = msgspec.json.encode({**members, "traits": traits}, order="deterministic")
    detail = "; ".join(f"{one.pointer} {one.detail}" for one in problems[:NAMED])
    return Refused(raw, problems[0].code, detail, problems[0].pointer, message.type)
