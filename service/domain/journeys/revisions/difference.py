"""What a comparison of two maps answers: plain structs, encoded as they stand."""

from typing import Annotated, Any, Literal

from msgspec import Struct

from service.domain.answers import told

Part = Literal["journey", "stage", "step", "transition"]


class Difference(Struct, frozen=True, gc=False):
    """One difference between two states of a map."""

    change: Annotated[
        Literal["added", "removed", "moved", "renamed", "changed"],
        told("What was done.", "changed"),
    ]
    part: Annotated[
        Part,
        told("To which kind of part of the map.", "step"),
    ]
    key: Annotated[
        str | None,
        told(
            "Of the stage or step; of a transition `from/to/kind`; null for the journey itself.",
            "call-the-adviser",
        ),
    ]
    field: Annotated[
        str | None,
        told(
            "The member that differs. Of what moved: `order`, or `stage` where a step went to"
            " another. Null for what was added or removed.",
            "emotion",
        ),
    ] = None
    before: Annotated[
        Any,
        told(
            "The member's value in `base`; of what moved, its stage and the key it stood behind;"
            " of what was removed, the part. Null: there was none.",
            0.5,
        ),
    ] = None
    after: Annotated[Any, told("The same in `with`.", -1.5)] = None


class Unmatched(Struct, frozen=True, gc=False):
    """A part of one of two different maps that the other has no counterpart for, by key."""

    side: Annotated[Literal["base", "with"], told("Of which of the two maps.", "base")]
    part: Annotated[Literal["stage", "step"], told("Of which kind.", "step")]
    key: Annotated[str, told("By which it was looked for.", "ask-a-friend")]
    name: Annotated[str, told("How people read it.", "Ask a friend")]


class Compared(Struct, frozen=True, gc=False):
    """One of the two states of a map that were compared."""

    journey_id: Annotated[str, told("Whose state it is.", "0198c7f0-0000-7000-8000-000000000040")]
    title: Annotated[str, told("As the map was called then.", "Finding a financial adviser")]
    revision: Annotated[
        str | int, told("The revision's number, or `draft` for the map as it is now.", 3)
    ]
    version: Annotated[int, told("The version that the map had then.", 12)]


class Comparison(Struct, frozen=True, gc=False, rename={"other": "with"}):
    """What differs between two states of a map, or of two maps, by stage, step, field and order."""

    base: Annotated[Compared, told("What was compared.")]
    other: Annotated[Compared, told("With what: `after` is of this one.")]
    items: Annotated[
        list[Difference],
        told("The differences: of the journey, then its stages, steps and transitions."),
    ]
    unmatched: Annotated[
        list[Unmatched],
        told("Of two different maps: stages and steps without a counterpart.", []),
    ]
