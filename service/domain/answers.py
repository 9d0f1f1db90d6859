"""What the members of computed answers mean, told as `words.told` tells it of what callers send."""

from typing import Any

from msgspec import Meta


def told(description: str, *examples: Any) -> Meta:
    """What a member means, and what it may look like; the first example stands for it."""
    return Meta(description=description, examples=list(examples) or None)
