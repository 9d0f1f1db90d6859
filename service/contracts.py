"""The contracts as the code states them: OpenAPI and the GraphQL schema, to be checked in."""

import json
from collections.abc import Mapping

from service.api.graphql.schema import schema
from service.main import create_app
from service.settings import Settings


def all_of(settings: Settings) -> Mapping[str, str]:
    """File name to text, the same text for the same code."""
    openapi = json.dumps(create_app(settings).openapi(), indent=2, ensure_ascii=False)
    return {"openapi.json": f"{openapi}\n", "schema.graphql": f"{schema.as_str()}\n"}
