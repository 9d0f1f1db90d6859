"""Worries that maps share, and how well personas are known."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import strawberry
from strawberry import Info

from service.api.edge import EdgeOf
from service.api.graphql import context, given
from service.api.graphql.declaring import optional, resolving
from service.api.graphql.selecting import STORED, Stored, below, object_type
from service.api.graphql.structs import family
from service.domain import insights
from service.domain.work import Work

_TIMES = {"items": 20, "suggestions": 10, "support": 20}
"""How many rows a cost counts the longer lists as."""
Themes = family(insights.Themes, {}, _TIMES)
PersonaQuality = family(insights.PersonaQuality, {}, _TIMES)
_FIELDS = insights.ThemesQuery.model_fields


async def _themes(info: Any, **arguments: Any) -> Any:
    members = {name: value for name, value in arguments.items() if value is not None}
    query = given.built(insights.ThemesQuery, members)
    texts = await context.of(info).read(lambda work: insights.theme_texts(work, query))
    return await EdgeOf.aside(insights.themes, texts)


def quality() -> Any:
    """A persona's field for how well it is known."""
    said = "How complete it is, and which findings support it."
    metadata = {STORED: Stored(("id",))}
    kind: Any = PersonaQuality | None
    return strawberry.field(description=said, metadata=metadata, graphql_type=kind)(_quality)


def _quality(root: Any, info: Info) -> Awaitable[Any]:
    # Drift passes over all contacts: only if it is asked for.
    asked = info._raw_info
    drifting = "drift" in below(asked, object_type(asked.return_type), asked.field_nodes)
    load = partial(_load, drifting=drifting)
    return context.of(info).loaded(f"quality {drifting}", load, UUID(root["id"]))


async def _load(work: Work, wanted: Sequence[UUID], *, drifting: bool) -> list[Any]:
    found = await insights.persona_qualities(work, wanted, drifting=drifting)
    return [found.get(one) for one in wanted]


QUERIES = [
    resolving(
        "themes",
        _themes,
        Themes | None,
        "Worries that findings about several maps share, and texts that may be more of them.",
        [
            optional("limit", int, str(_FIELDS["limit"].description)),
            optional("least_journeys", int, str(_FIELDS["least_journeys"].description)),
        ],
    ),
]
