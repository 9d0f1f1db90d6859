"""Every table of every slice, for migrations and for the checks that compare them."""

from service.domain import outbox
from service.domain.access import tables as access
from service.domain.access.trusted import tables as trusted
from service.domain.alerts import tables as alerts
from service.domain.audiences import tables as audiences
from service.domain.contacts import tables as contacts
from service.domain.events import tables as events
from service.domain.evidence import tables as evidence
from service.domain.histories.counts import tables as counts
from service.domain.histories.segments import tables as segments
from service.domain.histories.sessions import tables as sessions
from service.domain.insights import tables as insights
from service.domain.journeys import tables as journeys
from service.domain.measures.own_kpis import tables as own_kpis
from service.domain.plans import tables as plans
from service.domain.privacy import tables as privacy
from service.domain.tables import SCHEMA, metadata

__all__ = [
    "SCHEMA",
    "access",
    "alerts",
    "audiences",
    "contacts",
    "counts",
    "events",
    "evidence",
    "insights",
    "journeys",
    "metadata",
    "outbox",
    "own_kpis",
    "plans",
    "privacy",
    "segments",
    "sessions",
    "trusted",
]
