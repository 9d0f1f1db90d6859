"""Alerts, and what fired."""

from typing import Any

import strawberry

from service.api.graphql import external_ids, ids, mirroring, resources
from service.api.graphql.connections import Pages, connection, listing
from service.api.graphql.declaring import Argument
from service.api.graphql.faces import Face
from service.api.graphql.journeys import Journey, Stage
from service.api.graphql.nodes import Node, shows_resource
from service.api.graphql.relations import one
from service.api.graphql.scalars import Instant
from service.domain import alerts, journeys

_STATE: Any = mirroring.argument_of(alerts.AlertList, "state", "Alert")
_FIGURE: Any = mirroring.shown(alerts.AlertFigure)


@shows_resource(alerts.ALERTS)
class Alert(Node):
    """A rule on a KPI or on gaps, and how it stood when the worker last looked."""

    state: _STATE | None = strawberry.field(
        description="How it stands; null: nobody has looked yet, or nobody does."
    )
    reason: str | None = strawberry.field(
        description="Why nothing is said: not_checked, disabled, no_figure, no_before, too_few,"
        " small_cell, or the code of an error."
    )
    checked_at: Instant | None = strawberry.field(
        description="When it was last looked at; null: not as it is now."
    )
    figure: _FIGURE | None = strawberry.field(
        description="The figure then; null: none was computed."
    )
    journey: Journey | None = one(journeys.JOURNEYS, "journey_id", "The map it is about.")
    stage: Stage | None = one(journeys.STAGES, "stage_id", "The stage it is about.")


@shows_resource(alerts.ALERT_FIRINGS, always=("fired_at", "condition", "figure"))
class AlertFiring(Node):
    """When a rule fired: the figure then, and when it was back."""

    alert: Alert | None = one(alerts.ALERTS, "alert_id", "The rule.")


ALERT = Face(Alert, alerts.ALERTS)
FIRING = Face(AlertFiring, alerts.ALERT_FIRINGS)


def _firings(owner: str) -> Pages:
    which = ids.plain_id(owner, "Alert", "/alert_id")
    return lambda work, asked: alerts.firings_of(work, which, asked)  # type: ignore[arg-type]


QUERIES = [
    resources.one(ALERT),
    external_ids.one(ALERT),
    listing("alerts", Alert, alerts.ALERTS, alerts.AlertList, "Rules on KPIs and gaps."),
    resources.one(FIRING),
    connection(
        "alert_firings",
        AlertFiring,
        _firings,
        alerts.AlertFiringList,
        "What an alert fired, the latest first.",
        owner=Argument("alert_id", strawberry.ID, "Of which Alert."),
    ),
]
MUTATIONS = [*resources.mutations(ALERT), *external_ids.mutations(ALERT)]
