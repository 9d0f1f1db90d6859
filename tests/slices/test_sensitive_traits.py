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
    ("sent", "stored"),
    [
        ({"context": {"traits": {"religion": "any"}, "ip": "::1"}}, {"traits": {}, "ip": "::1"}),
        (
            {"context": {"traits": {"religion": "any", "plan": "gold"}}},
            {"traits": {"plan": "gold"}},
        ),
        (
            {"traits": {"plan": "gold"}, "context": {"traits": {"religion": "any", "plan": "x"}}},
            {"traits": {"plan": "gold"}},
        ),
        ({"context": {"traits": {"plan": "gold"}}}, {"traits": {"plan": "gold"}}),
    ],
)
async def test_a_trait_that_is_not_taken_stands_in_no_event(
    client: Client, sent: dict[str, Any], stored: dict[str, Any]
) -> None:
    body = {"type": "identify", "userId": "ann", **sent}
    answer = await client.post("/v1/batch", json={"batch": [body]})
    assert answer.json()["accepted"] == 1, answer.text
    (event,) = (await client.got("/v1/events"))["items"]
    assert event["context"] == stored
    (who,) = (await client.got("/v1/contacts"))["items"]
    assert who["traits"] == stored["traits"]
