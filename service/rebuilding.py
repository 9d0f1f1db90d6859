"""`waypost rebuild`: what is derived of events, dropped and made anew, workspace by workspace.

It may be done at any time, beside the service and the worker, and again: what is dropped is dropped
at once, under the lock by which whoever folds waits, and from then on the events themselves are
read until they are folded. Killed in the middle, it leaves the rest to the worker. A workspace that
cannot be rebuilt is told, and keeps none of the others from it.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from service.database import Database
    from service.settings import Settings

_GONE = "{which}: dropped {segments} segments of {events} events, "
_MADE = "made {segments} of {events}."
_LEFT = " More have come, or are being stored: the worker goes on."


def options(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    said = "the id of the workspace; else all of them, one behind the other"
    parser.add_argument("--workspace", type=UUID, default=None, help=said)


def rebuild(given: argparse.Namespace) -> int:
    """Drop what is derived of events and make it anew, while the service runs."""
    from service import settings

    return 0 if asyncio.run(_said(settings.read(), given.workspace)) else 1


async def _said(settings: "Settings", workspace: UUID | None) -> bool:
    """Print what is done, as soon as it is; whether all was. Raises `NotFound` for a workspace that
    is none."""
    from service import deployment
    from service.domain.errors import DomainError

    all_done = True
    async with deployment.opened(settings) as database:
        for which in await _workspaces(database, workspace):
            try:
                print(await rebuilt(database, which), flush=True)
            except DomainError as error:
                all_done = False
                print(f"waypost: {which}: {error.detail}", file=sys.stderr, flush=True)
    return all_done


async def _workspaces(database: "Database", workspace: UUID | None) -> Sequence[UUID]:
    from service.domain import access, histories
    from service.domain.work import OPERATORS, Caller, Scope

    async with database.write(Caller(workspace or OPERATORS, None, frozenset(Scope))) as work:
        if workspace is not None:
            await access.WORKSPACES.one(work, workspace)
            return [workspace]
        return await histories.workspaces_with_events(work)


async def rebuilt(database: "Database", workspace: UUID) -> str:
    """Drop what is derived of a workspace's events and make it anew; what was done, in words."""
    from service import folding
    from service.domain import histories
    from service.domain.work import Caller, Scope

    caller = Caller(workspace, None, frozenset({Scope.ANALYTICS_READ}))
    async with database.write(caller) as work:
        before = await histories.in_segments(work)
        await histories.drop(work)
    await folding.folded(database, workspace)
    async with database.read(caller) as work:
        after, more = await histories.in_segments(work), await histories.behind(work)
    gone = _GONE.format(which=workspace, segments=before.segments, events=before.events)
    made = _MADE.format(segments=after.segments, events=after.events)
    return gone + made + (_LEFT if more else "")
