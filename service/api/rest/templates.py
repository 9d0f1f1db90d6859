"""Templates: ready ones in the caller's language, and own ones; each by its id or its key."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from service.api.edge import JSON, Edge
from service.api.negotiating import in_language
from service.api.rest import documents
from service.api.rest.documents import Named, Shown, page_of, shown
from service.api.rest.queries import sortable
from service.api.rest.resources import Removal, by_external_id, leading_to
from service.api.route import Route
from service.domain import journeys
from service.domain.journeys import TEMPLATES
from service.domain.words import told

router = APIRouter(route_class=Route)

TemplateStep = shown(journeys.TemplateStep, Shown)
TemplateStage = shown(
    journeys.TemplateStage, Shown, steps=(list[TemplateStep], told("What they do in it, in order."))
)
TemplateTransition = shown(journeys.TemplateTransition, Shown)
Template = shown(
    journeys.NewTemplate,
    Named,
    frozenset({"journey_id"}),
    key=(str, told("By which maps name it.", "adviser")),
    name=(str, told("How people call it.", "Finding a financial adviser")),
    ready=(bool, told("Whether Waypost brings it; then nobody changes it.", True)),
    locale=(str | None, told("The language of its texts, where that is known.", "en")),
    stages=(list[TemplateStage], told("Its phases, in order.")),
    transitions=(
        list[TemplateTransition] | None,
        told("Its edges. Null: neighbouring steps are tied by planned ones."),
    ),
)
Which = Annotated[
    str, Path(description="Its id or its key.", examples=["adviser"], min_length=1, max_length=100)
]
_QUERY = sortable(journeys.TemplateList, TEMPLATES.listing)
_PAGE: Any = page_of(documents.listed(Template, TEMPLATES.shape.in_whole))
_PATCH: Any = TEMPLATES.patch_input
_NEXT = {f"{verb}_template": "template" for verb in ("read", "patch", "replace", "delete")}
_ONE = "/v1/templates/{template}"
_SAID: dict[str, Any] = {"tags": ["templates"]}
_SHOWN = {"response_model": Template, **_SAID}


@router.get(
    "/v1/templates",
    response_model=_PAGE,
    responses={**documents.LIST, 200: {**documents.LIST[200], "headers": documents.SPOKEN}},
    summary="List templates",
    operation_id="list_template",
    **_SAID,
)
async def list_templates(query: Annotated[_QUERY, Query()], edge: Edge) -> Response:
    """Ready templates and own ones; `view=whole` with their stages."""
    answer = await edge.listed(TEMPLATES.page, query)
    answer.headers.update(in_language(edge.caller.language))
    return answer


@router.post(
    "/v1/templates",
    status_code=201,
    responses=documents.CREATE | leading_to(_NEXT),
    operation_id="create_template",
    summary="Make a template from a map",
    **_SHOWN,
)
async def create_template(body: journeys.NewTemplate, edge: Edge) -> Response:
    """Make a template from a map: its stages, steps and transitions.

    Left out is what was found out about one kind of client: ratings, actual outcomes, waiting.
    """
    return await edge.created(lambda work: TEMPLATES.create(work, body), "/v1/templates/{id}")


@router.get(
    _ONE,
    responses=documents.READ_SPOKEN,
    operation_id="read_template",
    summary="Read a template",
    **_SHOWN,
)
async def read_template(template: Which, edge: Edge) -> Response:
    """A template, by its id or its key. A ready one is in the language of Accept-Language."""
    found = await edge.read(lambda work: TEMPLATES.one_named(work, template))
    if not journeys.is_ready(found.id):
        return edge.represented(found.json, f'"{found.version}"', JSON, in_language(None))
    # Another text in another language, and perhaps in the next release.
    text = hashlib.blake2b(found.json.encode(), digest_size=6).hexdigest()
    headers = in_language(edge.caller.language)
    return edge.represented(found.json, f'"{found.version}-{text}"', JSON, headers)


@router.patch(
    _ONE,
    responses=documents.WRITE,
    operation_id="patch_template",
    summary="Change some members of a template",
    **_SHOWN,
)
async def patch_template(template: Which, body: _PATCH, edge: Edge) -> Response:
    """Change an own template; `journey_id` makes its stages anew. A ready one is 409."""
    return await edge.changed(
        lambda work: TEMPLATES.patch_named(work, template, body, edge.expected)
    )


@router.put(
    _ONE,
    responses=documents.WRITE,
    operation_id="replace_template",
    summary="Replace a template",
    **_SHOWN,
)
async def replace_template(template: Which, body: journeys.NewTemplate, edge: Edge) -> Response:
    """Replace an own template; without `journey_id` its stages stay. A ready one is 409."""
    return await edge.changed(
        lambda work: TEMPLATES.replace_named(work, template, body, edge.expected)
    )


@router.delete(
    _ONE,
    status_code=204,
    responses=documents.DELETE,
    operation_id="delete_template",
    summary="Delete a template",
    **_SAID,
)
async def delete_template(
    template: Which, query: Annotated[Removal, Query()], edge: Edge
) -> Response:
    """Delete an own template; maps begun with it stay as they are. A ready one is 409."""
    detach = query.dependents is not None
    return await edge.gone(
        lambda work: TEMPLATES.remove_named(work, template, edge.expected, detach=detach)
    )


by_external_id(router, "/v1/templates", TEMPLATES, Template)
