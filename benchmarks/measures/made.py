"""Events of one workspace among many, made in the database, the same at every run.

Each person comes five times in 120 days, and does at most five things in a row each time: the later
ones more seldom. Others, of other workspaces, do a tenth as much together. Events are stored in the
order of their times, as most are that come as they happen.
"""

from typing import Any
from uuid import UUID

from benchmarks.ground import Tenant

EVENTS_OF_PERSON = 25
NAMES = ("Page Viewed", "Offer Seen", "Offer Clicked", "Signup Begun", "Order Completed")
_PEOPLE = """
    WITH made AS (
        SELECT n, md5($1::uuid::text || n)::uuid AS id FROM generate_series(1, $2::int) AS n
    ), people AS (
        INSERT INTO waypost.contacts (workspace_id, id, root_id, created_at, updated_at)
        SELECT $1, id, id, now(), now() FROM made
    )
    INSERT INTO waypost.contact_identifiers
        (workspace_id, id, source, value, contact_id, created_at)
    SELECT $1, md5($1::uuid::text || 'who' || n)::uuid, 'user_id', 'user-' || n, id, now() FROM made
"""
_EVENTS = """
    INSERT INTO waypost.events (workspace_id, arrival, who, "timestamp", received_at, type, event,
        message_id, user_id, device, channel, campaign, properties)
    SELECT $1, (extract(epoch FROM at) * 1000000)::bigint * 1024 + k,
        md5($1::uuid::text || 'who' || n)::uuid, at, at, 'track',
        ($3::text[])[1 + least(step, rare)], n || '-' || k, 'user-' || n,
        (ARRAY['mobile', 'desktop', 'tablet'])[1 + abs(hashint4(n + visit)) % 3],
        (ARRAY['web', 'mail', 'ad', 'social'])[1 + abs(hashint4(n * 7 + visit)) % 4],
        'campaign-' || abs(hashint4(n)) % 20,
        jsonb_build_object('touchpoint', 'touchpoint-' || abs(hashint4(n + k)) % 40)
    FROM (
        SELECT n, k, k / 5 AS visit, k % 5 AS step, abs(hashint4(n * 31 + k)) % 6 AS rare,
            timestamptz '2026-01-01 00:00+00'
            + abs(hashint8(n::bigint * 100 + k / 5)) % 10368000 * interval '1 second'
            + k % 5 * (abs(hashint4(n + k)) % 900) * interval '1 second' AS at
        FROM generate_series(1, $2::int) AS n, generate_series(0, $4::int - 1) AS k
    ) AS one
    ORDER BY at
"""


async def made(owner: Any, tenants: list[Tenant], events: int) -> UUID:
    """The workspace that has as many events; all others have a tenth of them together."""
    most = tenants[0].workspace_id
    for month in range(1, 6):
        await owner.fetchval("SELECT waypost.add_event_leaf(make_date(2026, $1, 1))", month)
    for place, tenant in enumerate(tenants):
        share = events // 10 // len(tenants) if place else events
        people = max(1, share // EVENTS_OF_PERSON)
        await owner.execute(_PEOPLE, tenant.workspace_id, people)
        await owner.execute(_EVENTS, tenant.workspace_id, people, list(NAMES), EVENTS_OF_PERSON)
    await owner.execute(
        "VACUUM ANALYZE waypost.events, waypost.contacts, waypost.contact_identifiers"
    )
    return most
