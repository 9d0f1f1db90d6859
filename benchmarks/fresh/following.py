"""The worker as a process beside the service, and how far it is behind what came."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import environ
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.__main__ import WAYPOST

DERIVED = (
    *("event_folds", "event_segments", "event_countings", "event_counts"),
    *("session_folds", "session_sums", "session_people", "contact_moves"),
)
# Places in the order of arrival are microseconds since 1970, times 1024.
_BEHIND = """
    WITH places AS (
        SELECT workspace_id, least(folds.until, countings.until) AS folded,
            sessions.until AS counted
        FROM waypost.workspaces LEFT JOIN waypost.event_folds AS folds USING (workspace_id)
        LEFT JOIN waypost.event_countings AS countings USING (workspace_id)
        LEFT JOIN waypost.session_folds AS sessions USING (workspace_id)
    )
    SELECT extract(epoch FROM clock_timestamp())::float8 - min(seen.folded) / 1024e6,
        extract(epoch FROM clock_timestamp())::float8 - min(seen.counted) / 1024e6
    FROM places, LATERAL (SELECT
        (SELECT min(arrival) FROM waypost.events AS e WHERE e.workspace_id = places.workspace_id
            AND arrival >= coalesce(folded, 0)) AS folded,
        (SELECT min(arrival) FROM waypost.events AS e WHERE e.workspace_id = places.workspace_id
            AND arrival >= coalesce(counted, 0)) AS counted
    ) AS seen
"""


class Behind(NamedTuple):
    """For how many seconds the oldest event waits to be in segments and counts, and in sums of
    sessions; 0: there is none."""

    counts: float
    sessions: float


async def behind(owner: Any) -> Behind:
    """How far the worker is behind, of all workspaces."""
    return Behind(*(one or 0.0 for one in await owner.fetchrow(_BEHIND)))


@contextmanager
def working(environment: Mapping[str, str], log_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The worker, for the time of the block."""
    with log_path.open("ab") as log:
        process = subprocess.Popen(
            [*WAYPOST, "work"], env={**environ, **environment}, stdout=log, stderr=log
        )
        try:
            time.sleep(2)
            if process.poll() is not None:
                raise RuntimeError(log_path.read_text(errors="replace")[-2000:])
            yield process
        finally:
            process.terminate()
            process.wait(30)
