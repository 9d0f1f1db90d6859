"""All routes of the REST face: what takes in events and keeps maps at once, the rest later."""

from starlette.routing import BaseRoute

from service.api.rest import journeys, tracking
from service.api.rest.later import Later

_MAP = "/v1/journeys/*"
_CONTACT = "/v1/contacts/*"

ROUTES: list[BaseRoute] = [
    # The hottest first: routes are matched in order.
    *tracking.sending.routes,
    *journeys.router.routes,
    Later("changes", "/v1/changes"),
    *tracking.router.routes,
    Later("events", "/v1/events", "/v1/quarantine", f"{_CONTACT}/timeline"),
    Later("insights", f"{_MAP}/emotion-curve"),
    Later("planning", f"{_MAP}/challenges", f"{_MAP}/coverage", f"{_MAP}/plan"),
    Later("bindings", "/v1/bindings", f"{_MAP}/bindings"),
    Later("overview", "/v1/overview", f"{_MAP}/staleness"),
    Later("maps", f"{_MAP}/map", f"{_MAP}/share"),
    Later("gaps", "/v1/gaps", f"{_MAP}/gaps"),
    Later("exchange", "/v1/journeys/import"),
    Later("revisions", f"{_MAP}/publish", f"{_MAP}/revisions", f"{_MAP}/restore", f"{_MAP}/diff"),
    Later("copies", f"{_MAP}/copy", f"{_MAP}/variants"),
    Later("audiences", "/v1/profiles", "/v1/personas", "/v1/profile-attributes"),
    Later("evidence", "/v1/evidence", "/v1/evidence-sources"),
    Later("themes", "/v1/themes", "/v1/personas/*/quality"),
    Later("plans", "/v1/actions", "/v1/reviews", "/v1/comments"),
    Later("consents", "/v1/consent-purposes", "/v1/contacts/capture", f"{_CONTACT}/consents"),
    Later("enrolments", "/v1/enrolments", f"{_CONTACT}/enrolments", f"{_CONTACT}/journeys"),
    Later(
        "privacy",
        "/v1/erasures",
        *(f"{_CONTACT}/export", f"{_CONTACT}/restrict", f"{_CONTACT}/erase"),
    ),
    Later("content", "/v1/content"),
    Later("templates", "/v1/templates"),
    Later("vocabulary", "/v1/vocabulary", "/v1/touchpoints/catalogue"),
    Later("measures", "/v1/sessions"),
    Later("funnels", "/v1/funnels"),
    Later("kpis", "/v1/kpis/query"),
    Later("attribution", "/v1/attribution"),
    Later("drivers", "/v1/drivers"),
    Later("surveys", "/v1/surveys"),
    Later("correlates", "/v1/correlates"),
    Later("own_kpis", "/v1/kpis"),
    Later("alerts", "/v1/alerts", "/v1/alert-firings"),
    Later("walks", "/v1/transitions/query", "/v1/paths", "/v1/conformance", "/v1/retention"),
    Later(
        "followed",
        *(f"{_MAP}/transitions/observed", f"{_MAP}/paths", f"{_MAP}/funnel"),
        *(f"{_MAP}/conformance", f"{_MAP}/kpis", f"{_MAP}/then-and-now"),
        f"{_MAP}/sales-funnel",
    ),
    Later("standing", f"{_MAP}/contacts"),
    Later(
        "membership",
        *("/v1/profiles/preview", "/v1/profiles/*/contacts", "/v1/profiles/*/preview"),
        *(f"{_CONTACT}/profiles", f"{_CONTACT}/persona"),
    ),
    Later("contacts", "/v1/contacts", "/v1/accounts", "/v1/merges"),
    Later("access", "/v1/api-keys", "/v1/workspaces"),
    Later("trusted", "/v1/trusted-documents"),
    Later("settings", "/v1/settings"),
]
"""For each application a list of its own is made of these."""
