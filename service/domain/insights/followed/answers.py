"""What is answered of the ways that people take over a map."""

from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType

from service.domain import measures
from service.domain.answers import told
from service.domain.insights.emotion_curve import Id

_OWN = ("definition", "excluded", "reason")
FIVE = 5
"""Figures of fewer people are for those alone who may read contacts."""
JourneyId = Annotated[Id, told("Of which map.", "0198c7f0-0000-7000-8000-000000000040")]
Judging = Annotated[
    str | int,
    told(
        "Which state of the map judges events: `in_force`, each by the revision in force at its"
        " time; a revision's number; or `draft`.",
        "in_force",
    ),
]
Steps = Annotated[
    list[str],
    told("The steps that events can be at, as the newest of these states has them.", ["compare"]),
]
Nothing = Annotated[
    str | UnsetType,
    told(
        "Why counts are null; else absent. `not_bound`: nothing binds the map to events;"
        " `not_in_force`: it had no revision yet; `not_permitted`: all that happened is of people"
        " who do not count; `no_event`: nobody was at a step; `too_few_steps`: a funnel needs two;"
        " `small_cell`: too few were.",
        "no_event",
    ),
]


class JourneyTransitionsDefinition(measures.TransitionsDefinition, frozen=True, gc=False):
    """What was looked at, and how."""

    revision: Judging
    judged_steps: Steps


class JourneyTransitions(measures.Transitions, frozen=True, gc=False, kw_only=True):
    """Which step of a map follows on which, where paths start and where they end."""

    journey_id: JourneyId
    definition: Annotated[JourneyTransitionsDefinition, told("What was looked at, and how.")]
    reason: Nothing = UNSET


class JourneyPathsDefinition(measures.PathsDefinition, frozen=True, gc=False):
    """What was looked at, and how."""

    revision: Judging
    judged_steps: Steps


class JourneyPaths(measures.Paths, frozen=True, gc=False, kw_only=True):
    """The most frequent sequences of steps of a map, and where they lead."""

    journey_id: JourneyId
    definition: Annotated[JourneyPathsDefinition, told("What was looked at, and how.")]
    reason: Nothing = UNSET


class JourneyConformanceDefinition(measures.ConformanceDefinition, frozen=True, gc=False):
    """What was held against which map: `planned` are the bound steps of its newest state."""

    revision: Judging


class JourneyConformance(measures.Conformance, frozen=True, gc=False, kw_only=True):
    """What people did held against the map as it was in force."""

    journey_id: JourneyId
    definition: Annotated[
        JourneyConformanceDefinition, told("What was held against which map, and how.")
    ]
    reason: Nothing = UNSET


class JourneyFunnelDefinition(measures.FunnelDefinition, frozen=True, gc=False):
    """What was looked at, and how: `steps` are those of the newest state of the map, or its stages,
    with what binds each."""

    by: Annotated[str, told("Along its steps, or its stages.", "step")]
    revision: Judging


class JourneyFunnel(measures.Funnel, frozen=True, gc=False, kw_only=True):
    """How far people come along a map, where they drop, and how long it takes."""

    journey_id: JourneyId
    definition: Annotated[JourneyFunnelDefinition, told("What was looked at, and how.")]
    reason: Nothing = UNSET


def members(of: Struct) -> dict[str, Any]:
    """An answer's members by name, but for those that a map's answer has of its own."""
    return {name: getattr(of, name) for name in of.__struct_fields__ if name not in _OWN}
