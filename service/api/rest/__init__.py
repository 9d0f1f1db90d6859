"""The REST face: one file per slice, all routes in one router."""

from service.api.rest import (
    access,
    audiences,
    changes,
    consents,
    contacts,
    content,
    copies,
    events,
    evidence,
    exchange,
    gaps,
    insights,
    journeys,
    maps,
    overview,
    planning,
    plans,
    privacy,
    revisions,
    settings,
    templates,
    themes,
    tracking,
    vocabulary,
)
from service.api.rest.describing import describe

__all__ = ["ROUTERS", "describe"]

# The hottest first: routes are matched in order.
ROUTERS = [
    journeys.router,
    changes.router,
    tracking.router,
    events.router,
    insights.router,
    planning.router,
    overview.router,
    maps.router,
    gaps.router,
    exchange.router,
    revisions.router,
    copies.router,
    audiences.router,
    evidence.router,
    themes.router,
    plans.router,
    consents.router,
    privacy.router,
    content.router,
    templates.router,
    vocabulary.router,
    contacts.router,
    access.router,
    settings.router,
]
