"""The REST face: one file per slice, all routes in one router."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.api.rest import audiences, exchange, insights, journeys
from service.api.rest.documents import ProblemDocument

# The hottest first: routes are matched in order.
ROUTERS = [journeys.router, insights.router, exchange.router, audiences.router]


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once from the routes' signatures."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = schema["components"]["schemas"]
        schemas |= problem.pop("$defs", {}) | insights.CURVE_SCHEMA
        schemas["ProblemDocument"] = problem
        app.openapi_schema = schema
    return app.openapi_schema
