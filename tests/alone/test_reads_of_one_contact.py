"""What is asked of one contact reads nothing of the others, however many there are."""

import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from service.database import Database
from service.domain import contacts, membership
from service.domain.insights import contact_journeys
from service.domain.work import Caller, Work
from tests.make import Client
from tests.slices.bound import by_id, sent
from tests.slices.test_contact_journeys import did, mapped
from tests.slices.test_planning import nodes_of

OTHERS = 2_000
OTHER_CONTACTS = """
    INSERT INTO waypost.contacts (workspace_id, id, root_id, traits, trait_marks, test, version,
        created_at, updated_at)
    SELECT workspace_id, md5('who' || n)::uuid, md5('who' || n)::uuid, traits, trait_marks, test,
        version, created_at, updated_at
    FROM waypost.contacts, generate_series(1, $2::int) n WHERE id = $1"""
OTHER_CONSENTS = """
    INSERT INTO waypost.consents (workspace_id, id, contact_id, purpose, granted, at, recorded_at)
    SELECT workspace_id, md5('said' || n)::uuid, md5('who' || n)::uuid, purpose, granted, at,
        recorded_at
    FROM waypost.consents, generate_series(1, $2::int) n WHERE contact_id = $1"""


class Recorded:
    """A connection that keeps what is asked."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.asked: list[list[Any]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    async def fetchval(self, query: str, *args: Any) -> Any:
        self.asked.append([query, *args])
        return await self.connection.fetchval(query, *args)


async def visited(work: Work, kept: Recorded, *tables: str) -> int:
    """How many rows of tables, or of their partitions, all that was asked goes through."""
    rows = 0.0
    for text, *values in kept.asked:
        explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {text}"
        told = await kept.connection.fetchval(explained, *values)
        plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
        for node in nodes_of(plan):
            if str(node.get("Relation Name")).startswith(tables):
                filtered = node.get("Rows Removed by Filter", 0)
                rows += node["Actual Loops"] * (node["Actual Rows"] + filtered)
    assert work.connection is kept
    return int(rows)


@pytest.fixture
async def ann(client: Client, owner: asyncpg.Connection) -> UUID:
    """One among many, all of whom agreed to be analysed."""
    await mapped(client)
    await sent(client, did("Look", 1))
    which = UUID(await by_id(client, "ann"))
    said = {"purpose": "analytics", "granted": True}
    await client.made(f"/v1/contacts/{which}/consents", said)
    for insert in (OTHER_CONTACTS, OTHER_CONSENTS):
        await owner.execute(insert, which, OTHERS)
    await owner.execute("ANALYZE waypost.contacts, waypost.consents")
    return which


async def test_where_a_contact_stands_reads_nothing_of_others(
    database: Database, workspace: Caller, ann: UUID
) -> None:
    async with database.write(workspace) as work:
        kept: Any = Recorded(work.connection)
        work.connection = kept
        found = await contact_journeys(work, ann)
        kept.asked = kept.asked[:1]
        assert len(found.items) == 1
        assert 0 < await visited(work, kept, "contacts", "consents") < 100


async def test_whose_profiles_and_persona_a_contact_has_reads_nothing_of_others(
    database: Database, workspace: Caller, ann: UUID
) -> None:
    async with database.write(workspace) as work:
        kept: Any = Recorded(work.connection)
        work.connection = kept
        await membership.contact_profiles(work, ann, membership.ContactProfilesQuery())
        assert 0 < await visited(work, kept, "contacts", "consents") < 100
        kept.asked.clear()
        await membership.contact_persona(work, ann)
        assert 0 < await visited(work, kept, "contacts", "consents") < 100


async def test_putting_a_contact_on_a_map_reads_nothing_of_others(
    client: Client, database: Database, workspace: Caller, ann: UUID
) -> None:
    (made,) = (await client.got("/v1/journeys"))["items"]
    async with database.write(workspace) as work:
        kept: Any = Recorded(work.connection)
        work.connection = kept
        place = contacts.NewEnrolment(journey_id=made["id"], stage_key="stage-1")
        await contacts.ENROLMENTS.enrol(work, ann, place)
        kept.asked = kept.asked[:1]
        assert 0 < await visited(work, kept, "contacts", "consents") < 100


async def repeated(
    owner: asyncpg.Connection, workspace: Caller, event: str, times: int, **other: str
) -> None:
    """Events like one that came, each a second earlier; before it if not said otherwise."""
    names = await owner.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'waypost.events'::regclass"
        " AND attnum > 0 AND NOT attisdropped"
    )
    columns = [row["attname"] for row in names]
    apart = {
        "arrival": "arrival - n",
        "message_id": "message_id || n",
        "timestamp": "timestamp - n * interval '1 s'",
    } | other
    await owner.execute(
        f"INSERT INTO waypost.events ({', '.join(columns)})"
        f" SELECT {', '.join(apart.get(name, name) for name in columns)}"
        " FROM waypost.events, generate_series(1, $3::int) n"
        " WHERE workspace_id = $1 AND event = $2",
        workspace.workspace_id,
        event,
        times,
    )


async def test_what_is_typical_is_learned_from_a_sample(
    client: Client, database: Database, owner: asyncpg.Connection, workspace: Caller
) -> None:
    await mapped(client)
    await sent(client, did("Look", 1), did("Something Else", 2, "ben"))
    # Many did one thing each, so that nobody is expected to have done a hundred thousand.
    await repeated(owner, workspace, "Look", 300_000, who="md5('who' || n)::uuid")
    await repeated(owner, workspace, "Something Else", 100_000, arrival="arrival + n")
    await owner.execute("ANALYZE waypost.events")
    which = UUID(await by_id(client, "ann"))
    async with database.write(workspace) as work:
        kept: Any = Recorded(work.connection)
        work.connection = kept
        found = await contact_journeys(work, which)
        assert found.items[0].typical_reason == "too_few_continued"
        # What is asked of the others; behind it is only what to offer.
        kept.asked = kept.asked[-2:-1]
        assert 10_000 <= await visited(work, kept, "events") < 11_000
