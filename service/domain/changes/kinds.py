"""Whose changes are told, to whom, and as what.

A kind is told to callers who may read its resources; what happened to them, a verb in the past
tense in the outbox, is one of four operations to those who follow.
"""

from collections.abc import Mapping, Sequence

from service.domain import (
    access,
    alerts,
    audiences,
    contacts,
    events,
    evidence,
    insights,
    journeys,
    measures,
    plans,
    privacy,
)
from service.domain.resources import Resource
from service.domain.work import Scope

_ALL: Sequence[Resource] = (
    journeys.JOURNEYS,
    journeys.STAGES,
    journeys.STEPS,
    journeys.TRANSITIONS,
    journeys.REVISIONS,
    journeys.TOUCHPOINTS,
    evidence.CONTENT,
    journeys.TEMPLATES,
    journeys.VOCABULARY,
    audiences.PROFILES,
    audiences.PERSONAS,
    audiences.PROFILE_ATTRIBUTES,
    evidence.EVIDENCE,
    evidence.EVIDENCE_SOURCES,
    plans.ACTIONS,
    plans.REVIEWS,
    plans.COMMENTS,
    measures.KPIS,
    insights.GAPS,
    alerts.ALERTS,
    alerts.ALERT_FIRINGS,
    contacts.CONTACTS,
    contacts.ACCOUNTS,
    contacts.PURPOSES,
    contacts.ENROLMENTS,
    events.QUARANTINE,
    privacy.ERASURES,
    access.API_KEYS,
    access.TRUSTED_DOCUMENTS,
    access.WORKSPACES,
)

RESOURCES: Mapping[str, Resource] = {resource.kind: resource for resource in _ALL}
"""Every kind that is told, by its name. What is not here, nobody is told of."""

OPERATIONS: Mapping[str, Sequence[str]] = {
    "upsert": ("created", "updated"),
    "archive": ("archived",),
    "merge": ("merged",),
    "erase": ("deleted", "erased"),
}
"""What a change did, and the verbs of the outbox that mean it; any other verb is an upsert."""


def told_to(scopes: frozenset[str]) -> dict[str, Scope]:
    """The kinds whose resources these scopes may read."""
    reads = {kind: resource.reads for kind, resource in RESOURCES.items()}
    return {kind: scope for kind, scope in reads.items() if scope in scopes}
