"""Changing the settings: one row, the workspace's own, told as its change."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Text, bindparam, cast, func, literal_column, select, update

from service.domain import patching
from service.domain.access.settings.inputs import NewSettings
from service.domain.access.settings.reads import Row, document, members, row
from service.domain.access.settings.roles import judged, with_defaults
from service.domain.errors import StaleVersion
from service.domain.inputs import Input
from service.domain.known import Expected
from service.domain.outbox import announced, announcement
from service.domain.reading import Document
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant, workspaces
from service.domain.work import Scope, Work


async def patch_settings(work: Work, data: Input, expected: Expected = None) -> Document:
    """A JSON merge patch: null takes the default. Raises `StaleVersion`, `Invalid`."""
    work.needs(Scope.ADMIN)
    stored = await _locked(work, expected)
    now = members(stored)
    sent = await patching.members(NewSettings, data, partial(_some, now))
    return await _write(work, stored, now, {**now, **sent})


async def replace_settings(work: Work, data: Input, expected: Expected = None) -> Document:
    """All settings anew; those not sent take their defaults. Raises `StaleVersion`."""
    work.needs(Scope.ADMIN)
    stored = await _locked(work, expected)
    return await _write(work, stored, members(stored), data.model_dump())


async def _locked(work: Work, expected: Expected) -> Row:
    stored = Row(*await work.value(_LOCK))
    if expected is not None and stored.version not in expected:
        raise StaleVersion
    return stored


async def _some(now: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    return {name: now[name] for name in names}


async def _write(
    work: Work, stored: Row, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Document:
    after = {**after, "event_roles": with_defaults(after["event_roles"])}
    judged(after["event_roles"])
    changed = sorted(name for name in after if after[name] != before[name])
    workspace_id = work.caller.workspace_id
    if not changed:
        return document(workspace_id, stored)
    kept = {name: value for name, value in after.items() if name != "time_zone"}
    written = await work.value(
        _WRITE,
        new_settings=kept,
        new_time_zone=after["time_zone"],
        **announcement(work, {"members": changed}),
    )
    return document(workspace_id, Row(*written))


def _writing() -> Statement:
    changed = (
        update(workspaces)
        .values(
            settings=bindparam("new_settings", type_=workspaces.c.settings.type),
            time_zone=bindparam("new_time_zone", type_=Text),
            version=workspaces.c.version + literal_column("1"),
            updated_at=bindparam("now", type_=instant),
        )
        .where(workspaces.c.workspace_id == WORKSPACE)
        .returning(workspaces.c.workspace_id.label("id"), *workspaces.c)
        .cte("changed")
    )
    names = ("time_zone", "version", "created_at", "updated_at")
    answer = select(func.row(cast(changed.c.settings, Text), *(changed.c[name] for name in names)))
    told = announced("workspace.updated", changed)
    return Statement(answer.select_from(changed).add_cte(*told))


_LOCK = Statement(row().with_for_update())
_WRITE = _writing()
