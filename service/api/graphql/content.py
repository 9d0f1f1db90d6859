"""The library of content, and the content of what it is for.

Maps, touchpoints and personas are declared in files that use this one, so they are named here.
"""

from typing import Any

import strawberry
from strawberry.types.lazy_type import LazyType

from service.api.graphql import external_ids, resources
from service.api.graphql.belonging import belonging_to
from service.api.graphql.connections import listing
from service.api.graphql.faces import Face
from service.api.graphql.mirroring import shows
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.relations import many
from service.api.graphql.spreadsheets import import_rows
from service.domain import audiences, evidence, journeys
from service.domain.evidence import Owner


def _named(kind: str, file: str) -> Any:
    """Rows of a type that a file declares which uses this one."""
    lazy: Any = LazyType(kind, f"service.api.graphql.{file}")
    return list[lazy]


@shows(evidence.ContentAudience)
class ContentAudience:
    """Whom an item is for; nobody named: for everybody."""

    profiles = many(
        audiences.PROFILES,
        "profile_ids",
        "The profiles it is for.",
        times=3,
        kind=_named("Profile", "audiences"),
    )
    personas = many(
        audiences.PERSONAS,
        "persona_ids",
        "The personas it is for.",
        times=3,
        kind=_named("Persona", "audiences"),
    )


@shows_resource(evidence.CONTENT, always=("key", "audience"))
class Content(Node):
    """An item of content: an article, a video, a webinar, whatever clients are given."""

    audience: ContentAudience = strawberry.field(description="Whom it is for.")
    touchpoints = many(
        journeys.TOUCHPOINTS,
        "touchpoint_ids",
        "Where clients meet it.",
        times=3,
        kind=_named("Touchpoint", "journeys"),
    )


def content_for(owner: Owner, description: str) -> Any:
    """A field with the content of a row by the page."""
    return belonging_to(evidence.CONTENT_OF[owner], "content", description)


CONTENT = Face(Content, evidence.CONTENT)
QUERIES = [
    resources.one(CONTENT),
    external_ids.one(CONTENT),
    listing(
        "contents",
        Content,
        evidence.CONTENT,
        evidence.ContentList,
        "The library of content.",
    ),
]
MUTATIONS = [
    *resources.mutations(CONTENT),
    *external_ids.mutations(CONTENT),
    import_rows(evidence.CONTENT_FORM),
]
