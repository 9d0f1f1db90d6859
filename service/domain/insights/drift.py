"""How far a persona is from the real contacts of its profile.

A figure is held against the median and the quartiles of what contacts have (`percentile_cont`): it
has drifted when it lies outside the middle half; a range, when it does not touch that. A word has
when under a tenth of those who have the trait have that word.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import UNSET, Struct, UnsetType

from service.domain.answers import told
from service.domain.insights.emotion_curve import Id
from service.domain.reasons import Explained
from service.domain.shares import Proportion, proportion

LEAST_SHARE = 0.1
"""Held by fewer, a word stands for few of them."""
_NOBODY = "no_such_trait"


class DriftDefinition(Struct, frozen=True, gc=False):
    """Against whom a persona is held."""

    profile_id: Annotated[Id, told("Whose members.", "0198c7f0-0000-7000-8000-000000000010")]
    middle: Annotated[
        tuple[float, float],
        told("The percentiles between which a figure should lie.", [0.25, 0.75]),
    ] = (0.25, 0.75)
    least_share: Annotated[float, told("The share by which a word should be held.", 0.1)] = (
        LEAST_SHARE
    )
    purpose: Annotated[str, told("For which purpose contacts may be used.", "analytics")] = (
        "analytics"
    )


class AttributeDrift(Explained, frozen=True, gc=False):
    """One attribute against the traits of contacts."""

    attribute: Annotated[str, told("What the persona, or its profile, says.", "age")]
    traits: Annotated[list[str], told("The traits looked at, the first there is.", ["age"])]
    kind: Annotated[Literal["numeric", "categorical"], told("How it is compared.", "numeric")]
    value: Annotated[Any, told("What the persona says.", 61)]
    contacts: Annotated[int, told("How many members have the trait, of its type.", 40)]
    missing: Annotated[int, told("How many have not.", 2)]
    low: Annotated[float | None, told("The first quartile; null: not numeric, or nobody.", 55)]
    median: Annotated[float | None, told("The median; null likewise.", 60)]
    high: Annotated[float | None, told("The third quartile; null likewise.", 66)]
    share: Annotated[
        Proportion | None, told("Of those who have the trait, who have this; null: numeric.")
    ]
    mismatch: Annotated[
        bool | None,
        told("Outside the middle half, or held by too few; null: nobody has it.", False),
    ]
    reason: Annotated[str | UnsetType, told("Why it is null; else absent.", _NOBODY)] = UNSET


class PersonaDrift(Struct, frozen=True, gc=False):
    """A persona against the contacts that are members of its profile."""

    definition: Annotated[DriftDefinition, told("Against whom it was held.")]
    contacts: Annotated[int, told("How many members there are.", 42)]
    items: Annotated[
        list[AttributeDrift],
        told("Attributes that contacts have a trait for; sensitive ones are compared with nobody."),
    ]
    mismatches: Annotated[int, told("How many have drifted.", 1)]
    excluded: Annotated[
        list["DriftExclusion"],
        told("Contacts that were left out, and members of whom it is unknown."),
    ]


class DriftExclusion(Struct, frozen=True, gc=False):
    """How many contacts were left out, and why."""

    reason: Annotated[
        str,
        told("As of membership, and `unknown_membership`: who may be a member.", "test"),
    ]
    count: Annotated[int, told("How many they are.", 3)]


class Compared(NamedTuple):
    """An attribute as it is compared: with figures from `low` to `high`, else by its share."""

    attribute: str
    traits: Sequence[str]
    value: Any
    is_numeric: bool
    low: float | None = None
    high: float | None = None


class Measured(Struct):
    """What members have: how many have it, the quartiles of figures, how many hold the word."""

    contacts: int
    quartiles: tuple[float, float, float] | None = None
    held: int = 0


def drift(
    profile_id: str,
    members: int,
    measured: Sequence[tuple[Compared, Measured]],
    excluded: Sequence[tuple[str, int]],
) -> PersonaDrift:
    """The drift of a persona."""
    items = [_drift(one, found, members) for one, found in measured]
    return PersonaDrift(
        DriftDefinition(profile_id),
        members,
        items,
        sum(one.mismatch is True for one in items),
        [DriftExclusion(reason, count) for reason, count in excluded if count],
    )


def _drift(one: Compared, found: Measured, members: int) -> AttributeDrift:
    low, median, high = found.quartiles or (None, None, None)
    share = None if one.is_numeric else proportion(found.held, found.contacts)
    mismatch = None
    if found.contacts and one.is_numeric and low is not None and high is not None:
        below = one.high is not None and one.high < low
        mismatch = below or (one.low is not None and one.low > high)
    elif found.contacts and share is not None and share.value is not None:
        mismatch = share.value < LEAST_SHARE
    return AttributeDrift(
        one.attribute,
        list(one.traits),
        "numeric" if one.is_numeric else "categorical",
        one.value,
        found.contacts,
        members - found.contacts,
        low,
        median,
        high,
        share,
        mismatch,
        _NOBODY if mismatch is None else UNSET,
    )
