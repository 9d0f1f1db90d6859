"""The GraphQL schema: the same resources and the same domain functions as REST."""

from typing import Any

import msgspec
import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type

from service.api.graphql import (
    access,
    alerts,
    attribution,
    audiences,
    bindings,
    changes,
    consents,
    contacts,
    content,
    correlates,
    differences,
    drivers,
    enrolments,
    events,
    evidence,
    followed,
    funnels,
    gaps,
    journeys,
    kpis,
    measures,
    membership,
    nodes,
    overview,
    own_kpis,
    plans,
    privacy,
    publishing,
    settings,
    subscriptions,
    surveys,
    templates,
    themes,
    vocabulary,
    walks,
)
from service.api.graphql.scalars import SCALARS


def _member(source: Any, name: str) -> Any:
    """A member of a row by its REST name, or of what was computed."""
    if type(source) is dict:
        # What was absent of a struct, UNSET, is absent of its JSON.
        return source.get(name.rstrip("_"))
    value = getattr(source, name)
    return None if value is msgspec.UNSET else value


class _Prepared(SchemaExtension):
    """Execution takes the document that was parsed and validated before it began."""

    def on_operation(self) -> Any:
        asked = self.execution_context
        asked.graphql_document = asked.context.document
        asked.pre_execution_errors = []
        yield


class _Schema(strawberry.Schema):
    """Strawberry's, silent: `failures` logs what is our own fault, without the values in it."""

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Nothing here."""


_SLICES = (
    *(nodes, audiences, journeys, evidence, themes, plans, overview, templates, vocabulary),
    *(contacts, publishing, differences, content, gaps, settings, access, changes),
    *(consents, privacy, events, membership, enrolments, bindings, followed),
    alerts,
    *(measures, funnels, kpis, own_kpis, attribution, correlates, drivers, surveys, walks),
)

schema = _Schema(
    query=create_type(
        "Query",
        [field for part in _SLICES for field in part.QUERIES],
        description="What can be read.",
    ),
    mutation=create_type(
        "Mutation",
        [field for part in _SLICES for field in getattr(part, "MUTATIONS", ())],
        description="What can be written: each field a transaction of its own, one by one.",
    ),
    subscription=create_type(
        "Subscription",
        subscriptions.SUBSCRIPTIONS,
        description="What is told as it happens, over a WebSocket or as server-sent events.",
    ),
    types=[journeys.Journey],
    extensions=[_Prepared],
    config=StrawberryConfig(default_resolver=_member, scalar_map=SCALARS),
)
