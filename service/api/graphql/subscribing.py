"""Subscriptions as fields: what each follows, and the event that is made of what came."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from service.api.edge import EdgeOf
from service.api.graphql.context import Row
from service.api.graphql.declaring import Argument, optional, resolving

SOURCE = "source"
"""The metadata under which a field of the root says what it follows."""


@dataclass(frozen=True, slots=True)
class News:
    """A page of what came: the event that its fields read, and where to go on from."""

    event: Row
    is_empty: bool
    more: bool
    end: str | None


Read = Callable[[EdgeOf, str | None], Awaitable[News]]
"""What lies behind a place; without one nothing, and the place of now."""
Source = Callable[..., Read]
"""What is followed for a field's arguments. Raises `Invalid`."""


def subscribing(
    name: str,
    source: Source,
    returns: Any,
    description: str,
    arguments: Sequence[Argument] = (),
) -> Any:
    """A field of the root, answered anew for each piece of news."""

    async def resolve(info: Any, **_: Any) -> Any:
        return info.root_value

    field = resolving(name, resolve, returns, description, [*arguments, _AFTER])
    field.metadata = {**field.metadata, SOURCE: source}
    return field


_AFTER = optional(
    "after",
    str,
    "The `cursor` of the last event that was seen. Without it an event comes at once, in which"
    " nothing has changed, and then what changes from now on.",
)
