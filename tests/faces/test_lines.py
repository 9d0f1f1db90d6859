"""Lists line by line over HTTP: all rows, a document a line, and where to go on from."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI

from service.main import create_app
from service.settings import Settings
from tests.faces.test_lists import BODIES, BUILT_IN, some, walked
from tests.make import Client, journey, pointers
from tests.streams import NDJSON, taking

ACCEPT = {"Accept": NDJSON}
ROWS = 450
"""More than are read at once."""


async def lines(client: Client, path: str, **query: Any) -> tuple[list[Any], dict[str, Any]]:
    """The documents of a list, and its last line."""
    answer = await client.get(path, params=query, headers=ACCEPT)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == NDJSON
    assert "Accept" in answer.headers["vary"]
    assert answer.text.endswith("\n")
    *documents, last = (json.loads(line) for line in answer.text.splitlines())
    assert isinstance(last["next"], str)
    assert "id" not in last
    return documents, last


@pytest.fixture
async def many(client: Client, settings: Settings) -> Client:
    """A client of a workspace with more personas than are read at once."""
    made = await client.made("/v1/personas", {"name": "Ann"})
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        columns = await owner.fetchval(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = 'waypost.personas'::regclass AND attnum > 0 AND attgenerated = '' "
            "AND NOT attisdropped AND attname NOT IN ('id', 'name')"
        )
        await owner.execute(
            f"INSERT INTO waypost.personas (id, name, {columns}) SELECT gen_random_uuid(), "
            f"'Number ' || n, {columns} FROM waypost.personas, generate_series(2, $2) AS n "
            "WHERE id = $1",
            made["id"],
            ROWS,
        )
    finally:
        await owner.close()
    return client


@pytest.mark.parametrize("path", BODIES)
async def test_every_list_can_be_had_line_by_line(client: Client, path: str) -> None:
    await some(client, path, 3)
    documents, last = await lines(client, path)
    assert documents == await walked(client, path)
    assert len(documents) == 3 + BUILT_IN.get(path, 0)
    assert await lines(client, path, after=last["next"]) == ([], last)


async def test_every_list_of_the_contract_offers_lines(app: FastAPI, client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 1))
    ids = {"journey_id": made["id"], "stage_id": made["stages"][0]["id"]}
    who = {"identifiers": [{"source": "crm", "value": "1"}]}
    ids["contact_id"] = (await client.made("/v1/contacts", who))["id"]
    ids["profile_id"] = (await client.made("/v1/profiles", {"name": "Savers"}))["id"]
    ids["kpi_id"] = (await client.made("/v1/kpis", {"name": "Sales"}))["id"]
    rule = {"name": "Look", "watches": {"gap": {}}, "condition": {"above": 0}}
    ids["alert_id"] = (await client.made("/v1/alerts", rule))["id"]
    offering = 0
    for path, operations in app.openapi()["paths"].items():
        schema = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        shown = str(schema.get("application/json", {}).get("schema"))
        if "Page" not in shown:
            continue
        assert NDJSON in schema, path
        if path == "/v1/workspaces":
            continue  # of operators alone
        documents, _ = await lines(client, path.format(**ids))
        # Of a map at a glance the id is that of the map.
        shown = (
            {"journey_id"} if path in {"/v1/overview", "/v1/gaps/history"} else {"id", "version"}
        )
        assert all(row.keys() >= shown for row in documents)
        offering += 1
    assert offering > 8


async def test_all_rows_come_in_order_whatever_their_number(many: Client) -> None:
    documents, last = await lines(many, "/v1/personas", sort="name", count="true")
    names = [row["name"] for row in documents]
    assert names == sorted(names)
    assert len(set(names)) == len(names) == last["total"] == ROWS
    assert documents == await walked(many, "/v1/personas", sort="name", limit=200)


async def test_a_limit_bounds_the_lines_and_the_rest_follows_from_there(many: Client) -> None:
    first, last = await lines(many, "/v1/personas", sort="name", limit=130)
    assert len(first) == 130
    rest, _ = await lines(many, "/v1/personas", sort="name", after=last["next"])
    assert len({row["id"] for row in first + rest}) == len(first) + len(rest) == ROWS
    # The same cursor leads on in a page.
    page = await many.got(
        "/v1/personas", params={"sort": "name", "limit": 3, "after": last["next"]}
    )
    assert page["items"] == rest[:3]


async def test_what_is_added_behind_the_end_is_found_from_there(client: Client) -> None:
    query = {"sort": "created_at", "q": "ann"}
    empty, start = await lines(client, "/v1/personas", **query)
    assert empty == []
    await client.made("/v1/personas", {"name": "Ben"})
    ann = await client.made("/v1/personas", {"name": "Ann"})
    first, last = await lines(client, "/v1/personas", **query, after=start["next"])
    assert first == [ann]
    second = await client.made("/v1/personas", {"name": "Anna"})
    found, _ = await lines(client, "/v1/personas", **query, after=last["next"])
    assert found == [second]


async def test_the_other_parameters_mean_what_they_mean_in_a_page(client: Client) -> None:
    made = [await client.made("/v1/journeys", journey(2, 2, title=f"Map {n}")) for n in range(3)]
    await client.patch(f"/v1/journeys/{made[1]['id']}", json={"status": "live"})
    for query in (
        {"view": "whole", "sort": "title"},
        {"status": "live"},
        {"q": "map 2"},
        {"filter": '{"field": "title", "op": "eq", "value": "Map 0"}', "view": "whole"},
    ):
        page = await client.got("/v1/journeys", params=query)
        assert (await lines(client, "/v1/journeys", **query))[0] == page["items"], query


async def test_a_document_is_one_line_whatever_is_in_it(client: Client) -> None:
    text = "one\nline\r\nwith\u2028breaks"
    made = await client.made("/v1/journeys", journey(2, 2, scenario=text, title="客户"))
    answer = await client.get("/v1/journeys", params={"view": "whole"}, headers=ACCEPT)
    first, _, end = answer.content.split(b"\n")
    assert (json.loads(first), end) == (made, b"")


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ({"limit": 0}, 422, {"/query/limit"}),
        (
            {"filter": '{"field": "x", "op": "is"}'},
            422,
            {"/query/filter/field", "/query/filter/op", "/query/filter/value"},
        ),
        ({"after": "nonsense"}, 400, set()),
        ({"sort": "colour"}, 400, set()),
    ],
)
async def test_what_is_wrong_before_the_first_line_is_a_problem_document(
    client: Client, query: dict[str, Any], status: int, pointer: set[str]
) -> None:
    answer = await client.get("/v1/journeys", params=query, headers=ACCEPT)
    assert (answer.status_code, pointers(answer)) == (status, pointer)


async def test_parts_of_what_is_not_there_are_not_found(client: Client) -> None:
    nowhere = "/v1/journeys/019e0000-0000-7000-8000-000000000000/stages"
    assert (await client.get(nowhere, headers=ACCEPT)).status_code == 404


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/x-ndjson;q=0.5, application/json", "application/json"),
        ("application/json;q=0.5, application/x-ndjson", NDJSON),
        ("application/x-ndjson; q=1.0, */*;q=0.1", NDJSON),
        ("APPLICATION/X-NDJSON", NDJSON),
        ("text/html, */*;q=0.1", "application/json"),
        ("text/html", None),
        ("application/json;q=0", None),
    ],
)
async def test_accept_chooses_and_what_nobody_has_is_406(
    client: Client, accept: str, media: str | None
) -> None:
    answer = await client.get("/v1/personas", headers={"Accept": accept})
    if media is None:
        assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
    else:
        assert answer.headers["content-type"] == media


# -- what a stream costs, and how it ends ------------------------------------------------------


@pytest.fixture
async def small(settings: Settings) -> AsyncIterator[FastAPI]:
    """The service with one connection, and few streams."""
    bounds: dict[str, Any] = {"pool_size": 1, "pool_wait": 0.5, "streams": 3, "streams_per_key": 2}
    made = create_app(replace(settings, **bounds))
    async with made.router.lifespan_context(made):
        yield made


async def test_a_page_of_lines_is_one_statement(many: Client) -> None:
    before = await many.statements()
    await lines(many, "/v1/personas")
    assert await many.statements() - before == 3


async def test_a_slow_reader_holds_no_connection_and_one_page(many: Client, small: FastAPI) -> None:
    async with taking(small, many, "/v1/personas") as slow:
        await slow.chunk()
        _, busy = small.state.database.connections()
        assert busy == 0
        async with taking(small, many, "/v1/personas", limit=2) as other:
            assert len(await other.documents()) == 3
        rest = await slow.documents()
    assert "next" in rest[-1]


async def test_who_leaves_stops_the_work(many: Client, small: FastAPI) -> None:
    before = await many.statements()
    async with taking(small, many, "/v1/personas") as leaving:
        await leaving.chunk()
    _, busy = small.state.database.connections()
    assert busy == 0
    assert await many.statements() - before <= 2
    assert small.state.streams._open.total() == 0


async def test_an_error_in_the_middle_ends_the_answer_without_its_last_line(
    many: Client, small: FastAPI
) -> None:
    async with taking(small, many, "/v1/personas") as broken:
        first = await broken.chunk()
        held = await small.state.database.lent()  # nobody else gets the only connection
        try:
            rest = [line async for line in broken.lines()]
        finally:
            small.state.database.given_back(held)
    assert first
    assert not broken.ended
    assert not any("next" in json.loads(line) for line in rest if line.startswith('{"next'))


async def test_who_takes_nothing_for_long_is_let_go(
    many: Client, small: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small.state.streams, "stalled", 0.05)
    async with taking(small, many, "/v1/personas") as asleep:
        await asleep.begin()
        await asleep.over.wait()
        assert not small.state.streams._open
        assert not any("next" in row for row in await asleep.documents())
    assert not asleep.ended


async def test_a_revoked_key_ends_a_stream_within_five_seconds(
    many: Client, small: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await many.made("/v1/api-keys", {"name": "n", "scopes": ["maps:read"]})
    holding, path = Client.entering(small, json.dumps(made)), "/v1/personas"
    async with holding as holder, taking(small, holder, path) as stream:
        await stream.chunk()
        await many.delete(f"/v1/api-keys/{made['id']}")
        later = datetime.now(UTC) + timedelta(seconds=4.5)
        monkeypatch.setattr(small.state.database, "clock", lambda: later)
        rest = [json.loads(line) for line in [x async for x in stream.lines()][1:]]
    assert not stream.ended
    assert not any("next" in row for row in rest)


async def test_a_process_and_a_key_have_so_many_streams(
    many: Client, stranger: Client, small: FastAPI
) -> None:
    async with (
        taking(small, many, "/v1/personas") as one,
        taking(small, many, "/v1/personas") as two,
    ):
        await asyncio.gather(one.chunk(), two.chunk())
        async with taking(small, many, "/v1/personas") as third:
            await third.chunk()
        assert (third.status, third.headers["retry-after"]) == (429, "2")
        async with taking(small, stranger, "/v1/changes") as other:
            await other.chunk()
            async with taking(small, stranger, "/v1/personas") as fourth:
                await fourth.chunk()
            assert (fourth.status, fourth.headers["retry-after"]) == (503, "2")
    async with taking(small, many, "/v1/personas", limit=1) as again:
        assert len(await again.documents()) == 2
