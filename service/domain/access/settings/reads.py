"""The settings as they are, defaults filled in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Select, Text, cast, func, select

from service.domain.access.settings.inputs import NewSettings
from service.domain.access.settings.roles import with_defaults
from service.domain.reading import Document
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import workspaces
from service.domain.work import Scope, Work


class Row(NamedTuple):
    """What is stored: the settings that differ from the defaults, and the workspace's own."""

    settings: str
    time_zone: str
    version: int
    created_at: datetime
    updated_at: datetime


def row() -> Select[Any]:
    """The workspace of the work as a `Row`."""
    names = ("time_zone", "version", "created_at", "updated_at")
    members = (workspaces.c[name] for name in names)
    found = select(func.row(cast(workspaces.c.settings, Text), *members))
    return found.where(workspaces.c.workspace_id == WORKSPACE)


_READ = Statement(row())


async def settings(work: Work) -> Document:
    """The settings of the workspace; those that nobody changed have their defaults."""
    work.needs(Scope.MAPS_READ)
    return document(work.caller.workspace_id, Row(*await work.value(_READ)))


def members(found: Row) -> dict[str, Any]:
    """The members as callers set them, defaults filled in."""
    stored = msgspec.json.decode(found.settings, type=dict[str, Any])
    whole = NewSettings.model_validate({**stored, "time_zone": found.time_zone})
    told = whole.model_dump()
    return {**told, "event_roles": with_defaults(told["event_roles"])}


class Reporting(NamedTuple):
    """By what figures are computed: the zone whose calendar cuts them, which events play which
    role, as selections, the least count that is told (None: all are), and by their names what holds
    where nobody asks otherwise: the session's timeout and what estimates rest on; and of fewer than
    how many shares are compared with none."""

    time_zone: str
    roles: Mapping[str, Any]
    small_cells: int | None
    defaults: Mapping[str, Any]
    least_count: int

    @property
    def session_timeout_seconds(self) -> int:
        """A longer pause ends a session."""
        found: int = self.defaults["session_timeout_seconds"]
        return found


async def reporting(work: Work) -> Reporting:
    """By what the figures of the workspace are computed."""
    work.needs(Scope.ANALYTICS_READ)
    found = members(Row(*await work.value(_READ)))
    defaults = {**found["estimates"], "session_timeout_seconds": found["session_timeout_seconds"]}
    return Reporting(
        found["time_zone"],
        found["event_roles"],
        found["small_cells"],
        defaults,
        found["least_count"],
    )


def document(workspace_id: UUID, found: Row) -> Document:
    """The settings as callers see them."""
    times = {"created_at": found.created_at, "updated_at": found.updated_at}
    shown = {"id": workspace_id, **members(found), "version": found.version, **times}
    return Document(workspace_id, found.version, msgspec.json.encode(shown).decode())
