"""Emotion curves in GraphQL: overlays, refusals and pictures as REST has them, for many at once."""

from typing import Any

import pytest

from service.api.graphql.ids import global_id
from service.domain.ids import new_id
from tests.faces.asking import answered, asked
from tests.make import Client, journey

FIGURES = """mean journeyId definition { personaId }
  points { key rating alignedPosition } reasons"""
ONE = f"""query ($id: ID!, $who: ID, $over: [CurveOverlayInput!]) {{ journey(id: $id) {{
  emotionCurve(personaId: $who, overlays: $over) {{ {FIGURES} overlays {{ {FIGURES} }} }} }} }}"""
SVG = """query ($id: ID!, $over: [CurveOverlayInput!]) { journey(id: $id) {
  emotionCurve(overlays: $over) { svg(theme: dark) overlays { svg } } } }"""
MANY = """query ($over: [CurveOverlayInput!]) { journeys(first: 9) { nodes {
  emotionCurve(overlays: $over) { mean svg overlays { mean } } } } }"""


@pytest.fixture
async def world(client: Client) -> dict[str, str]:
    """Two maps, and a persona who feels otherwise at a step of the first."""
    ann = (await client.made("/v1/personas", {"name": "Ann"}))["id"]
    body = journey(2, 2, persona_ids=[ann])
    body["stages"][0]["steps"][0]["emotions"] = [{"persona_id": ann, "rating": 1.5}]
    first = await client.made("/v1/journeys", body)
    second = await client.made("/v1/journeys", journey(1, 3, title="Another"))
    return {"ann": ann, "first": first["id"], "second": second["id"]}


def figures(curve: dict[str, Any]) -> dict[str, Any]:
    """What of a curve in REST is asked for above."""
    named = ("key", "rating", "aligned_position")
    points = [{n: point.get(n) for n in named} for point in curve["points"]]
    return {
        "mean": curve["mean"],
        "journeyId": curve["journey_id"],
        "definition": {"personaId": curve["definition"]["persona_id"]},
        "points": [
            {"alignedPosition" if n == "aligned_position" else n: v for n, v in point.items()}
            for point in points
        ],
        "reasons": curve["reasons"],
    }


async def test_what_lies_over_a_curve_is_what_rest_lays_there(
    client: Client, world: dict[str, str]
) -> None:
    rest = await client.got(
        f"/v1/journeys/{world['first']}/emotion-curve",
        params={"overlay": f"journey:{world['second']},persona:{world['ann']}"},
    )
    for spelt in (lambda _, which: which, global_id):
        over = [
            {"journeyId": spelt("Journey", world["second"])},
            {"personaId": spelt("Persona", world["ann"])},
        ]
        found = (await asked(client, ONE, id=world["first"], over=over))["journey"]["emotionCurve"]
        assert found.pop("overlays") == [figures(one) for one in rest["overlays"]]
        assert found == figures(rest)
        hers = {"id": world["first"], "who": spelt("Persona", world["ann"])}
        found = (await asked(client, ONE, **hers))["journey"]["emotionCurve"]
        assert found["points"][0]["rating"] == 1.5


async def test_anothers_ratings_of_another_map_lie_over_a_curve(
    client: Client, world: dict[str, str]
) -> None:
    over = [{"journeyId": world["first"], "personaId": world["ann"]}]
    found = await asked(client, ONE, id=world["second"], over=over)
    (laid,) = found["journey"]["emotionCurve"]["overlays"]
    assert (laid["journeyId"], laid["points"][0]["rating"]) == (world["first"], 1.5)


async def test_the_picture_is_that_of_rest(client: Client, world: dict[str, str]) -> None:
    path = f"/v1/journeys/{world['first']}/emotion-curve"
    params = {"overlay": f"journey:{world['second']}", "format": "svg", "theme": "dark"}
    shown = await client.get(path, params=params)
    over = [{"journeyId": world["second"]}]
    found = (await asked(client, SVG, id=world["first"], over=over))["journey"]["emotionCurve"]
    assert found["svg"] == shown.text
    assert found["overlays"][0]["svg"].startswith("<svg ")


async def test_unknown_overlays_are_refused_as_in_rest(
    client: Client, stranger: Client, world: dict[str, str]
) -> None:
    theirs = (await stranger.made("/v1/journeys", journey(1, 1)))["id"]
    nobody = str(new_id())
    path = f"/v1/journeys/{world['first']}/emotion-curve"
    parameters = {
        f"overlay=journey:{world['second']},journey:{theirs},persona:{nobody}": {
            "over": [{"journeyId": i} for i in (world["second"], theirs)] + [{"personaId": nobody}]
        },
        f"persona_id={nobody}": {"who": nobody},
        "overlay=" + ",".join([f"journey:{world['second']}"] * 11): {
            "over": [{"journeyId": world["second"]}] * 11
        },
    }
    pointers = [["/overlays/1", "/overlays/2"], ["/persona_id"], ["/overlays"]]
    for (query, variables), at in zip(parameters.items(), pointers, strict=True):
        rest = (await client.get(f"{path}?{query}")).json()["errors"]
        found = await answered(client, ONE, id=world["first"], **variables)
        (error,) = found["errors"]
        assert found["data"]["journey"] == {"emotionCurve": None}
        assert error["path"] == ["journey", "emotionCurve"]
        told = error["extensions"]["errors"]
        assert [(p["code"], p["detail"]) for p in told] == [(p["code"], p["detail"]) for p in rest]
        assert [p["pointer"] for p in told] == at
        assert {p["pointer"] for p in rest} <= {"/query/overlay", "/query/persona_id"}


@pytest.mark.parametrize(
    ("over", "code", "at"),
    [
        ({}, "required", "/overlays/0"),
        ({"journeyId": "none"}, "bad_id", "/overlays/0/journey_id"),
        ({"personaId": ""}, "bad_id", "/overlays/0/persona_id"),
    ],
)
async def test_an_overlay_that_names_nothing_is_refused(
    client: Client, world: dict[str, str], over: dict[str, str], code: str, at: str
) -> None:
    found = await answered(client, ONE, id=world["first"], over=[over])
    (problem,) = found["errors"][0]["extensions"]["errors"]
    assert (problem["code"], problem["pointer"]) == (code, at)


async def test_a_bad_curve_leaves_those_of_other_journeys(
    client: Client, world: dict[str, str]
) -> None:
    query = """query ($a: ID!, $b: ID!, $nobody: ID!) {
      a: journey(id: $a) { emotionCurve(personaId: $nobody) { mean } }
      b: journey(id: $b) { emotionCurve { mean } } }"""
    found = await answered(client, query, a=world["first"], b=world["second"], nobody=str(new_id()))
    assert [error["path"] for error in found["errors"]] == [["a", "emotionCurve"]]
    assert found["data"]["a"] == {"emotionCurve": None}
    assert found["data"]["b"]["emotionCurve"]["mean"] == -1


async def test_curves_with_overlays_take_as_many_statements_at_any_size(
    client: Client, world: dict[str, str]
) -> None:
    over = [{"journeyId": world["second"]}, {"personaId": world["ann"]}]

    async def statements() -> int:
        before = await client.statements()
        await asked(client, MANY, over=over)
        return await client.statements() - before

    await statements()
    few = await statements()
    for n in range(5):
        await client.made("/v1/journeys", journey(2, 2, title=f"Map {n}"))
    assert await statements() == few == 2


async def test_curves_laid_over_each_other_cost_what_they_draw(
    client: Client, world: dict[str, str]
) -> None:
    query = """query ($over: [CurveOverlayInput!]) { journeys(first: 200) { nodes {
      emotionCurve(overlays: $over) { overlays { points { rating } } } } } }"""
    await asked(client, query, over=[])
    found = await answered(client, query, over=[{"journeyId": world["second"]}] * 10)
    assert found["errors"][0]["extensions"]["code"] == "TOO_COMPLEX"
