"""How callers name the state of a map: its draft, a revision by number, or the one of an instant.

Pure.
"""

import re
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

DRAFT, PUBLISHED = "draft", "published"
MOST = 2**31 - 1
"""The highest number that a revision can have."""
_NUMBER = re.compile(r"(?:revision:)?([0-9]{1,10})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Reference(NamedTuple):
    """A state of a map: of its revisions a `number`, the one in force `at` an instant, or the last
    that was `published`; its draft where none of these is given.
    """

    number: int | None = None
    at: datetime | None = None
    published: bool = False

    @property
    def is_draft(self) -> bool:
        """Whether it is the map as it is now."""
        return self == AS_IT_IS


AS_IT_IS = Reference()
"""The map as it is now: its draft."""


class Place(NamedTuple):
    """A state of a map, perhaps of another map: `journey_id` None is the map that is asked."""

    reference: Reference = Reference()
    journey_id: UUID | None = None


def reference(text: str) -> Reference | None:
    """What `draft`, `published`, `3`, `revision:3`, a day or an instant names; None: nothing.

    A day is its beginning in UTC; `at:` may stand before a day or an instant.
    """
    text = text.strip()
    if text in (DRAFT, PUBLISHED):
        return Reference(published=text == PUBLISHED)
    if number := _NUMBER.fullmatch(text):
        found = int(number[1])
        return Reference(number=found) if 0 < found <= MOST else None
    instant = _instant(text.removeprefix("at:"))
    return None if instant is None else Reference(at=instant)


def state_named(name: str | None) -> Reference:
    """What a name that was checked names; None: the draft."""
    found = AS_IT_IS if name is None else reference(name)
    if found is None:
        raise AssertionError("a checked name names a state")
    return found


def place(text: str) -> Place | None:
    """The same, or the draft of another map: `journey:<id>`."""
    kind, _, which = text.strip().partition(":")
    if kind == "journey":
        try:
            return Place(journey_id=UUID(which))
        except ValueError:
            return None
    found = reference(text)
    return None if found is None else Place(found)


def _instant(text: str) -> datetime | None:
    if not _DAY.match(text):
        return None
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        # A plus sign that nobody encoded arrives as a space.
        found = datetime.fromisoformat(text.replace(" ", "+"))
        return None if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_id(text: str) -> bool:
    """Whether a text is the id of a row."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
