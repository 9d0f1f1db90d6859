"""The list of KPIs, over HTTP: built-in ones and a workspace's own stand in one."""

from typing import Any

import pytest

from tests.faces.asking import answered
from tests.make import Client

Json = dict[str, Any]
PATH = "/v1/kpis"
EVERY = {"limit": "200", "count": "true"}


async def listed(client: Client, **query: str) -> dict[str, Json]:
    items = (await client.got(PATH, params={**EVERY, **query}))["items"]
    return {one["key"]: one for one in items}


async def test_the_list_tells_what_each_kpi_means(client: Client) -> None:
    found = await listed(client, own="false")
    items = {key: one["meaning"] for key, one in found.items()}
    modes = next(one for one in items["bounce_rate"]["parameters"] if one["name"] == "mode")
    assert (modes["default"], modes["choices"][1]) == ("single_page_view", "single_event")
    assert all(one["definition"] for one in items.values())
    assert {key for key, one in items.items() if one["assumption"]} == {
        "estimated_unhappy",
        "estimated_word_of_mouth",
    }
    assert items["lead_to_sale"]["reference"]["low"] == 0.22
    assert items["orders"]["parameters"][0]["role"] == "order"
    (rate,) = (one for one in items["estimated_unhappy"]["parameters"] if one["setting"])
    assert (rate["setting"], rate["default"]) == ("estimates.complaint_rate", 1 / 26)
    rate = found["bounce_rate"]
    told = [rate[name] for name in ("name", "unit", "direction", "built_in", "own")]
    assert told == ["Bounce rate", "share", "down", "bounce_rate", False]
    assert [rate[name] for name in ("target", "owner", "places")] == [None, None, []]


async def test_own_ones_stand_beside_those_that_are_built_in(client: Client) -> None:
    built = await listed(client)
    defined = {"mode": "value", "numerator": {"measure": "count"}}
    await client.made(PATH, {"name": "Events", "definition": defined})
    aim = await client.made(
        PATH, {"name": "Bounces", "built_in": "bounce_rate", "direction": "down"}
    )
    assert set(await listed(client)) == {*built, "events", "bounces"}
    assert set(await listed(client, own="true")) == {"events", "bounces"}
    assert set(await listed(client, own="false")) == set(built)
    assert set(await listed(client, built_in="bounce_rate")) == {"bounce_rate", "bounces"}
    assert set(await listed(client, q="boun")) == {"bounce_rate", "bounces"}
    assert set(await listed(client, q="BOUN rat")) == {"bounce_rate"}
    assert set(await listed(client, key="nps")) == {"nps"}
    asked = '{"all": [{"field": "own", "op": "eq", "value": false},' + (
        '{"field": "unit", "op": "eq", "value": "points"}]}'
    )
    assert set(await listed(client, filter=asked)) == {"nps"}
    assert aim["meaning"] == built["bounce_rate"]["meaning"]
    assert (await client.got(PATH, params=EVERY))["total"] == len(built) + 2
    walked: list[str] = []
    query = {"limit": "7", "sort": "name"}
    while True:
        page = await client.got(PATH, params=query)
        walked += [one["key"] for one in page["items"]]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert sorted(walked) == sorted({*built, "events", "bounces"})


async def test_a_built_in_kpi_is_read_by_its_id_as_every_other(
    client: Client, stranger: Client
) -> None:
    rate = (await listed(client))["bounce_rate"]
    at = f"{PATH}/{rate['id']}"
    answer = await client.get(at)
    assert (answer.json(), answer.headers["etag"]) == (rate, '"1"')
    again = await client.get(at, headers={"If-None-Match": '"1"'})
    assert again.status_code == 304
    assert await stranger.got(at) == rate
    status = await client.got(f"{at}/status")
    assert (status["status"], status["definition"]["built_in"]) == ("unknown", "bounce_rate")


@pytest.mark.parametrize("way", ["patch", "put", "delete", "values"])
async def test_a_built_in_kpi_stays_as_it_is(client: Client, way: str) -> None:
    rate = (await listed(client))["bounce_rate"]
    at = f"{PATH}/{rate['id']}"
    if way == "values":
        figure = {"at": "2026-05-01T00:00:00Z", "value": 1}
        answer = await client.post(f"{at}/values", json={"items": [figure]})
    elif way == "delete":
        answer = await client.delete(at)
    else:
        answer = await client.request(way.upper(), at, json={"name": "Mine"})
    assert (answer.status_code, answer.json()["code"]) == (403, "built_in"), answer.text
    assert (await listed(client))["bounce_rate"] == rate


async def test_no_own_kpi_has_the_key_of_a_built_in_one(client: Client) -> None:
    answer = await client.post(PATH, json={"name": "K", "key": "nps"})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
    assert (await client.made(PATH, {"name": "NPS"}))["key"] == "nps-2"


async def test_graphql_lists_the_same(client: Client) -> None:
    query = """{ kpis(first: 200, sort: "key", own: false) { nodes { key name own builtIn direction
      meaning { definition askedAt assumption reference { low high source }
        parameters { name default role setting choices } } } } }"""
    nodes = (await answered(client, query))["data"]["kpis"]["nodes"]
    rest = await listed(client, own="false", sort="key")
    assert [one["key"] for one in nodes] == [*rest]
    for one in nodes:
        one["meaning"]["asked_at"] = one["meaning"].pop("askedAt")
        assert one["meaning"] == rest[one["key"]]["meaning"]
        assert (one["builtIn"], one["own"]) == (one["key"], False)
