"""What a comparison of two maps answers: plain structs, encoded as they stand."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Part = Literal["journey", "stage", "step", "transition"]


def _told(description: str, *examples: Any) -> Meta:
    """What a member means, and what it may look like; the first example stands for it."""
    return Meta(description=description, examples=list(examples) or None)


class Difference(Struct, frozen=True, gc=False):
    """One difference between two states of a map."""

    change: Annotated[
        Literal["added", "removed", "moved", "renamed", "changed"],
        _told("What was done.", "changed"),
    ]
    part: Annotated[
        Part,
        _told("To which kind of part of the map.", "step"),
    ]
    key: Annotated[
        str | None,
        _told(
            "Of the stage or step; of a transition `from/to/kind`; null for the journey itself.",
            "call-the-adviser",
        ),
    ]
    field: Annotated[
        str | None,
        _told(
            "The member that differs. Of what moved: `order`, or `stage` where a step went to"
            " another. Null for what was added or removed.",
            "emotion",
        ),
    ] = None
    before: Annotated[
        Any,
        _told(
            "The member's value in `base`; of what moved, its stage and the key it stood behind;"
            " of what was removed, the part. Null: there was none.",
            0.5,
        ),
    ] = None
    after: Annotated[Any, _told("The same in `with`.", -1.5)] = None


class Unmatched(Struct, frozen=True, gc=False):
    """A part of one of two different maps that the other has no counterpart for, by key."""

    side: Annotated[Literal["base", "with"], _told("Of which of the two maps.", "base")]
    part: Annotated[Literal["stage", "step"], _told("Of which kind.", "step")]
    key: Annotated[str, _told("By which it was looked for.", "ask-a-friend")]
    name: Annotated[str, _told("How people read it.", "Ask a friend")]


class Compared(Struct, frozen=True, gc=False):
    """One of the two states of a map that were compared."""

    journey_id: Annotated[str, _told("Whose state it is.", "0198c7f0-0000-7000-8000-000000000040")]
    title: Annotated[str, _told("As the map was called then.", "Finding a financial adviser")]
    revision: Annotated[
        str | int, _told("The revision's number, or `draft` for the map as it is now.", 3)
    ]
    version: Annotated[int, _told("The version that the map had then.", 12)]


class Comparison(Struct, frozen=True, gc=False, rename={"other": "with"}):
    """What differs between two states of a map, or of two maps, by stage, step, field and order."""

    base: Annotated[Compared, _told("What was compared.")]
    other: Annotated[Compared, _told("With what: `after` is of this one.")]
    items: Annotated[
        list[Difference],
        _told("The differences: of the journey, then its stages, steps and transitions."),
    ]
    unmatched: Annotated[
        list[Unmatched],
        _told("Of two different maps: stages and steps without a counterpart.", []),
    ]
