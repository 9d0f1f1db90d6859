"""Emotion curves of maps as they were, alone and over each other."""

from typing import Any

import pytest

from tests.faces.asking import answered, asked
from tests.make import Client, journey, pointers

Json = dict[str, Any]
NOBODY = "019e0000-0000-7000-8000-000000000000"
CURVE = """query ($id: ID!, $which: String, $over: [CurveOverlayInput!]) { journey(id: $id) {
  emotionCurve(revision: $which, overlays: $over) {
    mean definition { revision } overlays { mean definition { revision } } } } }"""


@pytest.fixture
async def first(client: Client) -> Json:
    """A map that was published, and changed since: its first step feels better now."""
    ann = (await client.made("/v1/personas", {"name": "Ann"}))["id"]
    body = journey(2, 2, persona_ids=[ann])
    body["stages"][0]["steps"][0]["emotions"] = [{"persona_id": ann, "rating": 1.5}]
    made = await client.made("/v1/journeys", body)
    await client.made(f"/v1/journeys/{made['id']}/publish", {})
    step = made["stages"][0]["steps"][0]["id"]
    await client.patch(f"/v1/steps/{step}", json={"emotion": 2, "emotions": []})
    return made


async def curve(client: Client, of: Json, **query: str) -> Json:
    return await client.got(f"/v1/journeys/{of['id']}/emotion-curve", params=query)


async def test_a_revisions_curve_is_the_one_the_map_had(client: Client, first: Json) -> None:
    same = await client.made("/v1/journeys", {**first, "external_ids": []})
    then, copied = await curve(client, first, revision="1"), await curve(client, same)
    ids = {"step_id", "stage_id"}
    assert [{n: v for n, v in p.items() if n not in ids} for p in then["points"]] == [
        {n: v for n, v in p.items() if n not in ids} for p in copied["points"]
    ]
    for figure in ("mean", "volatility", "peak_end", "below_zero_share"):
        assert then[figure] == copied[figure]
    assert (then["definition"]["revision"], copied["definition"]["revision"]) == (1, "draft")
    assert then["points"][0]["step_id"] == first["stages"][0]["steps"][0]["id"]
    assert (await curve(client, first))["points"][0]["rating"] == 2


async def test_a_persona_is_as_the_revision_has_it(client: Client, first: Json) -> None:
    (ann,) = first["persona_ids"]
    then = await curve(client, first, revision="published", persona_id=ann)
    assert then["points"][0]["rating"] == 1.5
    at = f"/v1/journeys/{first['id']}/emotion-curve"
    answer = await client.get(at, params={"revision": "1", "persona_id": NOBODY})
    assert (answer.status_code, pointers(answer)) == (422, {"/query/persona_id"})


async def test_revisions_lie_over_the_map(client: Client, first: Json) -> None:
    (ann,) = first["persona_ids"]
    drawn = await curve(client, first, overlay=f"revision:1,persona:{ann}")
    over = [one["definition"]["revision"] for one in drawn["overlays"]]
    assert over == [1, "draft"]
    assert drawn["overlays"][0]["points"][0]["rating"] == -2
    assert drawn["overlays"][0]["title"] != drawn["title"]
    turned = await curve(client, first, revision="1", overlay=f"draft,persona:{ann}")
    assert [one["definition"]["revision"] for one in turned["overlays"]] == ["draft", 1]
    assert turned["overlays"][1]["points"][0]["rating"] == 1.5


async def test_each_state_has_an_etag_of_its_own(client: Client, first: Json) -> None:
    at = f"/v1/journeys/{first['id']}/emotion-curve"
    etags = {
        (await client.get(at, params=query)).headers["etag"]
        for query in ({}, {"revision": "1"}, {"revision": "1", "format": "svg"})
    }
    assert len(etags) == 3
    held = {"If-None-Match": (await client.get(at, params={"revision": "1"})).headers["etag"]}
    again = await client.get(at, params={"revision": "published"}, headers=held)
    assert again.status_code == 304


async def test_what_is_not_there_is_told(client: Client, first: Json) -> None:
    other = await client.made("/v1/journeys", journey(1, 1))
    for of, query, status, told in (
        (first["id"], {"revision": "9"}, 404, set()),
        (other["id"], {"revision": "published"}, 404, set()),
        (NOBODY, {"revision": "1"}, 404, set()),
        (first["id"], {"revision": "x"}, 422, {"/query/revision"}),
        (first["id"], {"overlay": "revision:x"}, 422, {"/query/overlay"}),
        (first["id"], {"overlay": "revision:9"}, 422, {"/query/overlay"}),
    ):
        answer = await client.get(f"/v1/journeys/{of}/emotion-curve", params=query)
        assert (answer.status_code, pointers(answer)) == (status, told), query


async def test_graphql_draws_the_same(client: Client, first: Json) -> None:
    over = [{"revision": "1"}]
    drawn = (await asked(client, CURVE, id=first["id"], over=over))["journey"]["emotionCurve"]
    rest = await curve(client, first, overlay="revision:1")
    assert drawn["mean"] == rest["mean"]
    assert drawn["overlays"] == [
        {"mean": rest["overlays"][0]["mean"], "definition": {"revision": "1"}}
    ]
    then = (await asked(client, CURVE, id=first["id"], which="1"))["journey"]["emotionCurve"]
    assert then["mean"] == rest["overlays"][0]["mean"]
    for wrong in ({"which": "x"}, {"over": [{"revision": "x"}]}, {"over": [{}]}, {"which": "7"}):
        assert (await answered(client, CURVE, id=first["id"], **wrong))["errors"], wrong
