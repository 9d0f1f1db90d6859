"""What nothing lets in is stored nowhere: not where it was refused, not in answers for retries."""

import json
from typing import Any

import asyncpg
import pytest

from tests.looking import found_in
from tests.make import Client

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


TOLD = {"userId": "ann", "traits": {"plan": "gold", "religion": SECRET}}
LATE = {"timestamp": "never"}
HIDDEN = r'{"type": "identify", "\u0074raits": {"\u0072eligion": "' + SECRET + '"}}'
TWICE = '{"type": "identify", "traits": {"religion": "' + SECRET + '"}, "traits": {"plan": "gold"}}'


def batch(**message: Any) -> str:
    return json.dumps({"batch": [message]})


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        (batch(type="identify", **TOLD, **LATE), "/traits/religion"),
        (batch(type="identify", traits=TOLD["traits"]), "/traits/religion"),
        (batch(type="track", event="E", **TOLD, **LATE), "/traits/religion"),
        (batch(type="track", event="E", context=TOLD), "/context/traits/religion"),
        (
            json.dumps({"batch": [{"type": "track", **LATE}], "context": TOLD}),
            "/context/traits/religion",
        ),
        (batch(type="identify", userId="ann", traits=[TOLD["traits"]]), "/traits"),
        (batch(type="identify", userId="ann", traits=json.dumps(TOLD["traits"])), "/traits"),
        (batch(type="page", userId="ann", context=[TOLD]), "/context"),
        (batch(type="identify", traits={"religion": {SECRET: "\0"}}), "/traits/religion"),
        (batch(type="identify", **TOLD, more="x" * 40_000), "/traits/religion"),
        (batch(type="identify", **TOLD).replace('"gold"', "1e400"), "/traits/religion"),
        (f'{{"batch": [{HIDDEN}]}}', "/traits/religion"),
        (f'{{"batch": [{TWICE}]}}', "/traits/religion"),
        (batch(type="identify", **TOLD).replace('"ann",', '"ann"'), "name of a sensitive trait"),
        (f'{{"batch": [{HIDDEN.replace(":", "", 1)}]}}', "name of a sensitive trait"),
        (json.dumps({"batch": [[TOLD]]}), "name of a sensitive trait"),
    ],
)
async def test_a_message_that_waits_as_a_whole_tells_no_sensitive_value(
    client: Client, owner: asyncpg.Connection, body: str, gone: str
) -> None:
    for _ in range(2):
        answer = await client.post("/v1/batch", content=body)
        assert answer.json()["quarantined"] == 1, answer.text
    (waiting,) = (await client.got("/v1/quarantine"))["items"]
    assert gone in waiting["detail"]
    assert await found_in(owner, [SECRET]) == set()
    again = (await client.post(f"/v1/quarantine/{waiting['id']}/replay")).json()
    # Where traits are no object, nothing is wrong with the message without them.
    is_mended = gone in ("/traits", "/context")
    assert again["outcome"]["outcome"] == ("accepted" if is_mended else "quarantined")
    assert (again["replayed_at"] is not None) == is_mended
    assert again["message"] == waiting["message"]
    assert await found_in(owner, [SECRET]) == set()


async def test_of_what_is_mended_all_else_is_taken(client: Client) -> None:
    """Whatever was granted: it is gone, and is sent again."""
    body = {"identifiers": IDENTIFIERS, "consents": [SENSITIVE]}
    await client.made("/v1/contacts/capture", body)
    await client.post("/v1/batch", content=batch(type="identify", **TOLD, **LATE))
    (waiting,) = (await client.got("/v1/quarantine"))["items"]
    at = f"/v1/quarantine/{waiting['id']}"
    message = json.loads(waiting["message"])
    assert message == {"type": "identify", "userId": "ann", "traits": {"plan": "gold"}, **LATE}
    del message["timestamp"]
    assert (await client.patch(at, json={"message": json.dumps(message)})).is_success
    assert (await client.post(f"{at}/replay")).json()["outcome"]["outcome"] == "accepted"
    found = await client.got("/v1/contacts/by-external-id/user_id/ann")
    assert found["traits"] == {"plan": "gold"}


async def test_organisations_have_what_they_are_told_to_have(client: Client) -> None:
    """A trait of theirs that is called as a sensitive one of people is nobody's."""
    told = {"type": "group", "userId": "ann", "groupId": "g", "traits": {"religion": "any"}}
    await client.post("/v1/batch", content=batch(**told, **LATE))
    (waiting,) = (await client.got("/v1/quarantine"))["items"]
    assert json.loads(waiting["message"])["traits"] == {"religion": "any"}
    at = f"/v1/quarantine/{waiting['id']}"
    assert (await client.patch(at, json={"message": json.dumps(told)})).is_success
    assert (await client.post(f"{at}/replay")).json()["outcome"]["outcome"] == "accepted"
    (organisation,) = (await client.got("/v1/accounts"))["items"]
    assert organisation["traits"] == {"religion": "any"}


@pytest.mark.parametrize("granted", [False, True])
async def test_no_sensitive_value_is_put_into_what_waits(
    client: Client, owner: asyncpg.Connection, granted: bool
) -> None:
    said = [SENSITIVE | {"granted": granted}]
    await client.made("/v1/contacts/capture", {"identifiers": IDENTIFIERS, "consents": said})
    sent = {"type": "identify", "userId": "ann", "traits": {"age_range": "forty"}}
    await client.post("/v1/identify", json=sent)
    (waiting,) = (await client.got("/v1/quarantine"))["items"]
    at = f"/v1/quarantine/{waiting['id']}"
    for bad in (json.dumps(TOLD), json.dumps(TOLD)[:-1], json.dumps({"context": TOLD})):
        answer = await client.patch(at, json={"message": bad})
        assert answer.status_code == 422, answer.text
        (problem,) = answer.json()["errors"]
        assert (problem["pointer"], problem["code"]) == ("/message", "consent_required")
    assert await found_in(owner, [SECRET]) == set()


async def test_what_was_granted_and_refused_for_its_type_does_not_wait(
    client: Client, owner: asyncpg.Connection
) -> None:
    """The grant may end before it is mended."""
    await client.made("/v1/contacts/capture", {"identifiers": IDENTIFIERS, "consents": [SENSITIVE]})
    for value in ([SECRET], {SECRET * 9: 1}):
        traits = {"religion": value, "plan": "gold"}
        answer = await client.post("/v1/identify", json={"userId": "ann", "traits": traits})
        assert answer.json()["accepted"] == 1
    kept = (await client.got("/v1/quarantine"))["items"]
    assert [one["pointer"] for one in kept] == ["/traits/religion"] * 2
    assert all("sent again: religion" in one["detail"] for one in kept)
    assert await found_in(owner, [SECRET]) == set()


@pytest.mark.parametrize(
    "sent",
    [
        {"batch": [{"type": "track", "event": "E", "traits": {"diet": SECRET}}]},
        {"batch": [{"type": "track", "event": "E"}], "context": {"traits": {"diet": SECRET}}},
        {"batch": [{"type": "identify", "context": {"traits": {"diet": SECRET}}}]},
    ],
)
async def test_what_becomes_sensitive_goes_from_what_waits_when_it_comes_again(
    client: Client, owner: asyncpg.Connection, sent: dict[str, Any]
) -> None:
    await client.post("/v1/batch", json=sent)
    declared = {"key": "diet", "label": "Diet", "type": "text", "sensitive": True}
    await client.made("/v1/profile-attributes", declared)
    assert await found_in(owner, [SECRET])
    (waiting,) = (await client.got("/v1/quarantine"))["items"]
    again = (await client.post(f"/v1/quarantine/{waiting['id']}/replay")).json()
    assert again["replayed_at"] is None
    assert await found_in(owner, [SECRET]) == set()
