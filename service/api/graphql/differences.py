"""What differs between two states of a map, or between two maps."""

from typing import Any, get_args

import strawberry

from service.api.edge import EdgeOf
from service.api.graphql import context, ids, mirroring
from service.api.graphql.declaring import Argument, optional, resolving
from service.api.graphql.scalars import Json, Uuid
from service.domain import journeys
from service.domain.errors import Invalid, Problem
from service.domain.journeys import Difference
from service.domain.words import Meaning

_STATES = (
    "`published`, `draft`, `revision:<number>`, `at:<day or instant>`, or another map as it is now:"
    " `journey:<id>`."
)
_CHANGES = Meaning(
    "What was done to a part of a map.",
    {
        "added": "It came.",
        "removed": "It went.",
        "moved": "It stands elsewhere.",
        "renamed": "It is called otherwise.",
        "changed": "One of its members is another.",
    },
)
_PARTS = Meaning(
    "A kind of part of a map.",
    {
        "journey": "The map itself.",
        "stage": "One of its phases.",
        "step": "What somebody does in a stage.",
        "transition": "An edge between two steps.",
    },
)
_SIDES = Meaning("One of two maps.", {"base": "The one before.", "with": "The one after."})
DiffChange: Any = mirroring.enumeration(tuple(_CHANGES.values), "DiffChange", _CHANGES)
DiffPart: Any = mirroring.enumeration(get_args(journeys.Part), "DiffPart", _PARTS)
DiffSide: Any = mirroring.enumeration(tuple(_SIDES.values), "DiffSide", _SIDES)


@strawberry.type(description="One of the two states of a map that were compared.")
class DiffState:
    """As REST tells it."""

    journey_id: Uuid = strawberry.field(description="The id in REST of the map.")
    title: str = strawberry.field(description="As the map was called then.")
    revision: str = strawberry.field(description="The revision's number, or `draft`.")
    version: int = strawberry.field(description="The version that the map had then.")


@strawberry.type(description="One difference between two states of a map.")
class DiffItem:
    """As REST tells it."""

    change = strawberry.field(description="What was done.", graphql_type=DiffChange)
    part = strawberry.field(description="To which kind of part.", graphql_type=DiffPart)
    key: str | None = strawberry.field(
        description="Of the stage or step; of a transition `from/to/kind`; null for the journey."
    )
    field: str | None = strawberry.field(
        description="The member that differs, by its REST name; of what moved `order` or `stage`."
    )
    before: Json | None = strawberry.field(description="The value in `base`, as REST shows it.")
    after: Json | None = strawberry.field(description="The value in `with`, as REST shows it.")


@strawberry.type(description="A part of one of two maps that the other has no counterpart for.")
class DiffUnmatched:
    """As REST tells it."""

    side = strawberry.field(description="Of which of the two maps.", graphql_type=DiffSide)
    part = strawberry.field(description="Of which kind.", graphql_type=DiffPart)
    key: str = strawberry.field(description="By which it was looked for.")
    name: str = strawberry.field(description="How people read it.")


@strawberry.type(description="What differs between two states of a map, or between two maps.")
class JourneyDiff:
    """As REST tells it."""

    base: DiffState = strawberry.field(description="What was compared.")
    other: DiffState = strawberry.field(description="With what.", name="with")
    items: list[DiffItem] = strawberry.field(
        description="The differences: of the journey, its stages, steps and transitions."
    )
    unmatched: list[DiffUnmatched] = strawberry.field(
        description="Of two different maps: what has no counterpart."
    )


async def _diff(info: Any, id: str, base: str = "published", **other: str) -> Any:
    which = ids.plain_id(id, "Journey", "/id")
    places = [_place(base, "/base"), _place(other.get("with_", "draft"), "/with")]
    states = await context.of(info).read(lambda work: journeys.both(work, which, *places))
    found = await EdgeOf.aside(journeys.comparison, states)
    context.of(info).spends(sum(map(_size, found.items)))
    return found


def _size(item: Difference) -> int:
    return len(repr((item.before, item.after)))


def _place(name: str, at: str) -> journeys.Place:
    kind, _, rest = name.partition(":")
    found = journeys.place(f"journey:{ids.plain(rest)}" if kind == "journey" else name)
    if found is None:
        raise Invalid([Problem(at, "revision", "names no state of a map")])
    return found


QUERIES = [
    resolving(
        "journey_diff",
        _diff,
        JourneyDiff | None,
        "What differs between two states of a map, or between two maps, by key.",
        [
            Argument("id", strawberry.ID, "Of the journey."),
            optional("base", str, f"{_STATES} By default `published`."),
            optional("with_", str, f"{_STATES} By default `draft`."),
        ],
        times=40,
    ),
]
