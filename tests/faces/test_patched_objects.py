"""A patch is told all that no stored resource could take, also inside its objects, at once."""

from tests.make import Client, journey, pointers

STORY = {"kind": "anecdotal", "source_kind": "interview", "text": "…"}


async def test_a_malformed_id_hides_nothing_else_of_a_patch(client: Client) -> None:
    found = await client.made("/v1/evidence", STORY)
    wrong = {
        "source_id": "x",
        "subject": {"profile_id": "y", "mood": 1},
        "rating": {"value": "z", "scale": [1]},
        "targets": [{"step_id": "x"}],
        "colour": "red",
    }
    answer = await client.patch(f"/v1/evidence/{found['id']}", json=wrong)
    assert answer.status_code == 422
    assert pointers(answer) == {
        *("/source_id", "/subject/profile_id", "/subject/mood", "/rating/value", "/rating/scale"),
        *("/targets/0/step_id", "/colour"),
    }
    whole = await client.made("/v1/journeys", journey(1, 1))
    wrong = {
        "as_is_id": "x",
        "scope": {"from": ["a"], "colour": 1},
        "value_per_conversion": {"amount": []},
    }
    answer = await client.patch(f"/v1/journeys/{whole['id']}", json=wrong)
    assert {
        "/as_is_id",
        "/scope/from",
        "/scope/colour",
        "/value_per_conversion/amount",
    } <= pointers(answer)


async def test_an_object_is_merged_as_before(client: Client) -> None:
    rating = {"value": 2, "scale": [1, 5]}
    found = await client.made("/v1/evidence", {**STORY, "rating": rating})
    at = f"/v1/evidence/{found['id']}"
    answer = await client.patch(at, json={"rating": {"value": 3, "scale": None}})
    assert answer.json()["rating"] == {"value": 3, "scale": [1, 5]}, answer.text
    answer = await client.patch(at, json={"rating": {"value": None}})
    assert pointers(answer) == {"/rating/value"}
