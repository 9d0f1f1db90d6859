"""What the tracking protocol says of people and organisations, as contacts take it."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from service.domain.errors import Problem

Said = Literal["track", "page", "screen", "identify", "group", "alias"]


NOT_JOINED, SET_BY_SERVER = "not_joined", "set_by_server"
LEFT = {
    NOT_JOINED: "Those whom it says are one stay apart: both are known.",
    SET_BY_SERVER: "Not all of it could be taken: a server key had told it.",
}
"""Why what a message tells was left as it was, by code."""


class Identified(Struct, gc=False, frozen=True):
    """One message, as far as it tells who somebody is.

    It is about `user_id`, else `anonymous_id`; an alias says that `previous_id` is the same
    person. `traits` are the person's, those of a `group` the organisation's. `at` is when it
    happened, in UTC; `public` whether it came by a public key; `passing` the names of sensitive
    traits that are told beside, and may be kept of the person or not.
    """

    kind: Said
    at: datetime
    user_id: str | None = None
    anonymous_id: str | None = None
    previous_id: str | None = None
    group_id: str | None = None
    traits: dict[str, Any] | None = None
    public: bool = False
    passing: frozenset[str] = frozenset()

    @property
    def tells_no_more(self) -> bool:
        """Whether all it needs is that the person is known."""
        return self.kind not in {"identify", "group", "alias"}


class Identities(Struct, frozen=True):
    """What came of it: how many contacts are new, changed and merged into others.

    `refused` holds, by the place of its message, what is wrong with traits, which are then left
    out, each of them named; nothing else of the message is.
    """

    created: int = 0
    changed: int = 0
    merged: int = 0
    refused: dict[int, tuple[Problem, ...]] = {}
    left: dict[int, str] = {}
    """By the place of its message, the code of what else was left as it was."""
    withheld: dict[int, frozenset[str]] = {}
    """By the place of its message, what it tells in passing and nobody may keep."""
    lost: dict[int, frozenset[str]] = {}
    """By the place of its message, the names of sensitive traits among those refused: their values
    are kept nowhere."""
