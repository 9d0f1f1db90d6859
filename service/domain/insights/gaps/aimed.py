"""KPIs that stand on a map and miss their targets, or meet them."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from service.domain.insights.gaps.answers import at_stage
from service.domain.insights.gaps.gap import Gap, Strength, Value, Weighed
from service.domain.insights.gaps.map import Stage, Step
from service.domain.insights.gaps.scene import Scene, at_step
from service.domain.insights.gaps.seen_in import GapKpi, GapPeriod


class AimedKpi(NamedTuple):
    """A KPI where it stands, in a range, and whether its target is met beyond its interval."""

    kpi: GapKpi
    met: bool
    stage_id: str | None
    step_id: str | None
    owner: str | None


class Aimed(NamedTuple):
    """The KPIs of a map of which it is known whether they meet their targets; and what of others is
    not told, by reason."""

    kpis: Sequence[AimedKpi] = ()
    untold: Mapping[str, int] = MappingProxyType({})


NOT_ASKED = Aimed(untold={"no_events": 1})


def kpi_shortfalls(scene: Scene, aimed: Aimed) -> Iterator[Gap]:
    """A KPI that misses its target: a share by more than its interval, all else by anything.

    Signals: `shortfall` = by how much of the target the nearer end of the interval, else the
    figure, misses it, at most 1, weight 0.4; at a stage or step `emotion_low` and `pivotal` as of
    questions, 0.3 each.
    """
    for one, step, stage in _here(scene, aimed):
        if one.met:
            continue
        count = None if one.kpi.denominator is None else int(one.kpi.denominator)
        signals: list[Weighed] = [("shortfall", _shortfall(one.kpi), 0.4, count)]
        if step is not None:
            signals += at_step(step, 0.3)
        elif stage is not None:
            signals += at_stage(scene, stage.id)
        found = scene.gap(
            "kpi_shortfall",
            _code("kpi_shortfall", step, stage),
            signals,
            _values(one.kpi),
            step=step,
            stage=stage,
            slice_=str(one.kpi.kpi_id),
            departments=[one.owner] if one.owner else None,
        )
        found.kpi, found.period = one.kpi, _period(one.kpi)
        yield found


def kpis_met(scene: Scene, aimed: Aimed) -> Iterator[Strength]:
    """A KPI at its target or better: of a share all of its interval."""
    for one, step, stage in _here(scene, aimed):
        if one.met:
            code = _code("kpi_met", step, stage)
            departments = [one.owner] if one.owner else None
            yield scene.strong_kpi(
                code, _values(one.kpi), one.kpi, step=step, stage=stage, departments=departments
            )


def _period(one: GapKpi) -> GapPeriod | None:
    if one.from_ is None or one.to is None:
        return None
    return GapPeriod(from_=one.from_, to=one.to)


def _here(scene: Scene, aimed: Aimed) -> Iterator[tuple[AimedKpi, Step | None, Stage | None]]:
    """Those that stand on the map as it is shown: a revision may be without their place."""
    for one in aimed.kpis:
        step, stage = scene.step.get(one.step_id or ""), scene.stage.get(one.stage_id or "")
        if (step is None) is (one.step_id is None) and (stage is None) is (one.stage_id is None):
            yield one, step, stage


def _shortfall(one: GapKpi) -> float:
    end = one.high if one.direction == "up" else one.low
    missed = abs(one.target - (one.value if end is None else end))
    return min(1.0, missed / abs(one.target)) if one.target else 1.0


def _code(code: str, step: Step | None, stage: Stage | None) -> str:
    if step is not None:
        return f"{code}_step"
    return code if stage is None else f"{code}_stage"


def _values(one: GapKpi) -> dict[str, Value]:
    return {
        "kpi": one.name,
        "value": _written(one, one.value),
        "target": _written(one, one.target),
    }


def _written(one: GapKpi, number: float) -> str:
    """As people write it: 3.2 %, 12.5 EUR, 40."""
    if one.unit == "share":
        return f"{100 * number:.3g} %"
    return f"{number:.10g}{f' {one.currency}' if one.currency else ''}"
