"""Which stages of a map need attention because of its KPIs. Pure."""

from collections.abc import Sequence

from service.domain.insights.bindings.bound import Stage
from service.domain.insights.followed.kpi_answers import JourneyKpi, StageInNeed


def in_need(items: Sequence[JourneyKpi], stages: Sequence[Stage]) -> list[StageInNeed]:
    """The stages in which a KPI misses its target, at the stage or at a step of it, in their order;
    each with the keys of those, once."""
    of_step = {step.id: stage.id for stage in stages for step in stage.steps}
    missed: dict[str, dict[str, None]] = {stage.id: {} for stage in stages}
    for one in items:
        stage_id = str(one.stage_id or of_step.get(str(one.step_id)))
        if one.status == "missed" and stage_id in missed:
            missed[stage_id][one.kpi] = None
    return [
        StageInNeed(stage.id, stage.key, [*missed[stage.id]])
        for stage in stages
        if missed[stage.id]
    ]
