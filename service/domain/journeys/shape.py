"""How maps, their parts and touchpoints are shown and listed."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    Uuid,
    bindparam,
    exists,
    func,
    select,
)

from service.domain import external_ids
from service.domain.filters import Type, Vocabulary
from service.domain.journeys.inputs import NewJourney, NewStage, NewTransition
from service.domain.journeys.step_inputs import NewStep
from service.domain.journeys.tables import (
    STAGE_LISTS,
    STEP_LISTS,
    journey_personas,
    journeys,
    next_journeys,
    stages,
    step_emotions,
    step_touchpoints,
    steps,
    touchpoints,
    transitions,
)
from service.domain.journeys.touchpoint_inputs import NewTouchpoint
from service.domain.kinds import choices
from service.domain.paging import Listing, equals
from service.domain.shapes import Many, Member, Shape, columns, json_array, json_object

_TAIL = columns("version", "created_at", "updated_at")
_TIMES = {"created_at": Type.INSTANT, "updated_at": Type.INSTANT, "id": Type.UUID}


def _many(item: ColumnElement[Any], order: ColumnElement[Any], *where: Any) -> ColumnElement[Any]:
    return select(json_array(item, [order])).where(*where).scalar_subquery()


def _named(row: FromClause, *names: str) -> dict[str, ColumnElement[Any]]:
    return {name: row.c[name] for name in names}


def _ids(link: Table, owner: str, column: str) -> Member:
    """The ids a link table holds for a row, in order."""

    def member(row: FromClause) -> ColumnElement[Any]:
        held = link.alias()
        mine = (held.c.workspace_id == row.c.workspace_id, held.c[owner] == row.c.id)
        return _many(held.c[column], held.c.position, *mine)

    return member


def _emotions(row: FromClause) -> ColumnElement[Any]:
    felt = step_emotions.alias()
    item = json_object(_named(felt, "persona_id", "rating"))
    mine = (felt.c.workspace_id == row.c.workspace_id, felt.c.step_id == row.c.id)
    return _many(item, felt.c.position, *mine)


def _touchpoints(row: FromClause) -> ColumnElement[Any]:
    met, known = step_touchpoints.alias(), touchpoints.alias()
    item = json_object(
        _named(met, "touchpoint_id")
        | _named(known, "key")
        | _named(met, "channel", "device", "use")
    )
    mine = (
        met.c.workspace_id == row.c.workspace_id,
        met.c.step_id == row.c.id,
        known.c.workspace_id == met.c.workspace_id,
        known.c.id == met.c.touchpoint_id,
    )
    return _many(item, met.c.position, *mine)


def _key_of_step(column: str) -> Member:
    def member(row: FromClause) -> ColumnElement[Any]:
        step = steps.alias()
        is_it = (step.c.workspace_id == row.c.workspace_id, step.c.id == row.c[column])
        return select(step.c.key).where(*is_it).scalar_subquery()

    return member


STEP = Shape(
    "Step",
    steps,
    columns("id", "stage_id", "key", "action", "actors", "private", "motivations", "thoughts")
    | columns("questions", "feelings", "expected_outcome", "actual_outcome", "outcome_met")
    | columns("emotion")
    | {"emotions": _emotions}
    | columns("pains", "reliefs", "gains")
    | {"touchpoints": _touchpoints}
    | columns("channel", "device", "department", "backstage", "systems", "information_sources")
    | columns("waited_seconds", "form_fields", "moment_of_truth", "decision_moment")
    | {"journey_id": lambda row: row.c.nested_journey_id}
    | columns("binding")
    | _TAIL,
)
STAGE = Shape(
    "Stage",
    stages,
    columns("id", "journey_id", "key", "name", "description", "phase", "funnel_stage")
    | columns(*STAGE_LISTS, "questions", "objections")
    | _TAIL,
    parts={"steps": Many(STEP, "stage_id")},
)
TRANSITION = Shape(
    "Transition",
    transitions,
    columns("id", "journey_id")
    | {"from": _key_of_step("from_step_id"), "to": _key_of_step("to_step_id")}
    | columns("kind", "condition", "probability", "expected_seconds", "hands_over", "received_by")
    | _TAIL,
)
JOURNEY = Shape(
    "Journey",
    journeys,
    columns("id")
    | {"external_ids": external_ids.member("journey")}
    | columns("title", "scenario", "occasion", "perspective", "status")
    | {"persona_ids": _ids(journey_personas, "journey_id", "persona_id")}
    | columns("locale", "tags", "campaigns", "template", "scope", "goal", "value_per_conversion")
    | columns("as_is_id", "variant_of", "variant_axes")
    | {"next_journey_ids": _ids(next_journeys, "journey_id", "next_id")}
    | _TAIL,
    parts={
        "stages": Many(STAGE, "journey_id"),
        "transitions": Many(TRANSITION, "journey_id", order_by=("position", "id")),
    },
)
TOUCHPOINT = Shape(
    "Touchpoint",
    touchpoints,
    columns("id")
    | {"external_ids": external_ids.member("touchpoint")}
    | columns("key", "name", "description", "phase", "channel", "device", "department")
    | columns("party", "status", "activities", "binding")
    | _TAIL,
)


def _of_persona(row: FromClause) -> ColumnElement[bool]:
    held = journey_personas.alias()
    return exists().where(
        held.c.workspace_id == row.c.workspace_id,
        held.c.journey_id == row.c.id,
        held.c.persona_id == bindparam("typed_persona_id", type_=Uuid()),
    )


def _nesting(row: FromClause) -> ColumnElement[bool]:
    step = steps.alias()
    return exists().where(
        step.c.workspace_id == row.c.workspace_id,
        step.c.journey_id == row.c.id,
        step.c.nested_journey_id == bindparam("typed_nests", type_=Uuid()),
    )


JOURNEYS = Listing(
    JOURNEY,
    sorts=("created_at", "updated_at", "title", "status"),
    vocabulary=Vocabulary(
        _TIMES
        | dict.fromkeys(("title", "scenario", "occasion", "perspective", "status"), Type.TEXT)
        | dict.fromkeys(("locale", "template"), Type.TEXT)
        | dict.fromkeys(("tags", "campaigns"), Type.TEXTS)
        | dict.fromkeys(("as_is_id", "variant_of"), Type.UUID),
        open={"variant_axes": Type.ANY},
        choices=choices(NewJourney),
    ),
    typed=equals("perspective", "status", "variant_of", "as_is_id")
    | {
        "persona_id": _of_persona,
        "nests": _nesting,
        "tag": lambda row: bindparam("typed_tag") == func.any(row.c.tags),
        "campaign": lambda row: bindparam("typed_campaign") == func.any(row.c.campaigns),
    },
)
TOUCHPOINTS = Listing(
    TOUCHPOINT,
    sorts=("created_at", "updated_at", "name", "key"),
    vocabulary=Vocabulary(
        _TIMES
        | dict.fromkeys(("key", "name", "description", "phase", "channel", "device"), Type.TEXT)
        | dict.fromkeys(("department", "party", "status"), Type.TEXT),
        choices=choices(NewTouchpoint),
    ),
    typed=equals("key", "phase", "channel", "device", "department", "party", "status"),
)
_PART = ("position", "created_at", "updated_at")
STAGES = Listing(
    STAGE,
    sorts=(*_PART, "name"),
    vocabulary=Vocabulary(
        _TIMES | dict.fromkeys(("key", "name", "phase", "funnel_stage"), Type.TEXT),
        choices=choices(NewStage),
    ),
    typed={},
    default_sort="position",
)
STEPS = Listing(
    STEP,
    sorts=_PART,
    vocabulary=Vocabulary(
        _TIMES
        | dict.fromkeys(("key", "action", "channel", "device", "department"), Type.TEXT)
        | dict.fromkeys(STEP_LISTS, Type.TEXTS)
        | {"emotion": Type.NUMBER, "private": Type.BOOLEAN}
        | dict.fromkeys(("moment_of_truth", "decision_moment"), Type.BOOLEAN),
        choices=choices(NewStep),
    ),
    typed={},
    default_sort="position",
)
TRANSITIONS = Listing(
    TRANSITION,
    sorts=_PART,
    vocabulary=Vocabulary(
        _TIMES | {"kind": Type.TEXT, "probability": Type.NUMBER}, choices=choices(NewTransition)
    ),
    typed={},
    default_sort="position",
)
