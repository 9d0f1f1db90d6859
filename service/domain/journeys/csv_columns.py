"""The columns of a map as CSV: one line a step.

A journey's own members bear their names, those of stages and steps stand behind `stage.` and
`step.`. What refers to other rows by id has no column, nor have transitions: a table of steps has
no place for them. A touchpoint is told by its key.
"""

from collections.abc import Mapping

from service.domain.cells import Column, columns, short
from service.domain.journeys import inputs, step_inputs

_ELSEWHERE = frozenset({"persona_ids", "as_is_id", "variant_of", "next_journey_ids"})
_PARTS = frozenset({"stages", "transitions"})

JOURNEY: Mapping[str, Column] = columns(inputs.NewJourney, _ELSEWHERE | _PARTS)
STAGE: Mapping[str, Column] = columns(inputs.NewStage, frozenset({"steps"}))
_STEP = columns(step_inputs.NewStep, frozenset({"emotions", "journey_id"}))
STEP: Mapping[str, Column] = {
    **_STEP,
    "touchpoints": short(_STEP["touchpoints"], lambda key: {"key": key}),
}
OF_STAGE, OF_STEP = "stage.", "step."
COLUMNS = [
    *JOURNEY,
    *(f"{OF_STAGE}{name}" for name in STAGE),
    *(f"{OF_STEP}{name}" for name in STEP),
]
REQUIRED = ("title",)
"""Of every file."""
REQUIRED_OF_PARTS = (f"{OF_STAGE}name", f"{OF_STEP}action")
"""Of a file with any column of stages or steps: what it does not name would go."""
