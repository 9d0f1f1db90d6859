"""Survey answers at a step, as findings of weight 1 beside those that were written down. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from service.domain.insights.emotion_curve import CurveStep
from service.domain.insights.observed import Findings


class Felt(NamedTuple):
    """So many answers at a step: the emotion that they tell, or why they do not count."""

    step_key: str
    told: float | str
    number: int


def joined(
    findings: Iterable[Findings], answers: Iterable[Felt], steps: Sequence[CurveStep]
) -> list[Findings]:
    """The findings of each step with what answers tell there. Answers that name a step which the
    map has not are nowhere."""
    felt: dict[str, Counter[float]] = defaultdict(Counter)
    left_out: dict[str, Counter[str]] = defaultdict(Counter)
    for one in answers:
        if isinstance(one.told, str):
            left_out[one.step_key][one.told] += one.number
        else:
            felt[one.step_key][one.told] += one.number
    of_step = {one.step_id: one for one in findings}
    for step in steps:
        if step.key in felt or step.key in left_out:
            here = of_step.get(step.step_id) or Findings(step.step_id, 0)
            of_step[step.step_id] = _with(here, felt[step.key], left_out[step.key])
    return list(of_step.values())


def _with(found: Findings, felt: Counter[float], left_out: Counter[str]) -> Findings:
    number = felt.total()
    left = {**found.left_out, **(Counter(found.left_out) + left_out)}
    if not number:
        return msgspec.structs.replace(found, left_out=left)
    weight, mean = found.weight or 0.0, found.mean or 0.0
    total = weight + number
    both = (weight * mean + sum(one * n for one, n in felt.items())) / total
    own = weight * ((found.spread or 0.0) + (mean - both) ** 2)
    spread = (own + sum(n * (one - both) ** 2 for one, n in felt.items())) / total
    return Findings(
        found.step_id,
        found.attached + number,
        found.counted + number,
        both,
        total,
        (found.squares or 0.0) + number,
        spread,
        left,
    )
