"""Planned and actual path over HTTP, against reference figures and by hand."""

from typing import Any

import pytest

from tests.make import Client, pointers
from tests.measures.conftest import Loaded
from tests.measures.logs import LOGS, near, reference, those
from tests.measures.test_transitions import walk
from tests.published import needs_data

PATH = "/v1/conformance/query"
Json = dict[str, Any]
_UNITS = {"user": "contact", "session": "session"}


async def asked(client: Client, body: Json) -> Json:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    kinds = found["outside"] + found["repeated"] + found["out_of_order"]
    assert kinds == found["detour_events"]
    assert sum(one["count"] for one in found["skipped"]) == found["skipped_steps"]
    assert sum(one["units"] for one in found["by_matched"]) == found["units"]
    return found


@needs_data
@pytest.mark.parametrize("log", LOGS)
async def test_published_logs_fit_their_plans_as_other_programs_found(
    loaded: Loaded, log: str
) -> None:
    told = reference(log)
    expected = told["figures"]["planned_vs_actual"]
    body = {
        "filter": those(told["config"]),
        "planned": expected["steps"],
        "unit": _UNITS[expected["unit"]],
        "only_with": expected["only_cases_with"],
    }
    found = await asked(await loaded(log), body)
    assert found["units"] == found["exact"]["denominator"] == expected["cases"]
    assert found["exact"]["numerator"] == expected["exact"]
    assert found["complete"]["numerator"] == expected["contains_all_in_order"]
    assert found["coverage"] == near(expected["mean_coverage"])
    assert found["detour_events"] == expected["total_detour_events"]
    assert found["median_detour_events"] == near(expected["median_detour_events"])
    assert found["skipped_steps"] == expected["total_skipped_steps"]
    counts = {str(one["matched"]): one["units"] for one in found["by_matched"]}
    assert counts == expected["cases_by_matched_steps"]
    matched = sum(int(n) * units for n, units in counts.items())
    assert found["matched"] == matched


async def test_what_is_not_matched_is_outside_repeated_or_out_of_order(client: Client) -> None:
    await walk(client, "u", "b10:00 a10:01 a10:02 x10:03 c10:04 b10:05")
    found = await asked(client, {"planned": ["a", "b", "c", "d"]})
    # a … c and a … b are as long: the smaller planned positions are those of a and b.
    assert (found["matched"], found["coverage"]) == (2, 0.5)
    assert [(one["step"], one["position"]) for one in found["skipped"]] == [("c", 2), ("d", 3)]
    assert (found["outside"], found["repeated"], found["out_of_order"]) == (1, 2, 1)
    assert found["unobserved"] == ["d"]
    assert found["unbound"] == [{"event": "x", "count": 1}]
    assert found["move_fitness"]["value"] == 0
    moves = [(one["from"], one["to"]) for one in found["detours"]]
    assert moves == [("a", "a"), ("a", "x"), ("b", "a"), ("c", "b"), ("x", "c")]
    assert found["detours"][0]["share"]["value"] == 0.5


async def test_moves_of_the_plan_fit_and_without_moves_there_is_no_fitness(client: Client) -> None:
    await walk(client, "u", "a10:00 b10:01 a10:02")
    found = await asked(client, {"planned": ["a", "b", "a"]})
    assert (found["exact"]["value"], found["move_fitness"]["value"]) == (1.0, 1.0)
    found = await asked(client, {"planned": ["a"], "filter": "b"})
    assert found["move_fitness"]["value"] is None
    assert found["move_fitness"]["reason"]
    found = await asked(client, {"planned": ["a"], "only_with": "x"})
    assert (found["units"], found["coverage"], found["reason"]) == (*(0, None, "nothing_to_count"),)
    assert found["definition"]["only_with"] == "x"


async def test_what_cannot_be_asked_is_refused_with_every_place(client: Client) -> None:
    answer = await client.post(PATH, json={"planned": [], "unit": "person", "timeout_seconds": 0})
    assert answer.status_code == 422
    assert pointers(answer) == {"/planned", "/unit", "/timeout_seconds"}
    answer = await client.post(PATH, json={"planned": ["a"] * 201})
    assert (answer.status_code, pointers(answer)) == (422, {"/planned"})
    answer = await client.post(PATH, json={"planned": ["a"], "only_with": {"field": "event"}})
    assert answer.status_code == 422
