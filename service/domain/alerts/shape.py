"""How alerts and what fired are shown and listed."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, bindparam, case, literal_column, not_

from service.domain import external_ids
from service.domain.alerts.inputs import AlertState, NewAlert
from service.domain.alerts.tables import alert_firings, alerts
from service.domain.filters import Type, Vocabulary
from service.domain.kinds import choices, words
from service.domain.paging import Listing, equals
from service.domain.shapes import Shape, columns
from service.domain.tables import instant


def _reason(row: FromClause) -> ColumnElement[Any]:
    """Why nothing is said, also before the worker has come."""
    disabled, unseen = (literal_column(f"'{w}'", Text) for w in ("disabled", "not_checked"))
    unknown = case((not_(row.c.enabled), disabled), else_=unseen)
    return case((row.c.state.is_(None), unknown), else_=row.c.reason)


ALERT = Shape(
    "Alert",
    alerts,
    columns("id")
    | {"external_ids": external_ids.member("alert")}
    | columns("name", "watches", "condition", "journey_id", "stage_id", "window_days")
    | columns("least_count", "enabled", "state")
    | {"reason": _reason}
    | columns("checked_at", "figure", "version", "created_at", "updated_at"),
)
ALERTS = Listing(
    ALERT,
    sorts=("created_at", "updated_at", "name", "checked_at"),
    vocabulary=Vocabulary(
        dict.fromkeys(("created_at", "updated_at", "checked_at"), Type.INSTANT)
        | dict.fromkeys(("id", "journey_id", "stage_id"), Type.UUID)
        | dict.fromkeys(("name", "state", "reason"), Type.TEXT)
        | dict.fromkeys(("window_days", "least_count"), Type.NUMBER)
        | {"enabled": Type.BOOLEAN},
        choices={**choices(NewAlert), "state": words(AlertState)},
    ),
    typed=equals("state", "enabled", "journey_id", "stage_id"),
)

FIRING = Shape(
    "AlertFiring",
    alert_firings,
    columns("id", "alert_id", "fired_at", "resolved_at", "condition", "figure", "before", "change")
    | columns("version", "created_at", "updated_at"),
)
FIRINGS = Listing(
    FIRING,
    sorts=("fired_at",),
    vocabulary=Vocabulary(
        dict.fromkeys(("fired_at", "resolved_at"), Type.INSTANT) | {"id": Type.UUID}
    ),
    typed={
        "resolved": lambda row: row.c.resolved_at.is_not(None) == bindparam("typed_resolved"),
        "fired_since": lambda row: row.c.fired_at >= bindparam("typed_fired_since", type_=instant),
    },
    default_sort="-fired_at",
)
