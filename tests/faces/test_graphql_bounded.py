"""GraphQL answers that turn out larger than their cost says: stopped, on either path."""

from typing import Any

import pytest

from tests.faces.asking import answered, asked
from tests.make import Client

BY_PLAN = "{ journeys { nodes { %s } } }"
ORDINARY = "{ journeys { nodes { %s } } workspace { name } }"
"""What plans do not answer."""
LONG = "x" * 20_000


async def circle(client: Client, size: int, steps: int) -> list[str]:
    """Maps of which each is followed by all others, with steps that say much."""
    step = {"action": "A", "expected_outcome": LONG}
    body = {"title": "M", "stages": [{"name": "S", "steps": [step] * steps}]}
    made = [(await client.made("/v1/journeys", body))["id"] for _ in range(size)]
    for one in made:
        others = {"next_journey_ids": [other for other in made if other != one]}
        answer = await client.patch(f"/v1/journeys/{one}", json=others)
        assert answer.status_code == 200, answer.text
    return made


async def refused(client: Client, query: str, **variables: Any) -> str:
    """The code of the one error of an answer."""
    (error,) = (await answered(client, query, **variables))["errors"]
    code: str = error["extensions"]["code"]
    return code


@pytest.mark.parametrize("form", [BY_PLAN, ORDINARY], ids=["by a plan", "ordinary"])
async def test_maps_within_maps_are_not_told_without_end(client: Client, form: str) -> None:
    await circle(client, 8, 10)
    form = form.replace("journeys", "journeys(first: 2)", 1)
    steps = "nextJourneys { stages { steps { expectedOutcome } } }"
    found = await asked(client, form % steps)
    assert len(found["journeys"]["nodes"]) == 2
    assert await refused(client, form.replace("first: 2", "first: 8") % steps) == "TOO_LARGE"


async def test_one_row_that_is_too_large_is_stopped(client: Client) -> None:
    which, *_ = await circle(client, 8, 10)
    steps = "stages { steps { expectedOutcome } }"
    inner = f"nextJourneys {{ {steps} }}"
    query = f"query ($id: ID!) {{ journey(id: $id) {{ {inner} }} }}"
    assert len((await asked(client, query, id=which))["journey"]["nextJourneys"]) == 7
    deeper = query.replace(steps, f"nextJourneys {{ {steps} }}")
    found = await answered(client, deeper, id=which)
    assert found["data"] == {"journey": None}
    (error,) = found["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["journey"], "TOO_LARGE")


@pytest.mark.parametrize("form", [BY_PLAN, ORDINARY], ids=["by a plan", "ordinary"])
async def test_maps_within_maps_cost_what_there_can_be(client: Client, form: str) -> None:
    deep = "title"
    for _ in range(5):
        deep = f"nextJourneys {{ {deep} }}"
    assert await refused(client, form % deep) == "TOO_COMPLEX"


async def test_rows_that_say_little_count_too(client: Client) -> None:
    await circle(client, 24, 0)
    query = ORDINARY % "nextJourneys { nextJourneys { nextJourneys { __typename } } }"
    query = query.replace("journeys {", "journeys(first: 1) {", 1)
    assert len(await asked(client, query)) == 2
    assert await refused(client, query.replace("first: 1", "first: 3")) == "TOO_LARGE"
