"""The same figures by plain SQL, as their owner: no policy, no look at who may be analysed."""

from benchmarks.measures.made import NAMES

WINDOW = "interval '7 days'"
CONTACTS = """
    SELECT count(DISTINCT i.contact_id) FROM waypost.events AS e
    JOIN waypost.contact_identifiers AS i ON i.workspace_id = $1 AND i.id = e.who
    WHERE e.workspace_id = $1
"""
CONTACTS_CUT = f"""{CONTACTS}
        AND e."timestamp" >= '2026-01-20T07:13:11Z' AND e."timestamp" < '2026-04-11T16:48:29Z'
        AND e.channel = 'web'
"""
SESSIONS = """
    WITH marked AS (
        SELECT i.contact_id, e."timestamp" - lag(e."timestamp") OVER w > interval '30 minutes'
            OR lag(e."timestamp") OVER w IS NULL AS begins
        FROM waypost.events AS e
        JOIN waypost.contact_identifiers AS i ON i.workspace_id = $1 AND i.id = e.who
        WHERE e.workspace_id = $1
        WINDOW w AS (PARTITION BY i.contact_id ORDER BY e."timestamp", e.arrival)
    ) SELECT count(*) FILTER (WHERE begins) FROM marked
"""
BOUNCES = """
    WITH marked AS (
        SELECT i.contact_id, e."timestamp", e.arrival,
            e."timestamp" - lag(e."timestamp") OVER w > interval '30 minutes'
            OR lag(e."timestamp") OVER w IS NULL AS begins
        FROM waypost.events AS e
        JOIN waypost.contact_identifiers AS i ON i.workspace_id = $1 AND i.id = e.who
        WHERE e.workspace_id = $1
        WINDOW w AS (PARTITION BY i.contact_id ORDER BY e."timestamp", e.arrival)
    ), numbered AS (
        SELECT contact_id, "timestamp", count(*) FILTER (WHERE begins)
            OVER (PARTITION BY contact_id ORDER BY "timestamp", arrival) AS n
        FROM marked
    ), sessions AS (
        SELECT min("timestamp") AS first, count(*) AS events FROM numbered GROUP BY contact_id, n
    ) SELECT ARRAY[count(*) FILTER (WHERE events = 1), count(*)] FROM sessions
        WHERE first >= '2026-01-20T07:13:11Z' AND first < '2026-04-11T16:48:29Z'
"""
EVENTS = """
    SELECT json_object_agg(event, n) FROM (
        SELECT event, count(*) AS n FROM waypost.events WHERE workspace_id = $1 GROUP BY 1
    ) AS each
"""
CHANNELS = """
    SELECT json_object_agg(channel, n) FROM (
        SELECT channel, count(*) AS n FROM waypost.events
        WHERE workspace_id = $1 AND "timestamp" >= '2026-01-20T07:13:11Z'
            AND "timestamp" < '2026-04-11T16:48:29Z'
        GROUP BY 1
    ) AS each
"""
DAYS = """
    SELECT json_agg(n ORDER BY day) FROM (
        SELECT date_trunc('day', "timestamp", 'Asia/Kolkata') AS day, count(*) AS n
        FROM waypost.events
        WHERE workspace_id = $1 AND "timestamp" >= '2026-01-05T18:30:00Z'
            AND "timestamp" < '2026-04-25T18:30:00Z'
        GROUP BY 1
    ) AS each
"""


def funnel() -> str:
    """Five steps in order, within the window from the first; any event of the first may begin.

    The latest beginning that is still valid is carried through one running maximum a step.
    """
    names = ", ".join(f"'{name}'" for name in NAMES)
    inner = f"""
        SELECT i.contact_id, e."timestamp" AS at, e.arrival, e.event,
            CASE WHEN e.event = '{NAMES[0]}' THEN e."timestamp" END AS r0
        FROM waypost.events AS e
        JOIN waypost.contact_identifiers AS i ON i.workspace_id = $1 AND i.id = e.who
        WHERE e.workspace_id = $1 AND e.event IN ({names})
    """
    for place, name in enumerate(NAMES[1:], 1):
        carried = ", ".join(f"r{n}" for n in range(place))
        before = (
            f"max(r{place - 1}) OVER (PARTITION BY contact_id ORDER BY at, arrival"
            " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
        )
        inner = f"""
            SELECT contact_id, at, arrival, event, {carried},
                CASE WHEN event = '{name}' AND at - before <= {WINDOW} THEN before END AS r{place}
            FROM (SELECT *, {before} AS before FROM ({inner}) AS inner_{place}) AS step_{place}
        """
    counted = ", ".join(
        f"count(DISTINCT contact_id) FILTER (WHERE r{n} IS NOT NULL)" for n in range(len(NAMES))
    )
    return f"SELECT ARRAY[{counted}] FROM ({inner}) AS every"
