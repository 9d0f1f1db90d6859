"""Funnels told apart by profiles, whose members may belong to several: by a query, and on a map."""

from typing import Any

import pytest

from tests.faces.asking import asked
from tests.make import Client, pointers
from tests.measures.doing import Json
from tests.measures.followed import bound
from tests.measures.funnels import PATH, did, steps, units
from tests.slices.bound import event, sent

ALONG: Json = {"steps": steps("a", "b", "c"), "window_seconds": None}
PROFILES: Json = {
    "adults": {"field": "traits.age", "op": "ge", "value": 18},
    "Ulm": {"field": "traits.city", "op": "eq", "value": "Ulm"},
    "nobody": {"field": "traits.age", "op": "gt", "value": 200},
}
TRAITS: list[Json] = [{"age": 40}, {"age": 30, "city": "Ulm"}, {"age": 9, "city": "Ulm"}, {}]


@pytest.fixture
async def profiles(client: Client) -> dict[str, str]:
    """Ids by name: of adults, of those in Ulm, of nobody; u0 does a, u1 a and b, u2 all, u3 b."""
    made = {}
    for name, criteria in PROFILES.items():
        one = await client.made("/v1/profiles", {"name": name, "criteria": criteria})
        made[name] = one["id"]
    items: list[Json] = [
        {"identifiers": [{"source": "user_id", "value": f"u{n}"}], "traits": one}
        for n, one in enumerate(TRAITS)
    ]
    answer = await client.post("/v1/contacts/batch/upsert", json={"items": items})
    assert {one["outcome"] for one in answer.json()["items"]} == {"created"}, answer.text
    for n, names in enumerate(("a", "ab", "abc", "b", "abab")):
        for k, name in enumerate(names):
            await did(client, f"u{n}", (f"1{k}:00:00", name))
    # Behind all others, of everybody: what is open is so for each profile alone as well.
    for n in range(5):
        await did(client, f"u{n}", ("23:00:00", "z"))
    return made


async def groups(client: Client, **body: Any) -> dict[str, list[Json]]:
    answer = await client.post(PATH, json={**ALONG, **body, "breakdown": "profile"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["definition"]["breakdown"] == "profile"
    return {one["value"]: one["steps"] for one in found["breakdown"]}


@pytest.mark.parametrize("unit", ["contact", "session", "attempt"])
async def test_a_group_is_the_funnel_of_the_members_alone(
    client: Client, profiles: dict[str, str], unit: str
) -> None:
    for window in (None, 3_600):
        told: Json = {"unit": unit, "window_seconds": window, "timeout_seconds": 7_200}
        found = await groups(client, **told)
        assert {*found} == {*profiles.values()}
        for which in profiles.values():
            member = {"field": "member_of", "op": "eq", "value": which}
            alone = await client.post(PATH, json={**ALONG, **told, "filter": member})
            assert found[which] == alone.json()["steps"]
    # By hand: u1 and u2 are in Ulm, u0 and u1 are adults.
    found = await groups(client)
    assert [one["units"] for one in found[profiles["Ulm"]]] == [2, 2, 1]
    assert [one["units"] for one in found[profiles["adults"]]] == [2, 1, 0]
    assert [one["units"] for one in found[profiles["nobody"]]] == [0, 0, 0]
    assert list(found)[-1] == profiles["nobody"]


async def test_the_funnel_of_a_map_tells_the_same(client: Client, profiles: dict[str, str]) -> None:
    made = await client.made("/v1/journeys", bound({"all": ("a", "b", "c")}))
    at = f"/v1/journeys/{made['id']}/funnel"
    query = {"window_seconds": "86400", "by_profile": "true"}
    found = await client.got(at, params=query)
    assert found["definition"]["breakdown"] == "profile"
    by = {one["value"]: one["steps"] for one in found["breakdown"]}
    assert {*by} == {*profiles.values()}
    # Which event is the last of all is another question there, and so is who is undecided.
    counts = {which: [one["units"] for one in each] for which, each in by.items()}
    alike = await groups(client, window_seconds=86_400)
    assert counts == {which: [one["units"] for one in each] for which, each in alike.items()}
    assert (await client.got(at))["breakdown"] == []
    graphql = """query ($id: ID!, $input: JourneyFunnelQueryInput) {
      journeyFunnel(journeyId: $id, input: $input) { breakdown { value steps { units } } }
    }"""
    told = await asked(client, graphql, id=made["id"], input={"byProfile": True})
    assert {one["value"]: units(one) for one in told["journeyFunnel"]["breakdown"]} == counts


async def test_of_few_and_of_all_but_few_nothing_is_told(
    client: Client, profiles: dict[str, str]
) -> None:
    """Whoever is in no profile is told by what all others are."""
    many = [f"m{n}" for n in range(20)]
    items = [
        {"identifiers": [{"source": "user_id", "value": one}], "traits": {"age": 50}}
        for one in many
    ]
    await client.post("/v1/contacts/batch/upsert", json={"items": items})
    await sent(client, *(event(1, "a", one) for one in many))
    await client.patch("/v1/settings", json={"small_cells": 5})
    found = await groups(client)
    for name in ("Ulm", "adults"):
        first = found[profiles[name]][0]
        assert (first["units"], first["reason"]) == (None, "small_cell")
    # 22 of 24 are adults: the two others are told by neither.
    made = await client.made("/v1/journeys", bound({"all": ("a", "b", "c")}))
    on_map = await client.got(f"/v1/journeys/{made['id']}/funnel", params={"by_profile": "true"})
    of_adults = {one["value"]: one for one in on_map["breakdown"]}[profiles["adults"]]
    assert of_adults["steps"][0]["units"] is None


async def test_who_may_not_tell_people_apart_asks_in_vain(
    client: Client, profiles: dict[str, str]
) -> None:
    assert profiles
    made = await client.made("/v1/journeys", bound({"all": ("a", "b")}))
    body = {**ALONG, "breakdown": "profile"}
    for scopes, of_query, of_map in (
        (["analytics:read", "maps:read"], 422, 403),
        (["analytics:read", "contacts:read"], 403, 403),
        (["analytics:read", "contacts:read", "maps:read"], 200, 200),
    ):
        key = await client.made("/v1/api-keys", {"name": "Narrow", "scopes": scopes})
        headers = {"Authorization": f"Bearer {key['key']}"}
        answer = await client.post(PATH, json=body, headers=headers)
        assert answer.status_code == of_query, answer.text
        if of_query == 422:
            assert pointers(answer) == {"/breakdown"}
        at = f"/v1/journeys/{made['id']}/funnel?by_profile=true"
        assert (await client.get(at, headers=headers)).status_code == of_map


async def test_statements_do_not_grow_with_profiles(
    client: Client, profiles: dict[str, str]
) -> None:
    assert profiles
    made = await client.made("/v1/journeys", bound({"all": ("a", "b")}))
    taken = []
    for more in (0, 20):
        for n in range(more):
            await client.made("/v1/profiles", {"name": f"P {n}"})
        before = await client.statements()
        await groups(client)
        await client.got(f"/v1/journeys/{made['id']}/funnel", params={"by_profile": "true"})
        taken.append(await client.statements() - before)
    assert taken[0] == taken[1]
    for n in range(28):
        await client.made("/v1/profiles", {"name": f"Q {n}"})
    answer = await client.post(PATH, json={**ALONG, "breakdown": "profile"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_profiles")


async def test_nobody_is_told_of_others_profiles(
    stranger: Client, profiles: dict[str, str]
) -> None:
    assert profiles
    assert await groups(stranger) == {}
