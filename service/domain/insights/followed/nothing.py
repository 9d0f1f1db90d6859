"""What is answered where nobody was at a step, or nobody can tell: counts are null."""

from collections.abc import Sequence

from service.domain import measures
from service.domain.insights.followed.answers import (
    JourneyConformance,
    JourneyConformanceDefinition,
    JourneyFunnel,
    JourneyFunnelDefinition,
    JourneyPaths,
    JourneyPathsDefinition,
    JourneyTransitions,
    JourneyTransitionsDefinition,
)
from service.domain.shares import Excluded, Proportion


def share(reason: str) -> Proportion:
    """The share of nothing."""
    return Proportion(None, None, None, None, None, reason)


def transitions(
    journey_id: str,
    definition: JourneyTransitionsDefinition,
    excluded: Sequence[Excluded],
    reason: str,
) -> JourneyTransitions:
    """No transitions."""
    return JourneyTransitions(
        items=[],
        transitions=None,
        pairs=0,
        starts=[],
        ends=[],
        cut=None,
        steps=[],
        contacts=None,
        excluded=[*excluded],
        journey_id=journey_id,
        definition=definition,
        reason=reason,
    )


def paths(
    journey_id: str, definition: JourneyPathsDefinition, excluded: Sequence[Excluded], reason: str
) -> JourneyPaths:
    """No paths."""
    return JourneyPaths(
        items=[],
        paths=None,
        sequences=0,
        cut=None,
        converted=share(reason),
        contacts=None,
        excluded=[*excluded],
        journey_id=journey_id,
        definition=definition,
        reason=reason,
    )


def funnel(
    journey_id: str, definition: JourneyFunnelDefinition, excluded: Sequence[Excluded], reason: str
) -> JourneyFunnel:
    """Nobody at any step."""
    none = share(reason)
    steps = [
        measures.FunnelStep(
            one.name, one.optional, None, none, none, None, None, None, None, reason
        )
        for one in definition.steps
    ]
    return JourneyFunnel(
        steps=steps,
        converted=none,
        median_seconds=None,
        p90_seconds=None,
        breakdown=[],
        dropped_contacts=None,
        excluded=[*excluded],
        journey_id=journey_id,
        definition=definition,
        reason=reason,
    )


def conformance(
    journey_id: str,
    definition: JourneyConformanceDefinition,
    excluded: Sequence[Excluded],
    reason: str,
) -> JourneyConformance:
    """No units."""
    return JourneyConformance(
        units=None,
        exact=share(reason),
        complete=share(reason),
        move_fitness=share(reason),
        coverage=None,
        matched=None,
        by_matched=[],
        skipped=[],
        skipped_steps=None,
        detour_events=None,
        median_detour_events=None,
        outside=None,
        repeated=None,
        out_of_order=None,
        detours=[],
        unobserved=[*definition.planned],
        unbound=[],
        contacts=None,
        excluded=[*excluded],
        journey_id=journey_id,
        definition=definition,
        reason=reason,
    )
