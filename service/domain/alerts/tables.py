"""Alerts: rules on figures and gaps, how each stands, and what fired.

How a rule stands is written by the worker, and raises no version: whoever changes the rule at that
moment changes what they have read.
"""

from sqlalchemy import Boolean, Column, Index, Integer, Table, text

from service.domain.tables import instant, json, maybe, points_to, resource, uid, words

alerts: Table = resource(
    "alerts",
    words("name"),
    json("watches", "'{}'"),
    json("condition", "'{}'"),
    uid("journey_id", nullable=True),
    uid("stage_id", nullable=True),
    Column("window_days", Integer, nullable=False),
    Column("least_count", Integer),
    Column("enabled", Boolean, nullable=False, server_default=text("true")),
    maybe("state"),
    maybe("reason"),
    Column("checked_at", instant),
    json("figure"),
    points_to("journeys", "journey_id", cascade=True),
    points_to("stages", "stage_id", cascade=True),
    kind="alert",
    label="name",
    searched="name",
)
for _name in ("journey_id", "stage_id"):
    Index(None, alerts.c.workspace_id, alerts.c[_name])
# The worker takes those first that it has not looked at for longest.
Index(None, alerts.c.workspace_id, alerts.c.checked_at)

alert_firings: Table = resource(
    "alert_firings",
    uid("alert_id"),
    Column("fired_at", instant, nullable=False),
    Column("resolved_at", instant),
    json("condition", "'{}'"),
    json("figure", "'{}'"),
    json("before"),
    json("change"),
    points_to("alerts", "alert_id", cascade=True),
    kind="alert_firing",
    label="fired_at",
    whole="alerts",
)
# One of each rule is unresolved at a time.
Index(
    "uq_alert_firings_unresolved",
    alert_firings.c.workspace_id,
    alert_firings.c.alert_id,
    unique=True,
    postgresql_where=alert_firings.c.resolved_at.is_(None),
)
Index(None, alert_firings.c.workspace_id, alert_firings.c.alert_id, alert_firings.c.fired_at)
