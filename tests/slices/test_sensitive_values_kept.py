"""What nothing lets in is stored nowhere: not where it was refused, not in answers for retries."""

import json
from typing import Any

import asyncpg
import pytest

from tests.make import Client
from tests.slices.test_erasing import found_in

SECRET = "a-faith-that-nobody-else-has"
IDENTIFIERS = [{"source": "user_id", "value": "ann"}]
PERSON = {"identifiers": IDENTIFIERS, "traits": {"plan": "gold", "religion": SECRET}}
SENSITIVE = {"purpose": "sensitive_data", "granted": True}
ONCE = {"Idempotency-Key": "once"}
MAKING = """mutation ($of: ContactInput!) { createContact(input: $of) {
  contact { id traits } userErrors { code } } }"""
CHANGING = """mutation ($id: ID!, $of: ContactPatch!) { updateContact(id: $id, patch: $of) {
  contact { id traits } userErrors { code } } }"""


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/contacts", PERSON),
        ("/v1/contacts/capture", PERSON),
        ("/v1/contacts/batch/upsert", {"items": [PERSON]}),
        (
            "/v1/contacts/batch/upsert",
            {"items": [PERSON | {"traits": {"religion": {"x": SECRET}}}]},
        ),
        ("/graphql", {"query": MAKING, "variables": {"of": PERSON}}),
        ("/v1/batch?outcomes=true", {"batch": [{"type": "identify", "userId": "ann", **PERSON}]}),
        (
            "/v1/identify?outcomes=true",
            {"userId": "ann", "traits": {"religion": [SECRET], "age_range": "x"}},
        ),
        (
            "/v1/identify?outcomes=true",
            {"userId": "ann", "traits": {"religion": {SECRET * 9: 1}}},
        ),
        ("/v1/track?outcomes=true", {"userId": "ann", "event": "E", "context": PERSON}),
    ],
)
async def test_what_is_refused_stands_in_no_row(
    client: Client, owner: asyncpg.Connection, path: str, body: dict[str, Any]
) -> None:
    before = await found_in(owner, [SECRET])
    answer = await client.post(path, json=body, headers=ONCE)
    assert answer.status_code in (200, 422), answer.text
    codes = ("consent_required", "wrong_type", "bad_key")
    assert any(code in answer.text for code in codes), answer.text
    assert SECRET not in answer.text
    assert await found_in(owner, [SECRET]) == before == set()


@pytest.mark.parametrize("path", ["/v1/contacts/capture", "/graphql"])
async def test_an_answer_for_retries_goes_with_the_grant(
    client: Client, owner: asyncpg.Connection, path: str
) -> None:
    """And a retry is not done again, which would bring it back."""
    captured = PERSON | {"consents": [SENSITIVE]}
    if path == "/graphql":
        who = (await client.made("/v1/contacts/capture", {**captured, "traits": {}}))["id"]
        body = {"query": CHANGING, "variables": {"id": who, "of": {"traits": PERSON["traits"]}}}
    else:
        body = captured
    first = await client.post(path, json=body, headers=ONCE)
    assert SECRET in first.text
    again = await client.post(path, json=body, headers=ONCE)
    assert again.text == first.text
    assert await found_in(owner, [SECRET]) == {
        "waypost.contacts traits",
        "waypost.idempotency_keys body",
    }
    (who,) = (one["id"] for one in (await client.got("/v1/contacts"))["items"])
    await client.made(f"/v1/contacts/{who}/consents", SENSITIVE | {"granted": False})
    assert await found_in(owner, [SECRET]) == set()
    again = await client.post(path, json=body, headers=ONCE)
    assert "already_exists" in again.text
    assert json.dumps((await client.got(f"/v1/contacts/{who}"))["traits"]) == '{"plan": "gold"}'


async def test_an_answer_that_tells_of_a_mended_message_goes_with_what_is_refused_of_it(
    client: Client, owner: asyncpg.Connection
) -> None:
    told = {"type": "identify", "userId": "ann", "messageId": "m-1"}
    await client.post("/v1/identify", json=told | {"traits": {"religion": SECRET}})
    (waiting,) = (await client.got("/v1/quarantine"))["items"]
    at = f"/v1/quarantine/{waiting['id']}"
    mended = json.dumps(told | {"traits": {"religion": SECRET}})
    answer = await client.patch(at, json={"message": mended}, headers=ONCE)
    assert (answer.status_code, SECRET in answer.text) == (200, True)
    assert (await client.post(f"{at}/replay")).status_code == 200
    assert await found_in(owner, [SECRET]) == set()
