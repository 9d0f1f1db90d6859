"""Documents that a workspace has registered: asked for by their hash, by POST and by GET."""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from service.domain.work import Caller
from service.main import create_app
from service.settings import Settings
from tests.faces.asking import a_map, asked, refused, wrote
from tests.make import Client, pointers

PATH = "/v1/trusted-documents"
TITLE = "query Title($id: ID!) { journey(id: $id) { title } }"
WRITING = 'mutation { updateWorkspace(id: "x", patch: {name: "n"}) { userErrors { code } } }'
RESPONSE = "application/graphql-response+json"


@pytest.fixture
async def forgetful(settings: Settings) -> AsyncIterator[FastAPI]:
    """What was registered, and what was set, is seen at once."""
    made = create_app(replace(settings, key_cache_seconds=0))
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def client(forgetful: FastAPI, workspace: Caller) -> AsyncIterator[Client]:
    async with Client.entering(forgetful, workspace.request_id) as made:
        yield made


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def named(text: str, **more: Any) -> dict[str, Any]:
    return {"documentId": f"sha256:{sha256(text)}", **more}


def by_apollo(text: str, **more: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}, **more}


def in_url(body: dict[str, Any]) -> dict[str, str]:
    return {n: one if isinstance(one, str) else json.dumps(one) for n, one in body.items()}


async def registered(client: Client, text: str, name: str = "A document") -> dict[str, Any]:
    return await client.made(PATH, {"name": name, "document": text})


async def only_trusted(client: Client, *, on: bool = True) -> None:
    answer = await client.patch("/v1/settings", json={"trusted_documents_only": on})
    assert answer.status_code == 200, answer.text


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    (error,) = answer.json()["errors"]
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    told = error["extensions"]
    return answer.status_code, told["code"], told["problem"]


async def test_a_registered_document_is_shown_by_its_hash(client: Client) -> None:
    made = await registered(client, TITLE)
    assert made["document_id"] == f"sha256:{sha256(TITLE)}"
    await registered(client, "{ __typename }")
    found = await client.got(PATH, params={"document_id": made["document_id"]})
    assert [one["id"] for one in found["items"]] == [made["id"]]
    assert "document" not in found["items"][0]
    # As clients of Apollo spell it.
    assert await client.got(PATH, params={"document_id": sha256(TITLE)}) == found
    assert (await client.got(f"{PATH}/{made['id']}"))["document"] == TITLE
    again = await client.post(PATH, json={"name": "Other", "document": TITLE})
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    assert (await client.delete(f"{PATH}/{made['id']}")).status_code == 204
    await registered(client, TITLE)


async def test_graphql_registers_lists_and_removes_the_same(client: Client) -> None:
    made = await wrote(
        client,
        """mutation ($d: String!) { createTrustedDocument(input: {name: "D", document: $d}) {
          trustedDocument { id documentId document } userErrors { code } } }""",
        d=TITLE,
    )
    one = made["trustedDocument"]
    assert one["documentId"] == f"sha256:{sha256(TITLE)}"
    found = await asked(client, "{ trustedDocuments { nodes { id name } totalCount } }")
    assert found["trustedDocuments"] == {"nodes": [{"id": one["id"], "name": "D"}], "totalCount": 1}
    again = """mutation ($d: String!) { createTrustedDocument(input: {name: "D", document: $d}) {
      userErrors { code pointer } } }"""
    errors = await refused(client, again, d=TITLE)
    assert errors == [{"code": "already_exists", "pointer": "/document"}]
    gone = """mutation ($id: ID!) { deleteTrustedDocument(id: $id) {
      deletedId userErrors { code } } }"""
    assert (await wrote(client, gone, id=one["id"]))["deletedId"] == one["id"]


@pytest.mark.parametrize("document", ["{ a }" + "x" * 65_536, " \n", None, 3])
async def test_what_is_no_document_is_refused(client: Client, document: Any) -> None:
    answer = await client.post(PATH, json={"name": "D", "document": document})
    assert (answer.status_code, pointers(answer)) == (422, {"/document"})


async def test_a_document_has_a_name(client: Client) -> None:
    answer = await client.post(PATH, json={"name": "", "document": "{ a }"})
    assert (answer.status_code, pointers(answer)) == (422, {"/name"})


async def test_only_so_many_are_registered(
    client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    await registered(client, TITLE)
    more = await owner.execute(
        "INSERT INTO waypost.trusted_documents SELECT (jsonb_populate_record(one, "
        "jsonb_build_object('id', gen_random_uuid(), 'document_id', 'sha256:' || n))).* "
        "FROM waypost.trusted_documents AS one, generate_series(2, 1999) AS n "
        "WHERE one.workspace_id = $1",
        workspace.workspace_id,
    )
    assert more == "INSERT 0 1998"
    await registered(client, "{ __typename }")
    answer = await client.post(PATH, json={"name": "D", "document": "{ other: __typename }"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "too_many")


async def test_keys_without_admin_register_nothing(client: Client) -> None:
    key = await client.made("/v1/api-keys", {"name": "k", "scopes": ["maps:read", "maps:write"]})
    headers = {"Authorization": f"Bearer {key['key']}"}
    body = {"name": "D", "document": TITLE}
    assert (await client.post(PATH, json=body, headers=headers)).status_code == 403
    assert (await client.get(PATH, headers=headers)).status_code == 403


@pytest.mark.parametrize("form", [named, by_apollo])
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_document_is_asked_for_by_its_hash(client: Client, form: Any, method: str) -> None:
    one = await a_map(client)
    body = form(TITLE, variables={"id": one["id"]}, operationName="Title")
    for known in (False, True):
        if known:
            await registered(client, TITLE)
        if method == "POST":
            answer = await client.post("/graphql", json=body)
        else:
            answer = await client.get("/graphql", params=in_url(body))
        if known:
            assert answer.json() == {"data": {"journey": {"title": "Map"}}}
        else:
            unknown = (200, "PERSISTED_QUERY_NOT_FOUND", "persisted_query_not_found")
            assert problem(answer) == unknown
            assert answer.json()["errors"][0]["message"] == "PersistedQueryNotFound"


async def test_what_is_removed_is_known_no_more(client: Client) -> None:
    made = await registered(client, "{ __typename }")
    assert (await client.post("/graphql", json=named("{ __typename }"))).json()["data"]
    await client.delete(f"{PATH}/{made['id']}")
    answer = await client.post("/graphql", json=named("{ __typename }"))
    assert problem(answer)[1] == "PERSISTED_QUERY_NOT_FOUND"
    own = await client.post("/graphql", json=named("{ a }"), headers={"Accept": RESPONSE})
    assert problem(own)[0] == 404


async def test_another_workspaces_document_is_unknown(client: Client, stranger: Client) -> None:
    await registered(stranger, "{ __typename }")
    assert (await stranger.post("/graphql", json=named("{ __typename }"))).json()["data"]
    answer = await client.post("/graphql", json=named("{ __typename }"))
    assert problem(answer)[1] == "PERSISTED_QUERY_NOT_FOUND"


async def test_nothing_is_registered_by_asking_for_it(client: Client) -> None:
    whole = by_apollo("{ __typename }", query="{ __typename }")
    assert (await client.post("/graphql", json=whole)).json()["data"]
    answer = await client.post("/graphql", json=by_apollo("{ __typename }"))
    assert problem(answer)[1] == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({}, "/query"),
        (named(TITLE, query="{ __typename }"), "/query"),
        ({"documentId": "sha256:no"}, "/documentId"),
        ({"documentId": f"sha256:{'A' * 64}"}, "/documentId"),
        ({"documentId": 3}, "/documentId"),
        ({"extensions": []}, "/extensions"),
        (
            {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "a" * 64}}},
            "/extensions/persistedQuery/version",
        ),
        (
            {"extensions": {"persistedQuery": {"version": 1}}},
            "/extensions/persistedQuery/sha256Hash",
        ),
    ],
)
async def test_a_request_that_names_no_document_is_refused(
    client: Client, body: dict[str, Any], at: str
) -> None:
    answer = await client.post("/graphql", json=body)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "INVALID"
    assert [e["pointer"] for e in error["extensions"]["errors"]] == [at]


async def test_a_workspace_may_allow_trusted_documents_alone(client: Client) -> None:
    await registered(client, "{ __typename }")
    await only_trusted(client)
    whole = {"query": "{ workspace { name } }"}
    refusal = (403, "FORBIDDEN", "document_not_trusted")
    assert problem(await client.post("/graphql", json=whole)) == refusal
    sent = by_apollo("{ workspace { name } }", **whole)
    assert problem(await client.post("/graphql", json=sent)) == refusal
    # A document that is sent whole is the same document.
    for body in (named("{ __typename }"), {"query": "{ __typename }"}):
        assert (await client.post("/graphql", json=body)).json() == {
            "data": {"__typename": "Query"}
        }
    await only_trusted(client, on=False)
    assert (await client.post("/graphql", json=whole)).json()["data"]


async def test_a_query_by_get_has_an_etag_of_what_it_answers(client: Client) -> None:
    one = await a_map(client)
    await registered(client, TITLE)
    params = in_url(named(TITLE, variables={"id": one["id"]}))
    answer = await client.get("/graphql", params=params)
    etag = answer.headers["etag"]
    assert etag.startswith('"')
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["vary"] == "Accept, Accept-Language, Authorization"
    same = await client.get("/graphql", params=params, headers={"If-None-Match": etag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    patched = await client.patch(f"/v1/journeys/{one['uuid']}", json={"title": "Other"})
    assert patched.status_code == 200
    other = await client.get("/graphql", params=params, headers={"If-None-Match": etag})
    assert other.status_code == 200
    assert other.headers["etag"] != etag


async def test_an_answer_with_errors_is_kept_by_nobody(client: Client) -> None:
    await registered(client, TITLE)
    for variables in ({"id": "no id"}, {}):
        body = named(TITLE, variables=variables)
        answer = await client.get("/graphql", params=in_url(body))
        assert answer.json()["errors"]
        assert "etag" not in answer.headers
        assert answer.headers["cache-control"] == "private, no-store"


async def test_only_queries_run_by_get(client: Client) -> None:
    await registered(client, WRITING)
    answer = await client.get("/graphql", params=in_url(named(WRITING)))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    both = {**in_url(named(WRITING)), "query": "{ __typename }"}
    assert (await client.get("/graphql", params=both)).status_code == 405


@pytest.mark.parametrize(
    "more", [{"variables": "[]"}, {"variables": "{"}, {"extensions": "3"}], ids=str
)
async def test_what_a_url_says_wrongly_is_refused(client: Client, more: dict[str, str]) -> None:
    await registered(client, TITLE)
    answer = await client.get("/graphql", params={**in_url(named(TITLE)), **more})
    assert problem_at(answer) == [f"/{next(iter(more))}"]


def problem_at(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 400
    return [e["pointer"] for e in answer.json()["errors"][0]["extensions"]["errors"]]


async def test_a_document_is_looked_up_once_in_a_while_and_so_is_its_absence(
    client: Client, settings: Settings
) -> None:
    await registered(client, "{ __typename }")
    remembering = create_app(settings)
    founded = json.dumps({"key": client.headers["authorization"].split()[1]})
    async with (
        remembering.router.lifespan_context(remembering),
        Client.entering(remembering, founded) as caller,
    ):
        for text in ("{ __typename }", "{ nothing }"):
            await caller.post("/graphql", json=named(text))
            before = await caller.statements()
            for _ in range(3):
                await caller.post("/graphql", json=named(text))
            assert await caller.statements() == before
