"""The REST face: one file per slice, all routes in one router."""

from service.api.rest import (
    access,
    audiences,
    changes,
    exchange,
    gaps,
    insights,
    journeys,
    maps,
    settings,
    templates,
    vocabulary,
)
from service.api.rest.describing import describe

__all__ = ["ROUTERS", "describe"]

# The hottest first: routes are matched in order.
ROUTERS = [
    journeys.router,
    changes.router,
    insights.router,
    maps.router,
    gaps.router,
    exchange.router,
    audiences.router,
    templates.router,
    vocabulary.router,
    access.router,
    settings.router,
]
