"""What callers say of two contacts that are one person."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from service.domain.contacts.traits import Rule
from service.domain.inputs import Input, storable
from service.domain.paging import ListQuery
from service.domain.words import Meaning, told

_WINNER = "0198c7f0-0000-7000-8000-0000000000d0"
_LOSER = "0198c7f0-0000-7000-8000-0000000000d1"
TraitRule = Annotated[
    Rule,
    Meaning(
        "Whose trait is shown, of two contacts that both have it.",
        {
            "winner": "The winner's.",
            "loser": "The loser's.",
            "newest": "One that a server key set before a public one, then the one set last.",
        },
        "TraitRule",
    ),
]
TraitRules = Annotated[
    dict[Annotated[str, AfterValidator(storable), Field(min_length=1, max_length=64)], TraitRule],
    Field(max_length=200),
]


class NewMerge(Input):
    """Two contacts that are one person."""

    shown_only = frozenset()
    winner_id: Annotated[UUID, told("The contact that stays.", _WINNER)]
    loser_id: Annotated[UUID, told("The contact that is shown as the winner from now on.", _LOSER)]
    rules: Annotated[
        TraitRules, told("Whose trait is shown, by trait.", {"email": "loser", "plan": "newest"})
    ] = Field(default_factory=dict)
    default: Annotated[TraitRule, told("Whose, of any other trait.", "winner")] = "winner"


class MergeList(ListQuery):
    """Merges by whom they concern."""

    winner_id: Annotated[UUID | None, told("Those into this contact.", _WINNER)] = None
    loser_id: Annotated[UUID | None, told("Those of this contact into others.", _LOSER)] = None
