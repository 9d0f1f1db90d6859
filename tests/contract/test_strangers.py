"""Every route and every reference of the contract, tried with what is another workspace's."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from service.database import Database
from service.domain.ids import new_id
from tests.contract.contents import contents
from tests.contract.furnishing import furnished, furnished_and_folded, workspace_of
from tests.contract.references import BODIES, REFERS, body_with, calls, references
from tests.make import Client, pointers

NAMED = {"overlay", "base", "with"}
"""Parameters that name another journey as `journey:<id>`."""


@pytest.fixture
def contract(app: FastAPI) -> Mapping[str, Any]:
    return app.openapi()


async def test_nothing_of_another_workspace_can_be_reached(
    client: Client,
    stranger: Client,
    owner: asyncpg.Connection,
    contract: Mapping[str, Any],
    database: Database,
) -> None:
    theirs = await furnished_and_folded(stranger, database)
    mine = {"journey": (await client.made("/v1/journeys", {"title": "Mine"}))["id"]}
    before = await contents(owner, workspace_of(stranger))
    assert all(before.values()), "something is not furnished"
    called = 0
    for call, operation in calls(contract):
        if "{" not in call.path:
            continue
        url = call.url(theirs)
        detaches = "dependents" in {p.get("name") for p in operation.get("parameters", ())}
        for query in ("", "?dependents=detach") if detaches else ("",):
            answer = await call.sent(client, url + query, mine)
            called += 1
            if call.method == "PUT" and "by-external-id" in call.path:
                if call.kind == "template":
                    assert pointers(answer) == {"/journey_id"}, "there is no map to make it from"
                    continue
                # A name belongs to its workspace: this is a row of one's own.
                assert answer.status_code == 201, (call, answer.text)
                assert (await client.delete(url)).status_code == 204
                if call.kind == "contact":
                    # Archived, it is still known so.
                    at = f"/v1/contacts/{answer.json()['id']}"
                    unnamed = await client.patch(at, json={"identifiers": []})
                    assert unnamed.status_code == 200, unnamed.text
                continue
            assert answer.status_code == 404, (call, answer.status_code, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
    assert called > 60
    assert await contents(owner, workspace_of(stranger)) == before


@pytest.mark.parametrize("several", [False, True])
async def test_nothing_of_another_workspace_can_be_referred_to(
    client: Client,
    stranger: Client,
    owner: asyncpg.Connection,
    contract: Mapping[str, Any],
    several: bool,
) -> None:
    mine, theirs = await furnished(client), await furnished(stranger)
    both = [workspace_of(client), workspace_of(stranger)]
    before = [await contents(owner, workspace) for workspace in both]
    tried = 0
    for reference in references(contract):
        call = reference.call
        if reference.pointer.startswith(("/0/", "/items/")) != several:
            continue
        body = body_with(reference, theirs[reference.kind])
        answer = await client.request(call.method, call.url(mine), json=body)
        tried += 1
        assert answer.status_code == 422, (reference, answer.status_code, answer.text)
        assert pointers(answer) == {reference.pointer}, (reference, answer.text)
        assert theirs[reference.kind] not in answer.text
    assert tried > (10 if several else 60)
    assert [await contents(owner, workspace) for workspace in both] == before


async def test_to_ask_for_what_is_anothers_is_to_ask_for_what_is_nobodys(
    client: Client, stranger: Client, contract: Mapping[str, Any]
) -> None:
    """By every query that takes an id."""
    mine, theirs = await furnished(client), await furnished(stranger)
    tried = 0
    for call, operation in calls(contract):
        for parameter in operation.get("parameters", ()):
            name = parameter.get("name")
            if parameter.get("in") != "query" or name not in {*REFERS, *NAMED}:
                continue
            kind = REFERS.get(name, "journey")
            prefix = "journey:" if name in NAMED else ""
            answers = []
            for which in (theirs[kind], str(new_id())):
                url, query = call.url(mine), {name: f"{prefix}{which}"}
                body = None if call.method == "GET" else BODIES[call.kind]
                answer = await client.request(call.method, url, params=query, json=body)
                answers.append((answer.status_code, _said(answer, which)))
            tried += 1
            assert answers[0] == answers[1], (call, name)
    assert tried > 5


def _said(answer: httpx.Response, which: str) -> str:
    """The answer without what is different each time."""
    return answer.text.replace(which, "it").replace(answer.headers["x-request-id"], "")


async def test_what_is_named_by_key_is_ones_own(client: Client, stranger: Client) -> None:
    theirs, mine = await furnished(stranger), await furnished(client)
    await stranger.made("/v1/touchpoints", {"key": "theirs", "name": "Theirs"})
    patch = {"touchpoints": [{"key": "hotline"}, {"key": "theirs"}]}
    answer = await client.patch(f"/v1/steps/{mine['step']}", json=patch)
    assert (answer.status_code, pointers(answer)) == (422, {"/touchpoints/1/key"})
    patch["touchpoints"].pop()
    answer = await client.patch(f"/v1/steps/{mine['step']}", json=patch)
    met = answer.json()["touchpoints"][0]["touchpoint_id"]
    assert met == mine["touchpoint"] != theirs["touchpoint"]
