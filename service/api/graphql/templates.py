"""Templates: ready ones in five languages, and own ones."""

from typing import Any

import strawberry

from service.api.graphql import context, external_ids, resources
from service.api.graphql.connections import listing
from service.api.graphql.context import Row
from service.api.graphql.declaring import optional, resolving
from service.api.graphql.faces import Face
from service.api.graphql.languages import LANGUAGE, spoken
from service.api.graphql.mirroring import shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.selecting import STORED, Stored, object_type, selection
from service.domain import journeys
from service.domain.errors import Invalid, NotFound, Problem
from service.domain.journeys import TEMPLATES
from service.domain.work import Work


@shows(journeys.TemplateStep, always=("key",))
class TemplateStep:
    """A step of a template."""


@shows(journeys.TemplateStage, always=("key",))
class TemplateStage:
    """A stage of a template."""

    steps: list[TemplateStep] = strawberry.field(description="Its steps, in their order.")


@shows(journeys.TemplateTransition)
class TemplateTransition:
    """An edge between two steps of a template."""


def _long(kind: Any, name: str, description: str, times: int) -> Any:
    """A member that a cost counts as several rows."""
    metadata = {STORED: Stored((name,), times=times)}
    return strawberry.field(description=description, metadata=metadata, graphql_type=kind)


@shows_resource(TEMPLATES, "journey_id", always=("key", "name"))
class Template(Node):
    """What a new map may begin with."""

    ready: bool = strawberry.field(description="Whether Waypost brings it; then nobody changes it.")
    locale: str | None = strawberry.field(
        description="The language of its texts, where that is known."
    )
    stages = _long(list[TemplateStage], "stages", "Its stages, in their order.", 8)
    transitions = _long(
        list[TemplateTransition] | None,
        "transitions",
        "The edges between its steps; null: planned ones between neighbours.",
        8,
    )


TEMPLATE = Face(Template, TEMPLATES)


async def _template(info: Any, **arguments: Any) -> Row | None:
    """One, by its id or its key, as its field selects it."""
    which, key, language = arguments.get("id"), arguments.get("key"), spoken(arguments)
    if (which is None) is (key is None):
        detail = "give either id or key"
        raise Invalid([Problem(f"/{name}", "one_of", detail) for name in ("id", "key")])
    raw = info._raw_info
    chosen = selection(raw, object_type(raw.return_type), raw.field_nodes)
    name = str(TEMPLATE.id_of(which)) if which is not None else str(key)
    request = context.of(info)

    async def found(work: Work) -> Any:
        return await TEMPLATES.one_named(work.speaking(language), name, chosen)

    try:
        document = await request.read(found)
    except NotFound:
        return None
    row: Row = request.decoded(document.json)
    return row


QUERIES = [
    resolving(
        "template",
        _template,
        Template | None,
        "The template with this id or key; null when there is none.",
        [
            optional("id", strawberry.ID, "Of the template."),
            optional("key", str, "Of the template."),
            LANGUAGE,
        ],
    ),
    external_ids.one(TEMPLATE),
    listing(
        "templates",
        Template,
        TEMPLATES,
        journeys.TemplateList,
        "Ready templates and own ones.",
        more=[LANGUAGE],
    ),
]
MUTATIONS = [*resources.mutations(TEMPLATE), *external_ids.mutations(TEMPLATE)]
