"""What callers send to copy a map."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from service.domain.inputs import Input, Line, Slug
from service.domain.words import Meaning, told

MOST_AXES = 20
MOST_COPIES = 50
"""Maps that one call makes."""

CopyAs = Annotated[
    Literal["variant", "to_be", "copy"],
    Meaning(
        "What a copy is to the map it is made from.",
        {
            "variant": "The same journey for another kind of client, or by another channel.",
            "to_be": "What the journey shall become; the map it is made from is its as-is map.",
            "copy": "Another map, to be changed at will.",
        },
        "CopyAs",
    ),
]
CopyInclude = Annotated[
    Literal["bindings", "evidence", "actions"],
    Meaning(
        "What goes along with a copy.",
        {
            "bindings": "Which real events its steps are.",
            "evidence": "Findings about a part of the map are about the same part of the copy too.",
            "actions": "Actions for a part of the map are for the same part of the copy too.",
        },
        "CopyInclude",
    ),
]


class CopyOrder(Input):
    """A copy of a map, or a matrix of its variants. Keys of stages and steps stay."""

    shown_only = frozenset()
    as_: Annotated[CopyAs, Field(alias="as"), told("What it is to the map.", "variant")]
    axes: Annotated[
        Annotated[dict[Slug, Slug], Field(max_length=MOST_AXES)],
        told("Of a variant: in what it varies, axis to value.", {"client_type": "retired"}),
    ] = Field(default_factory=dict)
    matrix: Annotated[
        Annotated[
            dict[Slug, Annotated[list[Slug], Field(min_length=1, max_length=MOST_COPIES)]],
            Field(max_length=MOST_AXES),
        ],
        told(
            f"A variant for each combination of these values, at most {MOST_COPIES}, all or none.",
            {"client_type": ["near retirement", "retired"], "channel": ["online", "branch"]},
        ),
    ] = Field(default_factory=dict)
    persona_ids: Annotated[
        Annotated[list[UUID], Field(max_length=50)] | None,
        told(
            "Whose journey it is; null: the same people's. Ratings of others are left out.",
            ["0198c7f0-0000-7000-8000-000000000020"],
        ),
    ] = None
    title: Annotated[
        Line | None,
        told("Of the copy; null: made of the map's. In a matrix the values follow it.", "Retired"),
    ] = None
    include: Annotated[
        Annotated[list[CopyInclude], Field(max_length=3)],
        told("What goes along; by default nothing but the map.", ["evidence"]),
    ] = Field(default_factory=list)
