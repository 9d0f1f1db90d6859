"""What the members of computed answers mean, told as `words.told` tells it of what callers send."""

from typing import Any

from msgspec import Meta


def told(description: str, *examples: Any) -> Meta:
    """What a member means, and what it may look like; the first example stands for it."""
    return Meta(description=description, examples=list(examples) or None)


SMALL_CELL = "small_cell"
"""The reason of what is not told since a count under the workspace's limit would be."""


class Count:
    """Marks a member that is a count: null where it is too small to be told."""


class Follows(tuple[str, ...]):
    """Marks a member that goes with others of the same struct: with counts that are not told, and
    with structs in which something is not."""


COUNT = Count()


def follows(*members: str) -> Follows:
    """Goes with these."""
    return Follows(members)
