"""People of whom the planner does not know yet how many there are."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI
from sqlalchemy import func, literal_column, select

from service.database import Database, utc_now
from service.domain import access, contacts, membership
from service.domain.errors import TookTooLong
from service.domain.events import Sorted
from service.domain.histories import Asked, columnar
from service.domain.ids import new_id
from service.domain.statements import Statement
from service.domain.work import Caller, Scope, Work
from service.roles import APP
from service.settings import Settings
from tests.make import Client
from tests.slices.test_contact_search import Past
from tests.slices.test_contacts import PATH
from tests.slices.test_planning import nodes_of


@pytest.fixture(scope="module", autouse=True)
async def _still(settings: Settings) -> None:
    """Else the planner learns of them at a time of its own."""
    connection = await asyncpg.connect(settings.owner_database_url)
    try:
        for table in ("contacts", "contact_identifiers"):
            await connection.execute(f"ALTER TABLE waypost.{table} SET (autovacuum_enabled = off)")
    finally:
        await connection.close()


class Recorded:
    """A connection that keeps what a work asks of it."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.every: list[list[Any]] = []

    async def fetchval(self, query: str, *args: Any) -> Any:
        self.every.append([query, *args])
        return await self.connection.fetchval(query, *args)

    @asynccontextmanager
    async def hashing(self) -> AsyncIterator[None]:
        """As for works, and until the transaction ends: what was asked is explained behind."""
        await self.connection.execute("SET LOCAL enable_nestloop = off")
        yield

    async def seen(self) -> Counter[str]:
        """How many rows of each table the last answer was made of, read or passed over."""
        return await self.seen_by(self.every[-1])

    async def seen_by(self, asked: list[Any]) -> Counter[str]:
        """The same of one of all that was asked."""
        text, *values = asked
        told = await self.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", *values)
        found: Counter[str] = Counter()
        for node in nodes_of(json.loads(told)[0]["Plan"]):
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            if "Relation Name" in node:
                table = node["Relation Name"]
                name = "events" if table.startswith("events") else table
                found[name] += node["Actual Loops"] * rows
        return found


async def crowd(client: Client, app: FastAPI, caller: Caller) -> None:
    """300 people who did something once."""
    named = [{"source": "user_id", "value": f"u{n}"} for n in range(300)]
    traits = {"name": "Ann", "plan": "gold"}
    body = {"items": [{"identifiers": [one], "traits": traits} for one in named]}
    answer = await client.post(f"{PATH}/batch/upsert", json=body)
    assert {one["outcome"] for one in answer.json()["items"]} == {"created"}
    past = Past(app, caller)
    done = [past.message(one["value"], "Order Completed") for one in named]
    await app.state.intake.take(caller, Sorted(done, []))


Load = Callable[[], Awaitable[None]]
Planning = Callable[[bool], AbstractAsyncContextManager[asyncpg.Connection]]


@pytest.fixture
def load(client: Client, app: FastAPI, workspace: Caller) -> Load:
    """Loads people, as whom the planner does not know yet."""
    return partial(crowd, client, app, workspace)


@pytest.fixture
async def planning(
    app: FastAPI, database: Database, settings: Settings, postgres_url: str
) -> Planning:
    """Opens a connection whose planner may know the tables as they are, with people of another
    workspace in them; what it learns is forgotten.
    """
    operator = Caller(new_id(), None, frozenset({Scope.OPERATOR}))
    async with database.write(operator) as work:
        made = await access.WORKSPACES.create(work, access.NewWorkspace(name="Elsewhere"))
    async with Client.entering(app, made.json) as client:
        await crowd(client, app, Caller(made.id, None, frozenset(access.GRANTED)))
    name = urlsplit(settings.database_url).path
    return partial(planner, urlsplit(postgres_url)._replace(path=name).geturl())


@asynccontextmanager
async def planner(url: str, knows: bool) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    learning = connection.transaction()
    await learning.start()
    try:
        if knows:
            tables = ("contacts", "contact_identifiers", "events")
            await connection.execute("ANALYZE " + ", ".join(f"waypost.{one}" for one in tables))
        yield connection
    finally:
        await learning.rollback()
        await connection.close()


async def entered(connection: asyncpg.Connection, caller: Caller) -> tuple[Recorded, Work]:
    """A read of the application's, and what it asks."""
    await connection.execute(f"SET LOCAL ROLE {APP}")
    # The driver asks for this type once.
    await connection.fetchval("SELECT ARRAY[true]")
    kept: Any = Recorded(connection)
    return kept, Work(kept, caller, utc_now(), guarded=True)


BOUGHT = {"did": "Order Completed"}
GOLD = {"field": "traits.plan", "op": "eq", "value": "gold"}
GOLDEN = {"all": [{"field": "event", "op": "eq", "value": "Order Completed"}, GOLD]}


@pytest.mark.parametrize("knows", [False, True])
@pytest.mark.parametrize(
    "case",
    [
        ({"filter": GOLD}, 300),
        ({"q": "Ann"}, 300),
        ({"q": "Ann", "filter": GOLD}, 300),
        ({"filter": BOUGHT}, 300),
        ({"filter": {"not": BOUGHT}}, 0),
        ({"filter": {**BOUGHT, "within_days": 30, "times": {"at_most": 1}}}, 300),
        ({"filter": {**BOUGHT, "times": {"at_least": 2}}}, 0),
        ({"filter": {"did": GOLDEN}}, 300),
        ({"filter": {"did": GOLDEN, "times": {"at_least": 2}}}, 0),
    ],
)
async def test_people_who_have_just_been_loaded_are_gone_through_once(
    planning: Planning, load: Load, workspace: Caller, case: Any, knows: bool
) -> None:
    """Before the planner knows how many there are: else each would be searched for each other."""
    asked, total = case
    async with planning(knows) as connection:
        await load()
        kept, work = await entered(connection, workspace)
        query = contacts.ContactSearch(limit=1, count=True, **asked)
        assert (await contacts.CONTACTS.search(work, query)).total == total
        seen = await kept.seen()
    assert 300 <= seen["contacts"] < 10 * 300
    assert max(seen.values()) < 10 * 300


@pytest.mark.parametrize("knows", [False, True])
@pytest.mark.parametrize(
    "asked", [BOUGHT, {"all": [GOLD, BOUGHT]}, {"did": GOLDEN}, {**BOUGHT, "within_days": 30}]
)
async def test_a_page_of_who_did_what_most_did_looks_at_few(
    planning: Planning, load: Load, workspace: Caller, asked: Any, knows: bool
) -> None:
    """It ends where it is full, and what the others did is not read."""
    async with planning(knows) as connection:
        await load()
        kept, work = await entered(connection, workspace)
        query = contacts.ContactSearch(limit=5, filter=asked)
        page = await contacts.CONTACTS.search(work, query)
        assert (len(json.loads(page.items)), page.more, work.statements) == (5, True, 1)
        seen = await kept.seen()
    # Six, who are looked at once, and once more whether that is certain; and the names of five.
    assert 6 <= seen["events"] <= 12
    assert 6 <= seen["contact_identifiers"] <= 12 + 5
    assert seen["contacts"] < 2 * 300


@pytest.mark.parametrize("knows", [False, True])
async def test_a_page_of_who_did_what_nobody_did_looks_at_each_once_more(
    planning: Planning, load: Load, workspace: Caller, knows: bool
) -> None:
    async with planning(knows) as connection:
        await load()
        kept, work = await entered(connection, workspace)
        query = contacts.ContactSearch(limit=5, filter={"did": "Order Cancelled"})
        assert (await contacts.CONTACTS.search(work, query)).items == "[]"
        glance, whole = [await kept.seen_by(one) for one in kept.every]
    assert max(glance.values()) < 5 * 300
    assert max(whole.values()) < 10 * 300


@pytest.mark.parametrize("knows", [False, True])
async def test_what_one_person_did_is_found_by_index(
    planning: Planning, load: Load, client: Client, workspace: Caller, knows: bool
) -> None:
    async with planning(knows) as connection:
        await load()
        (one,) = (await client.got(PATH, params={"limit": 1}))["items"]
        profile = await client.made("/v1/profiles", {"name": "Buyers", "criteria": BOUGHT})
        kept, work = await entered(connection, workspace)
        asked = membership.ContactProfilesQuery()
        (found,) = (await membership.contact_profiles(work, UUID(one["id"]), asked)).items
        assert (str(found.profile_id), found.membership) == (profile["id"], "yes")
        seen = await kept.seen()
    assert seen["contact_identifiers"] + seen["events"] < 10
    # Whom they are shown as, and whether they may be used. To a planner that knows of other
    # workspaces alone this one has one person, whom any index finds: then all are gone through for
    # each of the four times that contacts are asked, and never for each of them.
    assert 0 < seen["contacts"] < (4 * 300 + 10 if knows else 10)


@pytest.mark.parametrize("knows", [False, True])
async def test_whose_events_are_is_looked_up_for_all_at_once(
    planning: Planning, load: Load, workspace: Caller, knows: bool
) -> None:
    """Else for each event each contact, and for each of these each one that it is shown as."""
    async with planning(knows) as connection:
        await load()
        kept, guarded = await entered(connection, workspace)
        await connection.execute(f"SET LOCAL app.workspace = '{workspace.workspace_id}'")
        work = replace(guarded, guarded=False)
        found = await columnar.histories(work, Asked(fields=("event",)))
        assert len(found.person) == 300
        seen = await kept.seen()
    assert 300 <= seen["events"] < 2 * 300
    assert max(seen.values()) < 10 * 300


async def test_rows_are_hashed_for_wide_statements_alone(
    database: Database, workspace: Caller
) -> None:
    asked = select(func.current_setting(literal_column("'enable_nestloop'")))
    wide, narrow = Statement(asked, wide=True), Statement(asked)
    async with database.analyse(workspace) as work:
        told = [await work.value(one) for one in (wide, narrow, wide, wide, narrow)]
        await work.connection.rest()
        told += [await work.value(one) for one in (narrow, wide)]
    assert told == ["off", "on", "off", "off", "on", "on", "off"]
    async with database.write(workspace) as work:
        with pytest.raises(TookTooLong):
            async with work.connection.attempt(), work.connection.hashing():
                raise TimeoutError
        assert await work.value(narrow) == "on"


async def test_what_was_to_be_hashed_and_never_began_is_forgotten(
    database: Database, workspace: Caller
) -> None:
    narrow = Statement(select(func.current_setting(literal_column("'enable_nestloop'"))))
    async with database.analyse(workspace) as work:
        await work.value(narrow)
        await work.connection.rest()
        with pytest.raises(TookTooLong):
            async with work.connection.attempt(), work.connection.hashing():
                raise TimeoutError
        assert await work.value(narrow) == "on"
