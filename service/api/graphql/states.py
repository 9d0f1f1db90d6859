"""The state of a map that a field is asked of: its draft, or one of its revisions."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

import strawberry

from service.domain import journeys
from service.domain.errors import Invalid, Problem
from service.domain.journeys import Reference
from service.domain.work import Work

STATE = "a revision's number, `published`, `draft`, a day or an instant"
Revision = Annotated[
    str | None, strawberry.argument(description=f"Of which state of the map: {STATE}.")
]
"""The argument of a field that can be asked of a revision."""
Asked = tuple[UUID, Hashable]
"""A map, and what is the same for all maps that are read together: its state, perhaps more."""


def state(name: Any, at: str = "/revision") -> Reference:
    """The state of a map that an argument names; not given: the draft. Raises `Invalid`."""
    found = journeys.reference(name) if isinstance(name, str) else journeys.AS_IT_IS
    if found is None:
        raise Invalid([Problem(at, "revision", "names no state of a map")])
    return found


async def together(
    work: Work,
    asked: Sequence[Asked],
    load: Callable[[Work, Sequence[UUID], Any], Awaitable[Mapping[UUID, Any]]],
) -> list[Any]:
    """For each what `load` answers: as often as operations name states, whatever the number of
    maps.
    """
    alike: defaultdict[Hashable, list[UUID]] = defaultdict(list)
    for which, how in asked:
        alike[how].append(which)
    found: dict[Asked, Any] = {}
    for how, ids in alike.items():
        answers = await load(work, ids, how)
        found |= {(which, how): one for which, one in answers.items()}
    return [found.get(one) for one in asked]
