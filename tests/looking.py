"""Looking for what somebody is known by, wherever it may stand."""

import json
import re
from collections.abc import Sequence
from urllib.parse import quote
from uuid import UUID

import asyncpg

from service.domain.contacts import identity

_COLUMNS = """
    SELECT c.oid::regclass::text AS table, array_agg(format('%I::text', a.attname)) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE relkind IN ('r', 'm') AND attnum > 0 AND NOT attisdropped
      AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
      AND relnamespace::regnamespace::text !~ '^pg_'
    GROUP BY c.oid
"""


async def found_in(owner: asyncpg.Connection, needles: Sequence[str]) -> set[str]:
    """The columns of all tables of all schemas in which one of these stands, bytes included."""
    ways = {way for one in needles for way in (one, one.encode().hex())}
    held = [
        f"SELECT '{table} ' || unnest(ARRAY{[one.removesuffix('::text') for one in columns]}), "
        f"unnest(ARRAY[{', '.join(f'bool_or({one} LIKE ANY ($1))' for one in columns)}]) AS held "
        f"FROM {table}"
        for table, columns in await owner.fetch(_COLUMNS)
    ]
    # Looked for where it lies: with all that the tests before left, it is a lot to send.
    found = f"SELECT name FROM ({' UNION ALL '.join(held)}) AS each_one (name, held) WHERE held"
    like = [re.sub(r"([\\%_])", r"\\\1", way) for way in ways]
    return {name for (name,) in await owner.fetch(found, [f"%{one}%" for one in like])}


def told_as(workspace: UUID, source: str, value: str) -> list[str]:
    """All the ways in which an identifier may stand somewhere."""
    hashed = identity(workspace, source, value)
    escaped = (json.dumps(value, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False))
    return [value, *escaped, quote(value, safe=""), str(hashed), hashed.hex]
