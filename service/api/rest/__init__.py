"""The REST face: one file per slice, all routes in one router."""

from service.api.rest import (
    access,
    audiences,
    changes,
    evidence,
    exchange,
    gaps,
    insights,
    journeys,
    overview,
    plans,
    settings,
    templates,
    themes,
    vocabulary,
)
from service.api.rest.describing import describe

__all__ = ["ROUTERS", "describe"]

# The hottest first: routes are matched in order.
ROUTERS = [
    journeys.router,
    changes.router,
    insights.router,
    overview.router,
    gaps.router,
    exchange.router,
    audiences.router,
    evidence.router,
    themes.router,
    plans.router,
    templates.router,
    vocabulary.router,
    access.router,
    settings.router,
]
