"""Built-in KPIs of maps alone, and of what plans and content hold. Pure.

What is of maps alone is null where it is asked of no map: `/v1/journeys/{id}/kpis` tells it.
"""

from service.domain.measures.kpis.facts import Facts
from service.domain.measures.kpis.figure import Figure, Outcome
from service.domain.measures.kpis.kpi import Kpi, Published
from service.domain.shares import Proportion

ONLY_ON_MAPS = "only_on_maps"
_GUIDES = "Guides to content marketing, which name no study."
_NOTHING: dict[str, tuple[str, ...]] = {"nothing": ()}


def _share(facts: Facts) -> Outcome:
    return Outcome([Figure(Proportion(None, None, None, None, None, ONLY_ON_MAPS))] * facts.cells)


def _number(facts: Facts) -> Outcome:
    return Outcome([Figure(None, reason=ONLY_ON_MAPS)] * facts.cells)


def _of_maps(key: str, unit: str, meaning: str, *, falls: bool = False) -> Kpi:
    """One that is told of maps; nothing is read for it elsewhere."""
    return Kpi(
        key,
        unit,
        meaning,
        _share if unit == "share" else _number,
        events=_NOTHING,
        apart=True,
        falls=falls,
        of_maps=True,
    )


STAGE_ABANDONMENT = "stage_abandonment"
COST_PER_CONVERSION, RETURN_ON_JOURNEY = "cost_per_conversion", "return_on_journey"
WIN_BACK_RATE, CONTENT_UNUSED = "win_back_rate", "content_unused"
PLANNED = (
    _of_maps(
        STAGE_ABANDONMENT,
        "share",
        "Those who dropped in the stage, of those who entered it in the range and are not"
        " undecided: judged from the first arrival, by people.",
        falls=True,
    ),
    _of_maps(
        COST_PER_CONVERSION,
        "money",
        "What the map cost in the range ÷ the contacts who fulfilled its goal, for each currency."
        " Costs are those of the activities at its touchpoints, in proportion to their days in the"
        " range; of the content that answers something in it, is met at its touchpoints, or used"
        " by these activities or by its actions, on the day it was published; and of its actions"
        " that are doing or done, on the day they were due.",
        falls=True,
    ),
    _of_maps(
        RETURN_ON_JOURNEY,
        "number",
        "What the orders at the map's steps brought in the range ÷ what the map cost in it, of the"
        " same currency. Costs are those of cost_per_conversion.",
    ),
    _of_maps(
        WIN_BACK_RATE,
        "share",
        "Contacts with an event at one of the map's steps within the window from an action of kind"
        " win_back for the map, of those whom it addressed: who had dropped out by then, their last"
        " place on the map longer ago than the window, with a way on and without the goal; if the"
        " action is for stages or steps, in one of these. Of several actions the first that finds"
        " them counts; an action begins on the day it was due, and is doing or done.",
    ),
    Kpi(
        CONTENT_UNUSED,
        "share",
        "Items of content that nobody touched in the range, of those published by its end. An event"
        " touches an item that it names as properties.content_id, by id or key, or whose address it"
        " tells as properties.url or context.page.url. Of a map: the content of"
        " cost_per_conversion, touched anywhere.",
        _number,
        events=_NOTHING,
        fields=("properties.content_id", "properties.url", "context.page.url"),
        apart=True,
        falls=True,
        of_content=True,
        published=Published(0.61, 0.71, f"61 to 71 % of content is never used. {_GUIDES}"),
    ),
)
ON_MAPS_ALONE = frozenset(one.key for one in PLANNED if one.of_maps)
