"""Transitions over HTTP, against reference figures and by hand."""

from typing import Any

import pytest

from tests.make import Client, pointers
from tests.measures.conftest import Loaded
from tests.measures.logs import LOGS, near, reference, those
from tests.measures.test_sessions import did
from tests.published import needs_data

PATH = "/v1/transitions/query"
Json = dict[str, Any]
A_DAY = ("2026-05-01T10:00:00Z", "2026-05-01T10:30:00Z")


async def asked(client: Client, body: Json) -> Json:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    balanced(found)
    return found


def balanced(found: Json) -> None:
    """For every step in + starts = out + ends + cut, in itself and as the lists have it."""
    starts, ends = (
        {one["step"]: one["count"] for one in found[name]} for name in ("starts", "ends")
    )
    for one in found["steps"]:
        assert one["in"] + one["starts"] == one["out"] + one["ends"] + one["cut"]
        assert starts.get(one["step"], 0) == one["starts"]
        assert ends.get(one["step"], 0) == one["ends"]
    assert sum(starts.values()) == sum(ends.values()) + found["cut"]
    assert sum(one["in"] for one in found["steps"]) == found["transitions"]


def listed(found: Json) -> list[list[Any]]:
    return [[one["from"], one["to"], one["count"], one["probability"]] for one in found["items"]]


@needs_data
@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize(("scope", "figure"), [("contact", "user"), ("session", "session")])
async def test_transitions_of_published_logs_are_those_of_other_programs(
    loaded: Loaded, log: str, scope: str, figure: str
) -> None:
    told = reference(log)
    figures = told["figures"]
    expected = figures[f"transitions_within_{figure}"]
    body = {"filter": those(told["config"]), "scope": scope, "limit": 1000}
    found = await asked(await loaded(log), body)
    assert found["transitions"] == expected["total"]
    assert found["pairs"] == len(found["items"]) == expected["distinct_pairs"]
    top = [[one, two, count, near(share)] for one, two, count, share in expected["top20"]]
    assert listed(found)[:20] == top
    assert found["cut"] == 0
    if scope == "session":
        for name in ("start", "end"):
            counts = {one["step"]: one["count"] for one in found[f"{name}s"]}
            assert counts == figures[f"session_{name}_events"]
    few = await asked(await loaded(log), {**body, "limit": 3})
    assert few["items"] == found["items"][:3]
    assert few["transitions"] == found["transitions"]


async def walk(client: Client, user: str, path: str) -> None:
    """Events as `a10:00 b10:10`."""
    for step in path.split():
        await did(client, user, [f"{step[1:]}:00"], step[0])


async def test_repeats_are_collapsed_before_anything_is_counted(client: Client) -> None:
    await walk(client, "u", "a10:00 a10:01 b10:02 b10:03 a10:04 a11:00")
    found = await asked(client, {"collapse_repeats": True})
    # The second session's `a` is no repeat: it begins another path.
    assert listed(found) == [["a", "b", 1, 1.0], ["b", "a", 1, 1.0]]
    assert found["starts"] == [{"step": "a", "count": 2}]
    found = await asked(client, {"collapse_repeats": True, "scope": "contact"})
    assert listed(found) == [["a", "b", 1, 1.0], ["b", "a", 1, 1.0]]
    found = await asked(client, {})
    assert [one[:3] for one in listed(found)] == [
        *(["a", "a", 1], ["a", "b", 1], ["b", "a", 1], ["b", "b", 1]),
    ]


@pytest.mark.parametrize("scope", ["session", "contact"])
async def test_a_transition_belongs_to_its_second_event(client: Client, scope: str) -> None:
    await walk(client, "u", "a09:50 b10:10 c10:20 d10:35 e10:40")
    start, end = A_DAY
    body = {"scope": scope, "from": start, "to": end}
    found = await asked(client, body)
    assert [one[:3] for one in listed(found)] == [["a", "b", 1], ["b", "c", 1]]
    assert (found["starts"], found["ends"], found["cut"]) == ([], [], 0)
    assert {one["step"]: one["cut"] for one in found["steps"]} == {"a": -1, "b": 0, "c": 1}
    # Ranges that meet have every transition, start and end once.
    parts = [await asked(client, {"scope": scope, **one}) for one in ({"to": end}, {"from": end})]
    whole = await asked(client, {"scope": scope})
    assert sum(one["transitions"] for one in parts) == whole["transitions"] == 4
    assert [len(one["starts"]) for one in (*parts, whole)] == [1, 0, 1]
    assert [len(one["ends"]) for one in (*parts, whole)] == [0, 1, 1]
    assert [one["cut"] for one in parts] == [1, -1]


async def test_the_filter_selects_before_neighbours_are_looked_at(client: Client) -> None:
    await walk(client, "u", "a10:00 x10:01 b10:02")
    only = {"field": "event", "op": "ne", "value": "x"}
    found = await asked(client, {"filter": only})
    assert listed(found) == [["a", "b", 1, 1.0]]
    assert found["definition"] == {
        **{"from": None, "to": None, "filter": only, "scope": "session"},
        **{"timeout_seconds": 1800, "collapse_repeats": False, "limit": 200},
    }


async def test_of_nothing_there_are_no_transitions(client: Client) -> None:
    found = await asked(client, {})
    assert (found["items"], found["steps"], found["cut"]) == ([], [], 0)


async def test_what_cannot_be_asked_is_refused_with_every_place(client: Client) -> None:
    body: Json = {"scope": "page", "limit": 0, "timeout_seconds": 0, "unknown": 1}
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 422
    assert pointers(answer) == {"/scope", "/limit", "/timeout_seconds", "/unknown"}
    answer = await client.post(PATH, json={"from": A_DAY[1], "to": A_DAY[0]})
    assert answer.status_code == 422
