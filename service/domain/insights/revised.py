"""A map's document, as a revision keeps it, as what a curve is drawn from.

Pure.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from service.domain.insights.emotion_curve import CurveStage, CurveStep

Json = Mapping[str, Any]


class Drawn(NamedTuple):
    """What a curve is drawn from."""

    stages: list[CurveStage]
    steps: list[CurveStep]


def drawn_from(journey: Json, persona_id: str | None) -> Drawn | None:
    """Stages and steps of a document with the ratings of a persona, where it has its own.

    None where the document knows nothing of the persona.
    """
    steps = [(stage["id"], step) for stage in journey["stages"] for step in stage["steps"]]
    felt = [{one["persona_id"]: one["rating"] for one in step["emotions"]} for _, step in steps]
    known = {*journey["persona_ids"], *(which for one in felt for which in one)}
    if persona_id is not None and persona_id not in known:
        return None
    return Drawn(
        [CurveStage(stage["id"], stage["name"]) for stage in journey["stages"]],
        [
            CurveStep(
                step_id=step["id"],
                key=step["key"],
                stage_id=stage_id,
                rating=own.get(persona_id, step["emotion"]),
                moment_of_truth=step["moment_of_truth"],
                label=step["action"],
                decision_moment=step["decision_moment"],
            )
            for (stage_id, step), own in zip(steps, felt, strict=True)
        ],
    )
