"""What a map yields: its challenges and what answers them, what it covers, and its plan."""

from hashlib import blake2b
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.negotiating import chosen, in_language
from service.api.rest import documents
from service.api.rest.computed import encode
from service.api.rest.rendering import rendered
from service.api.route import Route
from service.domain import insights
from service.domain.errors import Invalid
from service.domain.inputs import Input
from service.domain.insights import (
    REVISION,
    Challenges,
    ChallengesQuery,
    Chosen,
    Coverage,
    Grid,
    Plan,
)
from service.domain.journeys import DRAFT, StateName, state_named
from service.domain.words import told

router = APIRouter(route_class=Route)

_CSV, _MARKDOWN, _HTML = "text/csv", "text/markdown", "text/html"
GRIDS = {"json": JSON, "csv": _CSV}
PLANS = {"json": JSON, "csv": _CSV, "markdown": _MARKDOWN, "html": _HTML}


class GridQuery(ChallengesQuery):
    """Which rows of the grid, as what."""

    format: Annotated[Literal["json", "csv"] | None, told("Else by Accept.", "csv")] = None


class CoverageQuery(Input):
    """Of which state of the map."""

    shown_only = frozenset()
    revision: Annotated[StateName | None, told(REVISION, "published")] = None


class PlanQuery(CoverageQuery):
    """Of which state of the map, as what."""

    format: Annotated[
        Literal["json", "csv", "markdown", "html"] | None, told("Else by Accept.", "html")
    ] = None


_TABLE = {"schema": {"type": "string"}, "example": "stage,kind,text\r\nWe look,question,Fees?\r\n"}
_SHOWN: dict[str, Any] = {
    _CSV: _TABLE,
    _MARKDOWN: {"schema": {"type": "string"}, "example": "# Marketing plan: Finding an adviser\n"},
    _HTML: {"schema": {"type": "string"}, "example": '<!doctype html>\n<html lang="en"></html>'},
}


def _answers(name: str, description: str, *forms: str, **headers: Any) -> dict[int | str, Any]:
    content = {JSON: {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    content |= {form: _SHOWN[form] for form in forms}
    told_ = {"description": description, "content": content, "headers": documents.ETAG | headers}
    return {200: told_, **documents.WITHIN}


@router.get(
    "/v1/journeys/{journey_id:uuid}/challenges",
    response_class=Response,
    responses=_answers("Challenges", "The grid, in the form asked for.", _CSV),
    operation_id="read_challenges",
    summary="Read the challenges of a map and what answers them",
    tags=["journeys"],
)
async def challenges(
    journey_id: UUID, query: Annotated[GridQuery, Query()], edge: Edge
) -> Response:
    """A grid: each question, pain and objection of a map, by stage and step, with the content and
    the actions that answer it; what nothing answers is listed and counted.

    The shares count what was asked for by `kind`, `topic` and `stage`, whatever `empty` says. What
    content or actions say of keys that the map no longer has is `dangling`.
    """
    form = chosen(edge.request, GRIDS)
    grid = Grid(journey_id, _chosen(query), state_named(query.revision))
    try:
        found = await edge.read(lambda work: insights.challenge_grid(work, grid))
    except Invalid as error:
        raise error.renamed("/query{}".format) from error
    body = insights.challenges_csv(found) if form == "csv" else encode(found)
    return _represented(edge, found, body, form, "challenges")


@router.get(
    "/v1/journeys/{journey_id:uuid}/coverage",
    response_class=Response,
    responses=_answers("Coverage", "What is there and what is not."),
    operation_id="read_coverage",
    summary="Read what a map covers and what it lacks",
    tags=["journeys"],
)
async def coverage(
    journey_id: UUID, query: Annotated[CoverageQuery, Query()], edge: Edge
) -> Response:
    """Departments, answered questions, kinds of evidence, touchpoints and stages in scope: each as
    a share with its counts and its Wilson 95 % interval, and what is missing by name."""
    state = state_named(query.revision)
    found = await edge.read(lambda work: insights.coverage_of(work, journey_id, state))
    return _represented(edge, found, encode(found), "json", "coverage")


@router.get(
    "/v1/journeys/{journey_id:uuid}/plan",
    response_class=Response,
    responses=_answers(
        "Plan", "The plan, in the form asked for.", _CSV, _MARKDOWN, _HTML, **documents.SPOKEN
    ),
    operation_id="read_plan",
    summary="Read the marketing plan that a map yields",
    tags=["journeys"],
)
async def plan(journey_id: UUID, query: Annotated[PlanQuery, Query()], edge: Edge) -> Response:
    """Stage by stage: what to say, what to show, where to meet clients and what is planned there,
    who owns it, what to do first, what is weak and what is strong already; costs per currency.

    Headings and generated texts follow Accept-Language; what people wrote stays as it is.
    """
    form, state = chosen(edge.request, PLANS), state_named(query.revision)
    found = await edge.read(lambda work: insights.marketing_plan(work, journey_id, state))
    draw = {
        "csv": insights.plan_csv,
        "markdown": insights.plan_markdown,
        "html": insights.plan_html,
    }.get(form, encode)
    return _represented(edge, found, draw(found), form, "plan")


def _chosen(query: GridQuery) -> Chosen:
    return Chosen(query.kind, query.topic, query.stage, query.empty)


def _represented(
    edge: Edge, found: Challenges | Coverage | Plan, body: str | bytes, form: str, name: str
) -> Response:
    """A form of an answer; its ETag is of its content, which more than the map decides."""
    revision = found.definition.revision
    raw = body.encode() if isinstance(body, str) else body
    then = "" if revision == DRAFT else f"-revision-{revision}"
    etag = f'"{blake2b(raw, digest_size=12).hexdigest()}{then}-{name}-{form}"'
    headers = dict(in_language(found.language)) if isinstance(found, Plan) else {}
    if form in ("html", "markdown"):
        headers |= rendered(insights.PLAN_STYLE if form == "html" else "")
    if form == "csv":
        headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return edge.represented(raw, etag, _MEDIA[form], headers)


_MEDIA = {
    "json": JSON,
    "csv": f"{_CSV}; charset=utf-8; header=present",
    "markdown": f"{_MARKDOWN}; charset=utf-8",
    "html": f"{_HTML}; charset=utf-8",
}
