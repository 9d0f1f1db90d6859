"""Profiles as slices of those who arrive: their members against all others."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.faces.asking import asked
from tests.make import Client
from tests.measures.followed import felt
from tests.measures.gap_lists import fallen, found
from tests.measures.test_gaps_passed import send

Json = dict[str, Any]
BEGIN = datetime(2026, 3, 3, tzinfo=UTC)
FIRMS = {"field": "traits.kind", "op": "eq", "value": "firm"}


@pytest.fixture
async def made(client: Client) -> Json:
    """Of a hundred, forty are firms, of whom ten go on, and all others do."""
    journey: Json = await client.made("/v1/journeys", felt("ab", [1, 0]))
    items = [
        {
            "identifiers": [{"source": "user_id", "value": f"u{n}"}],
            "traits": {"kind": "firm" if n < 40 else "person"},
        }
        for n in range(100)
    ]
    answer = await client.post("/v1/contacts/batch/upsert", json={"items": items})
    assert {one["outcome"] for one in answer.json()["items"]} == {"created"}
    rows = [(f"u{n}", "a", BEGIN + timedelta(minutes=n)) for n in range(100)]
    rows += [(f"u{n}", "b", BEGIN + timedelta(hours=5)) for n in range(30, 100)]
    await send(client, [*rows, ("somebody", "z", BEGIN + timedelta(days=20))])
    return journey


async def test_members_of_a_profile_who_fall_are_told(client: Client, made: Json) -> None:
    firms = await client.made("/v1/profiles", {"name": "Firms", "criteria": FIRMS})
    nobody = {**FIRMS, "value": "state"}
    await client.made("/v1/profiles", {"name": "States", "criteria": nobody})
    assert fallen(await found(client, made["id"])) == []
    told = await found(client, made["id"], by_profile="true")
    assert told["definition"]["by_profile"] is True
    (gap,) = fallen(told)
    assert gap["where"] == {"dimension": "profile", "value": firms["id"], "name": "Firms"}
    counts = gap["continuation"], gap["baseline"]["continuation"]
    assert [(one["numerator"], one["denominator"]) for one in counts] == [(10, 40), (60, 60)]
    assert "with the profile “Firms”" in gap["explanation"]["text"]
    # It is the same gap, whatever the profile is called.
    answer = await client.patch(f"/v1/profiles/{firms['id']}", json={"name": "Companies"})
    assert answer.status_code == 200, answer.text
    again = await client.got(f"/v1/gaps/{gap['id']}", params={"by_profile": "true"})
    assert again["where"]["name"] == "Companies"


async def test_graphql_tells_the_same(client: Client, made: Json) -> None:
    await client.made("/v1/profiles", {"name": "Firms", "criteria": FIRMS})
    query = "query($id: ID!) { journey(id: $id) { gaps(filter: {byProfile: true}) {"
    query += " nodes { where { dimension name } } } } }"
    nodes = (await asked(client, query, id=made["id"]))["journey"]["gaps"]["nodes"]
    assert {"dimension": "profile", "name": "Firms"} in [one["where"] for one in nodes]


async def test_statements_do_not_grow_with_profiles(client: Client, made: Json) -> None:
    async def statements() -> int:
        before = await client.statements()
        await found(client, made["id"], by_profile="true")
        return await client.statements() - before

    await client.made("/v1/profiles", {"name": "Firms", "criteria": FIRMS})
    await statements()
    few = await statements()
    for n in range(8):
        criteria = {"all": [FIRMS, {"field": "traits.n", "op": "ne", "value": n}]}
        await client.made("/v1/profiles", {"name": f"P{n}", "criteria": criteria})
    assert await statements() == few


async def test_whose_profile_somebody_is_needs_the_right_to_read_contacts(
    client: Client, made: Json
) -> None:
    path = f"/v1/journeys/{made['id']}/gaps"
    scopes = ["maps:read", "analytics:read"]
    key = await client.made("/v1/api-keys", {"name": "Some", "scopes": scopes})
    headers = {"Authorization": f"Bearer {key['key']}"}
    params = {"by_profile": "true"}
    answer = await client.get(path, params=params, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    for n in range(51):
        await client.made("/v1/profiles", {"name": f"P{n}", "criteria": FIRMS})
    answer = await client.get(path, params=params)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_profiles")
