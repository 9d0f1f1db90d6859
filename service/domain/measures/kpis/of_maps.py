"""Built-in KPIs that mean something of their own on a map, and those told there as usual. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from service.domain.measures.kpis import conduct, contented
from service.domain.measures.kpis.catalogue import BUILT_IN
from service.domain.measures.kpis.kpi import Kpi, here, of_contacts

GOAL = "goal"
"""What the map itself says: no parameter."""
_CONVERSION = replace(
    BUILT_IN["conversion_rate"],
    meaning="Contacts who fulfilled the map's goal at their first event at one of its steps in the"
    " range or behind it, of contacts with an event at one of its steps.",
    figure=conduct.goal_reached,
    parameters={"window_seconds": None},
    choices={},
    reach=here,
    unit_of=of_contacts,
)
_SATISFACTION = replace(
    BUILT_IN["journey_satisfaction"],
    meaning="Contacts with no unsatisfied answer to csat anywhere along the journey, at one of its"
    " steps or naming it as properties.journey_id, of contacts with such an answer; unsatisfied is"
    " under 0.75 of the scale. Beside it, in the parts, the mean of the touchpoints' own csat, of"
    " steps where no touchpoint is named.",
    figure=contented.satisfaction_along,
)
OF_MAPS: Mapping[str, Kpi] = {one.key: one for one in (_CONVERSION, _SATISFACTION)}
KEYS_OF_MAPS = (
    *("conversion_rate", "journey_satisfaction", "csat", "nps", "ces"),
    *("orders", "revenue", "average_order_value"),
)
"""What is told of a map unless asked otherwise, in this order."""


def by_goal(kpi: Kpi) -> bool:
    """Whether it is told by the goal of the map, under whatever name."""
    return kpi.figure is _CONVERSION.figure
