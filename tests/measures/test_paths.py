"""Paths over HTTP, by hand, and held against reference figures that they add up to."""

from typing import Any

import pytest

from tests.make import Client, pointers
from tests.measures.conftest import Loaded
from tests.measures.logs import LOGS, reference, those
from tests.measures.test_transitions import walk
from tests.published import needs_data

PATH = "/v1/paths/query"
Json = dict[str, Any]


async def asked(client: Client, body: Json) -> Json:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    assert sum(one["count"] for one in found["items"]) + found["cut"] == found["paths"]
    return found


def listed(found: Json) -> list[tuple[str, int, float | None]]:
    return [
        (" ".join(one["steps"]), one["count"], one["converted"]["value"]) for one in found["items"]
    ]


@needs_data
@pytest.mark.parametrize("log", LOGS)
async def test_paths_of_published_logs_agree_with_their_other_figures(
    loaded: Loaded, log: str
) -> None:
    told = reference(log)
    config, figures = told["config"], told["figures"]
    client = await loaded(log)
    body: Json = {"filter": those(config), "limit": 10_000}
    found = await asked(client, {**body, "steps": 1})
    assert found["paths"] == figures["sessions"]
    starts = {one["steps"][0]: one["count"] for one in found["items"]}
    assert starts == figures["session_start_events"]
    for kpi in (one for one in config["kpis"] if one.get("ordered") and len(one["hit"]) == 1):
        # `hits` has an order behind the first start.
        (base,), (hit,) = kpi["base"], kpi["hit"]
        scope = "contact" if kpi["unit"] == "user" else "session"
        found = await asked(client, {**body, "scope": scope, "start": base, "end": hit})
        expected = figures[f"kpi:{kpi['name']}"]
        assert found["converted"]["denominator"] == expected["base"]
        assert found["converted"]["numerator"] == expected["hits"]


async def test_sequences_begin_with_the_first_start_and_end_with_the_first_end(
    client: Client,
) -> None:
    await walk(client, "u", "x10:00 a10:01 b10:02 z10:03 a10:04 z10:05")
    await walk(client, "v", "a10:00 b10:01 b10:02 c10:03")
    await walk(client, "w", "z10:00 y10:01")
    found = await asked(client, {"start": "a", "end": "z"})
    assert listed(found) == [("a b b c", 1, 0.0), ("a b z", 1, 1.0)]
    assert found["converted"]["value"] == 0.5
    # What is reached behind the last step that is shown converts all the same.
    found = await asked(client, {"start": "a", "end": "z", "steps": 2})
    assert listed(found) == [("a b", 2, 0.5)]
    found = await asked(client, {"end": "z", "steps": 3})
    assert listed(found) == [("a b z", 1, 1.0), ("z", 1, 1.0)]
    found = await asked(client, {"start": "a", "collapse_repeats": True, "limit": 1})
    assert listed(found) == [("a b c", 1, None)]
    assert (found["paths"], found["cut"]) == (2, 1)
    assert found["items"][0]["converted"]["reason"] == "no_end"


async def test_one_event_is_not_start_and_end(client: Client) -> None:
    await walk(client, "u", "a10:00 b10:01")
    await walk(client, "v", "a10:00 b10:01 a10:02")
    found = await asked(client, {"start": "a", "end": "a"})
    assert listed(found) == [("a b", 1, 0.0), ("a b a", 1, 1.0)]


async def test_what_cannot_be_asked_is_refused_with_every_place(client: Client) -> None:
    answer = await client.post(PATH, json={"steps": 0, "limit": 10_001, "scope": "x"})
    assert (answer.status_code, pointers(answer)) == (422, {"/steps", "/limit", "/scope"})
    wrong = {"field": "no", "op": "eq", "value": 1}
    answer = await client.post(PATH, json=dict.fromkeys(("start", "end", "filter"), wrong))
    expected = {"/start/field", "/end/field", "/filter/field"}
    assert (answer.status_code, pointers(answer)) == (422, expected)
