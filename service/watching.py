"""Watching: which gaps are new and closed, and which alerts fire, workspace by workspace.

What is computed here is computed as for any caller, and kept as facts with a time. Everything is a
work of one workspace, and may be done again: a process killed in the middle loses nothing.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from time import monotonic
from typing import NamedTuple
from uuid import UUID

from service import telemetry
from service.database import Database
from service.domain import access, alerts, insights
from service.domain.alerts import Judged, Rule
from service.domain.errors import DomainError, Unavailable
from service.domain.work import OPERATORS, Caller, Scope
from service.driver_errors import DRIVER_ERRORS
from service.folding import Turns

EVERY = 5.0
"""Seconds between two looks at whose turn it is."""
SOON = 60.0
"""Seconds between two looks at a workspace in which something came."""
SELDOM = 300.0
"""The same at most, where nothing comes."""
THOROUGHLY = 3600.0
"""Seconds after which gaps are looked for though nothing came: findings grow old by themselves."""
CHECKED = timedelta(minutes=15)
"""After which time alerts and gaps are looked at again where events come."""
RESTING = timedelta(hours=1)
"""The same where nothing comes."""
LONGEST = 60.0
"""Seconds for which rules are looked at one by one, where all together failed."""
_SCOPES = frozenset({Scope.MAPS_READ, Scope.ANALYTICS_READ, Scope.CONTACTS_READ})


class Known(NamedTuple):
    """What had come to a workspace when its gaps were last looked for, and when that was."""

    pulse: insights.Pulse
    at: float


class Watch:
    """When workspaces are looked at next, and what is known of each."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self.turns = Turns(clock, busy=SOON, resting=SOON, seldom=SELDOM)
        self.known: dict[UUID, Known] = {}


async def watch(database: Database, stop: asyncio.Event, every: float = EVERY) -> None:
    """Watch until told to stop."""
    watching = Watch()
    while not stop.is_set():
        try:
            await round_of(database, stop, watching)
        except (*DRIVER_ERRORS, DomainError):
            telemetry.logger().warning("watching_put_off", exc_info=True)
        try:
            async with asyncio.timeout(every):
                await stop.wait()
        except TimeoutError:
            continue


async def round_of(database: Database, stop: asyncio.Event, watching: Watch) -> None:
    """Look once at each workspace whose turn it is."""
    operator = Caller(OPERATORS, None, frozenset({Scope.OPERATOR}))
    async with database.write(operator) as asking:
        workspaces = await access.every_workspace(asking)
    for workspace in watching.turns.due(workspaces):
        if stop.is_set():
            return
        came = False
        try:
            came = await watched(database, workspace, watching)
        except (*DRIVER_ERRORS, DomainError):
            # Of this one: the others need not wait for it, and it has another turn.
            telemetry.logger().warning("watching_put_off", exc_info=True)
        except Exception:
            # A defect of ours: it is told, and the others go on.
            telemetry.logger().error("watching_failed", exc_info=True)
        watching.turns.seen(workspace, came=came)


async def watched(database: Database, workspace: UUID, watching: Watch) -> bool:
    """Keep a workspace's gaps where something changed or an hour is over, of events alone where a
    quarter of one is, and look at the alerts that are due; whether something came."""
    caller, known = Caller(workspace, None, _SCOPES), watching.known.get(workspace)
    now = watching.clock()
    async with database.read(caller) as asking:
        pulse = await insights.pulse(asking)
    came = known is None or known.pulse != pulse
    try:
        if known is None or _is_due(known, pulse, now):
            await _gaps_kept(database, caller)
            watching.known[workspace] = Known(pulse, now)
    finally:
        # Also where gaps cannot be found.
        more = await _alerts_kept(database, caller, CHECKED if came else RESTING)
    return came or more


def _is_due(known: Known, pulse: insights.Pulse, now: float) -> bool:
    """Whether gaps are looked for: all events are read for it, and they come all the time."""
    if known.pulse.change != pulse.change:
        return True
    came = known.pulse.arrival != pulse.arrival
    return now - known.at >= (CHECKED.total_seconds() if came else THOROUGHLY)


async def _gaps_kept(database: Database, caller: Caller) -> None:
    async with database.read(caller) as asking:
        turns = await insights.maps_in_turn(asking)
    # Some hundred maps at a time, so that no more are held.
    for some in turns:
        async with database.analyse(caller) as looking:
            seen = await insights.seen_gaps(looking, some)
        async with database.write(caller) as keeping:
            await insights.keep_gaps(keeping, seen)


async def _alerts_kept(database: Database, caller: Caller, after: timedelta) -> bool:
    """Look at some alerts that are due; whether there may be more."""
    async with database.read(caller) as asking:
        due = await alerts.due(asking, asking.now - after)
    if not due:
        return False
    found = await looked_at(database, caller, due)
    async with database.write(caller) as keeping:
        await alerts.keep_states(keeping, found, {one.id: one for one in due})
    return len(due) == alerts.MOST


async def looked_at(
    database: Database, caller: Caller, rules: Sequence[Rule]
) -> Mapping[UUID, Judged]:
    """How rules stand. Where that fails of all together, each is looked at by itself, so that one
    whose figure takes too long holds up no other."""
    try:
        async with database.analyse(caller) as work:
            return await alerts.looked_at(work, rules)
    except Unavailable as error:
        # Away is away for all of them; whatever takes too long does so by itself.
        if error.code == Unavailable.code:
            raise
        met: str = error.code
    except DomainError as error:
        met = error.code
    except Exception:
        telemetry.logger().error("watching_failed", exc_info=True)
        met = "internal"
    if len(rules) == 1:
        return {rules[0].id: alerts.failing(met)}
    found: dict[UUID, Judged] = {}
    ends = monotonic() + LONGEST
    # A few, and seldom: see above. Those that are left wait for the next turn, and go first then.
    for rule in rules:
        if monotonic() < ends:
            found |= await looked_at(database, caller, [rule])
    return found
