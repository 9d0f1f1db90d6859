"""What the shapes of this slice share: the day that it is in the workspace."""

from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, bindparam, cast, func, select

from service.domain.statements import WORKSPACE
from service.domain.tables import instant, workspaces


def day_of(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    """The day of an instant by the workspace's time zone."""
    zone = select(workspaces.c.time_zone).where(workspaces.c.workspace_id == WORKSPACE)
    return cast(func.timezone(zone.scalar_subquery(), moment), Date)


def start_of(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The instant at which a day begins by the workspace's time zone."""
    zone = select(workspaces.c.time_zone).where(workspaces.c.workspace_id == WORKSPACE)
    return func.timezone(zone.scalar_subquery(), cast(day, DateTime()), type_=instant)


def today() -> ColumnElement[Any]:
    """The day of the work."""
    return day_of(bindparam("now", type_=instant))
