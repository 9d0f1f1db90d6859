"""Survey answers at a step, on the emotion curve of its map."""

from typing import Any

import pytest

from tests.make import Client, journey

Json = dict[str, Any]


async def a_map(client: Client) -> Json:
    return await client.made("/v1/journeys", journey(1, 2))


def steps_of(made: Json) -> list[Json]:
    found: list[Json] = made["stages"][0]["steps"]
    return found


async def answered(client: Client, *told: tuple[str, Json]) -> None:
    batch = [
        {
            **{"type": "track", "event": "Survey Answered", "userId": user},
            **{"messageId": f"answer of {user}", "properties": told},
            "timestamp": "2026-05-01T10:00:00Z",
        }
        for user, told in told
    ]
    if not batch:
        return
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == len(batch), answer.text


def at(made: Json, number: int, **told: Any) -> Json:
    return {"journey_id": made["id"], "step_key": steps_of(made)[number]["key"], **told}


async def test_answers_at_a_step_count_as_findings_of_weight_1(client: Client) -> None:
    made = await a_map(client)
    path = f"/v1/journeys/{made['id']}/emotion-curve"
    before = (await client.get(path)).headers["etag"]
    story = {"kind": "anecdotal", "source_kind": "review", "text": "…", "sentiment": -2}
    target = {"targets": [{"step_id": steps_of(made)[0]["id"]}], "weight": 2}
    await client.made("/v1/evidence", {**story, **target})
    await answered(
        client,
        ("u", at(made, 0, survey="csat", score=5, scale=[1, 5])),
        ("v", at(made, 0, survey="nps", score="5")),
        ("w", at(made, 0, survey="csat", score="well", comment="It was well.")),
        ("x", at(made, 1, survey="ces", score=7, scale="1-7")),
        ("y", {"journey_id": made["id"], "step_key": "elsewhere", "survey": "csat", "score": 1}),
        ("z", {"survey": "csat", "score": 1}),
    )
    answer = await client.get(path)
    assert answer.headers["etag"] != before
    first, second = answer.json()["points"]
    # Weights 2, 1, 1 at -2, +2 and 0.
    assert first["observed"]["mean"] == pytest.approx(-0.5)
    assert first["observed"]["count"] == pytest.approx(16 / 6)
    assert first["evidence"] == 3
    assert (second["observed"]["mean"], second["observed"]["count"]) == (2, 1)
    assert {"reason": "no_score", "count": 1} in answer.json()["excluded"]


async def test_whoever_may_not_be_analysed_tells_nothing_on_a_curve(client: Client) -> None:
    made = await a_map(client)
    await answered(client, ("staff", at(made, 0, survey="csat", score=1)))
    sought = {"items": [{"source": "user_id", "value": "staff"}]}
    (one,) = (await client.post("/v1/contacts/lookup", json=sought)).json()["items"]
    assert (await client.patch(f"/v1/contacts/{one['id']}", json={"test": True})).status_code == 200
    curve = await client.got(f"/v1/journeys/{made['id']}/emotion-curve")
    assert curve["points"][0]["observed"] is None
    assert {"reason": "test_contact", "count": 1} in curve["excluded"]


async def test_answers_count_for_those_alone_who_may_analyse(client: Client) -> None:
    made = await a_map(client)
    await answered(client, ("u", at(made, 0, survey="csat", score=1)))
    path = f"/v1/journeys/{made['id']}/emotion-curve"
    assert (await client.got(path))["points"][0]["observed"]["mean"] == -2
    key = await client.made("/v1/api-keys", {"name": "n", "scopes": ["maps:read"]})
    headers = {"Authorization": f"Bearer {key['key']}"}
    assert (await client.got(path, headers=headers))["points"][0]["observed"] is None


async def test_answers_cost_the_curves_of_many_maps_one_statement(client: Client) -> None:
    maps = [await a_map(client) for _ in range(3)]
    overlays = ",".join(one["id"] for one in maps[1:])
    path = f"/v1/journeys/{maps[0]['id']}/emotion-curve"
    counts = []
    said = [(f"u{n}", at(one, 0, survey="csat", score=n + 1)) for n, one in enumerate(maps)]
    for told in ([], said):
        await answered(client, *told)
        before = await client.statements()
        curve = await client.got(path, params={"overlay": overlays})
        counts.append(await client.statements() - before)
    assert counts == [1, 2]
    found = [curve, *curve["overlays"]]
    assert [one["points"][0]["observed"]["mean"] for one in found] == [-2, -1, 0]
