"""The stages of the sales funnel: in which order, and which values of a CRM mean them. Pure."""

from collections.abc import Mapping, Sequence

from service.domain.insights.bindings.bound import BoundMap

USUAL = ("awareness", "interest", "consideration", "intent", "purchase", "retention", "advocacy")
HUBSPOT: Mapping[str, str] = {
    "subscriber": "awareness",
    "lead": "interest",
    "marketingqualifiedlead": "consideration",
    "salesqualifiedlead": "intent",
    "opportunity": "intent",
    "customer": "purchase",
    "evangelist": "advocacy",
}
"""HubSpot's lifecycle stages by the names under which they are exported; `other` is none."""


def ordered(states: Sequence[BoundMap]) -> list[str]:
    """All stages of the funnel: the usual ones, and those that states of a map have of their own,
    each behind that of the stage before it on the map, the first ones in front."""
    order = [*USUAL]
    for of in reversed(states):
        place = 0
        for one in (stage.funnel_stage for stage in of.stages):
            if one is None:
                continue
            if one not in order:
                order.insert(place, one)
            place = order.index(one) + 1
    return order


def usual_mapping(order: Sequence[str]) -> dict[str, str]:
    """Which values mean which stage where nobody says it: those of HubSpot, and each by its
    name."""
    return {**HUBSPOT, **{one: one for one in order}}
