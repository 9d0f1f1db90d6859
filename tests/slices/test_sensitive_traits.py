"""Sensitive traits: by the one rule of consent, wherever they stand in a message."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.make import Client, pointers

PURPOSES = "/v1/consent-purposes"
Said = list[tuple[bool, timedelta]]
AT_ONCE, LONG_AGO, SOON = timedelta(0), timedelta(days=-400), timedelta(hours=20)


async def ann(client: Client) -> str:
    known = [{"source": "user_id", "value": "ann"}]
    return str((await client.made("/v1/contacts", {"identifiers": known}))["id"])


@pytest.mark.parametrize(
    ("said", "lets_in"),
    [
        ([], False),
        ([(True, AT_ONCE)], True),
        ([(True, LONG_AGO)], False),
        ([(True, SOON)], False),
        ([(False, LONG_AGO), (True, AT_ONCE)], True),
        ([(False, AT_ONCE), (True, AT_ONCE)], False),
        ([(True, AT_ONCE), (False, AT_ONCE)], False),
        ([(True, AT_ONCE), (False, SOON)], True),
    ],
)
async def test_the_one_rule_of_consent_lets_sensitive_traits_in(
    client: Client, said: Said, lets_in: bool
) -> None:
    """As the person stands to the purpose, also where it expires, and whatever it rests on."""
    (purpose,) = (await client.got(PURPOSES, params={"key": "sensitive_data"}))["items"]
    terms = {"expires_after_days": 365, "legal_basis": "legitimate_interests"}
    assert (await client.patch(f"{PURPOSES}/{purpose['id']}", json=terms)).is_success
    who, now = await ann(client), datetime.now(UTC) - timedelta(seconds=1)
    for granted, when in said:
        entry = {"purpose": "sensitive_data", "granted": granted, "at": (now + when).isoformat()}
        await client.made(f"/v1/contacts/{who}/consents", entry)
    page = await client.got(f"/v1/contacts/{who}/consents")
    (state,) = (one["state"] for one in page["states"] if one["purpose"] == "sensitive_data")
    assert (state == "granted") is lets_in
    patched = await client.patch(f"/v1/contacts/{who}", json={"traits": {"religion": "any"}})
    assert patched.is_success is lets_in
    assert lets_in or pointers(patched) == {"/traits/religion"}


@pytest.mark.parametrize(
    ("sent", "told", "taken"),
    [
        ({"context": {"traits": {"religion": "any"}, "ip": "::1"}}, {}, {}),
        (
            {"context": {"traits": {"religion": "any", "plan": "gold"}, "ip": "::1"}},
            {"plan": "gold"},
            {"plan": "gold"},
        ),
        (
            {"context": {"traits": {"age_range": "forty", "plan": "gold"}, "ip": "::1"}},
            {"plan": "gold"},
            {"plan": "gold"},
        ),
        (
            {
                "traits": {"plan": "gold", "age_range": "forty", "religion": "any"},
                "context": {"traits": {"religion": "any", "plan": "x", "seats": 4}, "ip": "::1"},
            },
            {"plan": "x", "seats": 4},
            {"plan": "gold"},
        ),
        (
            {"context": {"traits": {"plan": "gold"}, "ip": "::1"}},
            {"plan": "gold"},
            {"plan": "gold"},
        ),
    ],
)
async def test_a_trait_that_is_not_taken_stands_in_no_event(
    client: Client, sent: dict[str, Any], told: dict[str, Any], taken: dict[str, Any]
) -> None:
    """A context keeps what it tells beside the message's own traits, but for sensitive ones."""
    body = {"type": "identify", "userId": "ann", **sent}
    answer = await client.post("/v1/batch", json={"batch": [body]})
    assert answer.json()["accepted"] == 1, answer.text
    (event,) = (await client.got("/v1/events"))["items"]
    assert event["context"] == {"traits": told, "ip": "::1"}
    (who,) = (await client.got("/v1/contacts"))["items"]
    assert who["traits"] == taken


ID = {"userId": "ann"}
OTHERS: list[dict[str, Any]] = [
    {"type": "track", "event": "Called"},
    {"type": "page", "name": "Home"},
    {"type": "screen", "name": "Home"},
    {"type": "alias", "previousId": "a1"},
    {"type": "group", "groupId": "g1", "traits": {"name": "Bank"}},
    {"type": "identify", "traits": {"plan": "gold"}},
]
TELLING = {"traits": {"religion": "any", "plan": "gold"}, "ip": "::1"}


@pytest.mark.parametrize("message", OTHERS, ids=[one["type"] for one in OTHERS])
async def test_no_message_tells_a_sensitive_trait_in_passing(
    client: Client, message: dict[str, Any]
) -> None:
    sent = {**message, **ID, "context": TELLING}
    answer = await client.post("/v1/batch", json={"batch": [sent]})
    assert answer.json()["accepted"] == 1, answer.text
    (event,) = (await client.got("/v1/events"))["items"]
    assert "religion" not in event["context"]["traits"]
    assert event["context"]["ip"] == "::1"


@pytest.mark.parametrize("name", ["religion", "diet"])
async def test_what_is_told_in_passing_stays_where_it_was_granted(
    client: Client, name: str
) -> None:
    body = {"key": "diet", "label": "Diet", "type": "text", "sensitive": True}
    await client.made("/v1/profile-attributes", body)
    who, telling = await ann(client), {"traits": {name: "any", "plan": "gold"}}
    sent = {"type": "track", "event": "Called", **ID, "context": telling}
    for granted in (False, True):
        said = {"purpose": "sensitive_data", "granted": granted}
        await client.made(f"/v1/contacts/{who}/consents", said)
        batch = [{**sent, "messageId": f"{granted}"}]
        answer = await client.post("/v1/batch?outcomes=true", json={"batch": batch})
        assert answer.json()["accepted"] == 1, answer.text
        (outcome,) = answer.json()["outcomes"]
        assert outcome.get("code") == (None if granted else "consent_required")
        (event,) = (
            one
            for one in (await client.got("/v1/events"))["items"]
            if one["message_id"] == f"{granted}"
        )
        assert event["context"]["traits"] == (telling["traits"] if granted else {"plan": "gold"})


@pytest.mark.parametrize("kind", ["track", "identify"])
async def test_a_name_in_other_letters_is_the_same_name(client: Client, kind: str) -> None:
    body = (
        f'{{"type": "{kind}", "event": "Called", "userId": "ann",'
        ' "context": {"\\u0074raits": {"\\u0072eligion": "any", "plan": "gold"}}}'
    )
    answer = await client.post("/v1/batch", content=f'{{"batch": [{body}]}}')
    assert answer.json()["accepted"] == 1, answer.text
    (event,) = (await client.got("/v1/events"))["items"]
    assert event["context"] == {"traits": {"plan": "gold"}}
