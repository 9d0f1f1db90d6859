"""GraphQL over HTTP: media types, statuses, and the page that a browser gets."""

import pytest

from tests.house.source import ROOT
from tests.make import Client

RESPONSE = "application/graphql-response+json"
EXAMPLES = {one.stem: one.read_text() for one in sorted((ROOT / "pages").glob("*.graphql"))}
NAME = {"query": "{ workspace { name } }"}


async def test_an_operation_is_answered_as_json_unless_asked_otherwise(client: Client) -> None:
    plain = await client.post("/graphql", json=NAME)
    assert plain.headers["content-type"] == "application/json"
    assert plain.json() == {"data": {"workspace": {"name": "Tests"}}}
    assert plain.headers["cache-control"] == "private, no-store"
    own = await client.post("/graphql", json=NAME, headers={"Accept": RESPONSE})
    assert own.headers["content-type"] == RESPONSE
    assert own.json() == plain.json()


async def test_what_cannot_be_run_is_400_to_those_who_know_the_media_type(client: Client) -> None:
    bad = {"query": "{ nothing }"}
    assert (await client.post("/graphql", json=bad)).status_code == 200
    own = await client.post("/graphql", json=bad, headers={"Accept": RESPONSE})
    assert own.status_code == 400
    assert set(own.json()) == {"errors"}
    part = {"query": '{ workspace { name } journeys(sort: "x") { totalCount } }'}
    own = await client.post("/graphql", json=part, headers={"Accept": RESPONSE})
    assert own.status_code == 200
    assert own.json()["data"]["workspace"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "MALFORMED"),
        (b"{", 400, "MALFORMED"),
        (b"[" * 10_000, 400, "MALFORMED"),
        (b'{"query": "{ a }", "variables": {"a": "\\ud800"}}', 400, "MALFORMED"),
        (b"[]", 400, "INVALID"),
        (b"{}", 400, "INVALID"),
        (b'{"query": ""}', 400, "INVALID"),
        (b'{"query": 3, "variables": [], "operationName": {}}', 400, "INVALID"),
    ],
)
async def test_a_body_that_is_no_request_is_refused(
    client: Client, body: bytes, status: int, code: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await client.post("/graphql", content=body, headers=headers)
    assert answer.status_code == status
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]


async def test_a_body_of_another_media_type_is_refused(client: Client) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", "application/graphql"):
        answer = await client.post("/graphql", content=b"{}", headers={"Content-Type": media})
        assert answer.status_code == 415


async def test_a_body_beyond_all_bounds_is_refused(client: Client) -> None:
    huge = {"query": "{ a }", "variables": {"a": "x" * 9_000_000}}
    answer = await client.post("/graphql", json=huge)
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


async def test_nothing_is_run_by_get(client: Client) -> None:
    for path in ("/graphql", "/graphql?query={workspace{name}}"):
        answer = await client.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
    answer = await client.get("/graphql?query={a}", headers={"Accept": "text/html"})
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"


async def test_a_browser_gets_a_page_to_write_operations_in(client: Client) -> None:
    # A browser sends no key.
    headers = {"Accept": "text/html,*/*;q=0.8", "Authorization": ""}
    answer = await client.get("/graphql", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "GraphiQL" in answer.text


@pytest.mark.parametrize("query", EXAMPLES.values(), ids=[*EXAMPLES])
async def test_the_pages_examples_run_where_there_is_nothing_yet(
    client: Client, query: str
) -> None:
    found = (await client.post("/graphql", json={"query": query})).json()
    assert "errors" not in found
    assert all(one.get("userErrors", []) == [] for one in found["data"].values())


async def test_metrics_tell_graphql_by_its_path(client: Client) -> None:
    await client.post("/graphql", json=NAME)
    metrics = (await client.get("/metrics")).text
    assert 'waypost_request_seconds_count{method="POST",route="/graphql",status="200"}' in metrics
