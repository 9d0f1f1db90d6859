"""A map neither varies nor improves what comes of it, by whichever of the two links."""

import pytest

from tests.make import Client, journey, pointers


@pytest.mark.parametrize("member", ["variant_of", "as_is_id"])
async def test_a_map_varies_and_improves_nothing_that_comes_of_it(
    client: Client, member: str
) -> None:
    first = await client.made("/v1/journeys", journey(1, 1))
    second = await client.made("/v1/journeys", journey(1, 1, **{member: first["id"]}))
    third = await client.made("/v1/journeys", journey(1, 1, **{member: second["id"]}))
    for which in (first, second, third):
        answer = await client.patch(f"/v1/journeys/{first['id']}", json={member: which["id"]})
        assert pointers(answer) == {f"/{member}"}
        assert [e["code"] for e in answer.json()["errors"]] == ["circular"]
    assert (await client.got(f"/v1/journeys/{first['id']}"))[member] is None


@pytest.mark.parametrize("ways", [("variant_of", "as_is_id"), ("as_is_id", "variant_of")])
async def test_a_circle_of_variants_and_twins_together_is_refused(
    client: Client, ways: tuple[str, str]
) -> None:
    down, up = ways
    first = await client.made("/v1/journeys", journey(1, 1))
    second = await client.made("/v1/journeys", journey(1, 1, **{down: first["id"]}))
    third = await client.made("/v1/journeys", journey(1, 1, **{up: second["id"]}))
    at = f"/v1/journeys/{first['id']}"
    for which in (second, third):
        answer = await client.patch(at, json={up: which["id"]})
        assert (answer.status_code, pointers(answer)) == (422, {f"/{up}"})
        assert [e["code"] for e in answer.json()["errors"]] == ["circular"]
    assert (await client.got(at))[up] is None
    # Both links to one map are no circle.
    both = {down: second["id"], up: second["id"]}
    answer = await client.patch(f"/v1/journeys/{third['id']}", json=both)
    assert answer.status_code == 200, answer.text
