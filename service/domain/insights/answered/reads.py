"""The survey answers that name a map and a step, counted where they say the same.

They are read as `measures` reads survey answers: what cannot be read does not count, and is left
out by its reason. Nothing is stored twice: a comment stays in its event.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.domain.events import event_rows
from service.domain.histories import Range, of_paths
from service.domain.insights.answered.joining import Felt, joined
from service.domain.insights.emotion_curve import CurveStep
from service.domain.insights.observed import Findings
from service.domain.measures import ANSWERED, SurveyAnswer, read_answer
from service.domain.paging import in_workspace
from service.domain.shapes import json_array
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

_MEMBERS = ("survey", "score", "scale")

_findings = msgspec.json.Decoder(list[Findings]).decode
_answers = msgspec.json.Decoder(
    list[tuple[str, Any, Any, Any, str | None, int]], float_hook=Decimal
).decode


def found_at_steps(
    findings: str | None, answers: str, steps: Sequence[CurveStep]
) -> list[Findings]:
    """What was found at the steps of a map, with what `answers_at_steps` found."""
    return joined(_findings(findings or "[]"), _felt(answers or "[]"), steps)


def _felt(answers: str) -> Iterator[Felt]:
    for step_key, survey, score, scale, reason, number in _answers(answers):
        read = reason or read_answer(_word(survey), _word(score), _word(scale))
        told = read.emotion if isinstance(read, SurveyAnswer) else read
        yield Felt(step_key, told, number)


def _word(value: Any) -> Any:
    """A list as the text that JSON writes; an object is nothing."""
    if isinstance(value, list):
        return msgspec.json.encode(value).decode()
    return None if isinstance(value, dict) else value


def any_answers() -> ColumnElement[bool]:
    """Whether there are answers about any of the maps that `journey_ids` names; false where
    `answers` is. Asked first: to ask what they say costs as much as the rest of a curve."""
    return exists(_named_ones().where(bindparam("answers", type_=Boolean)))


async def answers_at_steps(work: Work, journey_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Of each map that has any the answers, as JSON: read once for all."""
    rows = await work.value(_ANSWERS, journey_ids=list(journey_ids))
    return {UUID(journey): answers for journey, answers in rows or ()}


def _statement() -> Statement:
    told = _told()
    row = func.json_build_array(
        told.c.step_key, *(told.c[name] for name in _MEMBERS), told.c.reason, told.c.number
    )
    order = [told.c.step_key.collate("C"), *(told.c[name] for name in (*_MEMBERS, "reason"))]
    answers = cast(json_array(row, order), Text).label("answers")
    each = select(told.c.journey, answers).group_by(told.c.journey).subquery("each")
    return Statement(select(func.array_agg(func.row(each.c.journey, each.c.answers))))


def _told() -> FromClause:
    def wanted(told: Any) -> list[ColumnElement[Any]]:
        properties = told.event.c.properties
        return [
            _named(properties, "journey_id").label("journey"),
            _named(properties, "step_key").label("step_key"),
            *(_member(properties, "->", name, JSONB()).label(name) for name in _MEMBERS),
        ]

    # Whose they are is looked up for these few, however many people there are.
    one = of_paths(wanted, Range(), among=_at_maps()).subquery("one")
    alike = [one.c[name] for name in ("journey", "step_key", *_MEMBERS, "reason")]
    found = select(*alike, func.count().label("number")).group_by(*alike)
    return found.cte("told").prefix_with("MATERIALIZED")


def _at_maps() -> FromClause:
    return _named_ones().cte("answered").prefix_with("MATERIALIZED")


def _named_ones() -> Select[Any]:
    """The answers that name a step of one of the maps."""
    seen = in_workspace(event_rows)
    return select(*seen.c).where(
        seen.c.workspace_id == WORKSPACE,
        # Literally, for the index over answers alone.
        seen.c.event == literal_column(f"'{ANSWERED}'", Text),
        _named(seen.c.properties, "journey_id") == any_(cast(uuids("journey_ids"), ARRAY(Text))),
        _named(seen.c.properties, "step_key").is_not(None),
    )


def _named(document: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return _member(document, "->>", name, Text())


def _member(document: ColumnElement[Any], how: str, name: str, kind: Any) -> ColumnElement[Any]:
    return document.op(how, return_type=kind)(literal_column(f"'{name}'", Text))


_ANSWERS = _statement()
