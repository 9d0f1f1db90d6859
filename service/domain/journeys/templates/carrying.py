"""From a map to a template, and from a template to the stages of a new map."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from service.domain.inputs import Input, checked
from service.domain.journeys.inputs import NewStage, NewTransition
from service.domain.journeys.reconciling import is_tied
from service.domain.journeys.templates.inputs import TemplateStage, TemplateTransition

Members = dict[str, Any]
_OF_TEMPLATES = ("touchpoints", "content", "actions")
"""What a stage of a template has beyond one of a map."""


def carried(journey: Mapping[str, Any], names: Mapping[str, str]) -> Members:
    """The stages and transitions of a stored map as a template keeps them.

    `names` are those of touchpoints by key; one that went since the map was read has none and is
    left out. Transitions are null where they only tie neighbours.
    """
    stages = [_stage(stage, names) for stage in journey["stages"]]
    edges = None
    if not is_tied(journey):
        edges = [_plain(checked(TemplateTransition, edge)) for edge in journey["transitions"]]
    return {"stages": stages, "transitions": edges, "locale": journey["locale"]}


def met_keys(stages: Sequence[Mapping[str, Any]]) -> list[str]:
    """The keys of the touchpoints that the steps of some stages meet, each once, in order."""
    met = (one["key"] for s in stages for step in s["steps"] for one in step["touchpoints"])
    return list(dict.fromkeys(met))


def begun(stages: Sequence[Mapping[str, Any]], there: Collection[str]) -> list[NewStage]:
    """The stages of a new map; of touchpoints those whose keys are `there`."""
    return [_new(stage, there) for stage in stages]


def begun_transitions(edges: Sequence[Mapping[str, Any]]) -> list[NewTransition]:
    """The transitions of a new map."""
    return [NewTransition.model_validate(edge) for edge in edges]


def _stage(stage: Mapping[str, Any], names: Mapping[str, str]) -> Members:
    met = [{"key": key, "name": names[key]} for key in met_keys([stage]) if key in names]
    return _plain(checked(TemplateStage, {**stage, "touchpoints": met}))


def _new(stage: Mapping[str, Any], there: Collection[str]) -> NewStage:
    members = {name: value for name, value in stage.items() if name not in _OF_TEMPLATES}
    steps = [
        {**step, "touchpoints": [t for t in step["touchpoints"] if t["key"] in there]}
        for step in stage["steps"]
    ]
    return NewStage.model_validate({**members, "steps": steps})


def _plain(found: Input) -> Members:
    return found.model_dump(mode="json")
