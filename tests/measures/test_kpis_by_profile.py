"""KPIs told apart by profiles, whose members may belong to several."""

from typing import Any

import pytest

from tests.faces.asking import asked
from tests.make import Client, pointers
from tests.measures.doing import PATH, Json, built_in, did, kpi

MAY = {"from_": "2026-05-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"}


@pytest.fixture
async def profiles(client: Client) -> dict[str, str]:
    """Three profiles: of all who are adults, of those in Ulm, and of nobody. Ids by name."""
    told: dict[str, Json] = {
        "adults": {"field": "traits.age", "op": "ge", "value": 18},
        "Ulm": {"field": "traits.city", "op": "eq", "value": "Ulm"},
        "nobody": {"field": "traits.age", "op": "gt", "value": 200},
    }
    made = {}
    for name, criteria in told.items():
        one = await client.made("/v1/profiles", {"name": name, "criteria": criteria})
        made[name] = one["id"]
    traits = [{"age": 40}, {"age": 30, "city": "Ulm"}, {"age": 9, "city": "Ulm"}, {}]
    items: list[Json] = [
        {"identifiers": [{"source": "user_id", "value": f"u{n}"}], "traits": one}
        for n, one in enumerate(traits)
    ]
    answer = await client.post("/v1/contacts/batch/upsert", json={"items": items})
    assert {one["outcome"] for one in answer.json()["items"]} == {"created"}, answer.text
    for n in range(5):
        who = f"u{n}"
        await did(client, (who, f"2026-05-0{n + 1}T10:00:00Z", "page"))
        await did(client, *((who, f"2026-05-1{k}T10:00:00Z", "Order Completed") for k in range(n)))
    return made


async def rows(client: Client, key: str, **body: Any) -> dict[str, Json]:
    found = await kpi(client, key, **MAY, breakdown=["profile"], **body)
    assert found["definition"]["groups_of"] == "profile"
    return {one["keys"]["profile"]: one for one in found["breakdown"]}


async def test_a_row_is_the_figure_of_the_members_alone(
    client: Client, profiles: dict[str, str]
) -> None:
    found = await rows(client, "orders")
    told = {name: found[which]["value"] for name, which in profiles.items()}
    assert told == {"adults": 1, "Ulm": 3, "nobody": 0}
    assert next(iter(found)) == profiles["Ulm"]
    for key in [one["key"] for one in await built_in(client)]:
        by = await rows(client, key, interval="week")
        for which in profiles.values():
            alone = await kpi(
                client,
                key,
                **MAY,
                interval="week",
                filter={"field": "member_of", "op": "eq", "value": which},
            )
            for member in ("value", "numerator", "denominator", "series", "parts", "reason"):
                assert by[which].get(member) == alone.get(member), (key, member)


async def test_what_somebody_did_before_a_merge_is_the_member_s(
    client: Client, profiles: dict[str, str]
) -> None:
    made = []
    for who, traits in (("here", {"city": "Ulm"}), ("there", {})):
        known = [{"source": "user_id", "value": who}]
        made.append(await client.made("/v1/contacts", {"identifiers": known, "traits": traits}))
    await did(client, ("there", "2026-05-20T10:00:00Z", "Order Completed"))
    assert (await rows(client, "orders"))[profiles["Ulm"]]["value"] == 3
    both = {"winner_id": made[0]["id"], "loser_id": made[1]["id"]}
    assert (await client.post("/v1/contacts/merge", json=both)).is_success
    assert (await rows(client, "orders"))[profiles["Ulm"]]["value"] == 4


async def test_profiles_are_crossed_with_nothing_and_asked_by_who_may_see_people(
    client: Client,
) -> None:
    body = {"kpi": "orders", "breakdown": ["device", "profile"]}
    answer = await client.post(PATH, json=body)
    assert (answer.status_code, pointers(answer)) == (422, {"/breakdown/1"})
    for scopes, status in (
        (["analytics:read", "maps:read"], 422),
        (["analytics:read", "contacts:read"], 403),
        (["analytics:read", "contacts:read", "maps:read"], 200),
    ):
        key = await client.made("/v1/api-keys", {"name": "Narrow", "scopes": scopes})
        headers = {"Authorization": f"Bearer {key['key']}"}
        answer = await client.post(
            PATH, json={"kpi": "orders", "breakdown": ["profile"]}, headers=headers
        )
        assert answer.status_code == status, answer.text


async def test_more_profiles_than_figures_can_be_told_apart_by_are_refused(client: Client) -> None:
    for n in range(51):
        await client.made("/v1/profiles", {"name": f"P {n}"})
    answer = await client.post(PATH, json={"kpi": "orders", "breakdown": ["profile"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_profiles")


async def test_however_many_kpis_and_profiles_the_statements_are_as_few(
    client: Client, profiles: dict[str, str]
) -> None:
    assert profiles
    query = "query ($all: [KpiQueryInput!]!) { kpiValues(input: $all) { kpi breakdown { keys } } }"
    keys, taken = [one["key"] for one in await built_in(client)], []
    for number in (1, 20):
        several = [
            {"kpi": key, "from": MAY["from_"], "to": MAY["to"], "breakdown": ["profile"]}
            for key in keys[:number]
        ]
        before = await client.statements()
        found = (await asked(client, query, all=several))["kpiValues"]
        taken.append(await client.statements() - before)
        assert all(len(one["breakdown"]) == 3 for one in found)
    assert all(one <= 10 for one in taken), taken
