"""Small cells of sessions, walks, attribution, correlates and drivers over HTTP: counts under the
workspace's limit, and what would tell them."""

from typing import Any

import pytest

from tests.faces.asking import asked
from tests.make import Client
from tests.measures.doing import Json, did

SMALL = "small_cell"
FIRST, THEN, LAST = (f"2026-05-01T10:0{minute}:00Z" for minute in range(3))


@pytest.fixture
async def limited(client: Client) -> Client:
    """A workspace in which counts under five are not told."""
    answer = await client.patch("/v1/settings", json={"small_cells": 5})
    assert answer.json()["small_cells"] == 5, answer.text
    return client


async def walked(client: Client, **paths: int) -> None:
    """So many people each who did the events that a path names by their letters, in order."""
    for path, number in paths.items():
        for n in range(number):
            times = (FIRST, THEN, LAST)
            done = zip(times, path, strict=False)
            await did(client, *((f"{path} {n}", time, event) for time, event in done))


async def found_of(client: Client, path: str, **body: Any) -> Json:
    answer = await client.post(f"/v1/{path}/query", json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def hidden(share: Json) -> bool:
    """Whether nothing of a share is told but perhaps of how many."""
    told = {share[name] for name in ("value", "numerator", "low", "high")}
    return told == {None} and share["reason"] == SMALL


def parts(found: Any) -> list[Json]:
    """All objects of an answer, but its definition and what is left out."""
    if isinstance(found, list):
        return [part for one in found for part in parts(one)]
    if not isinstance(found, dict):
        return []
    inner = [one for name, one in found.items() if name not in ("definition", "excluded")]
    return [found, *parts(inner)]


COUNTS = (
    *("sessions", "events", "contacts", "count", "numerator", "denominator", "in", "out", "starts"),
    *("ends", "transitions", "paths", "units", "conversions", "without_touch", "touches", "credit"),
    *("matched", "skipped_steps", "detour_events", "outside", "repeated", "satisfied", "neutral"),
    *("dissatisfied", "undecided", "answers", "out_of_order"),
)
ASKED: dict[str, Json] = {
    "sessions": {"switches": ["device"]},
    "transitions": {},
    "paths": {"end": "c"},
    "conformance": {"planned": ["a", "b", "c"]},
    "attribution": {"goal": "c", "touch": "a"},
    "correlates": {"goal": "c", "least_count": 1},
    "drivers": {},
}


@pytest.mark.parametrize("path", ASKED)
async def test_of_few_people_nothing_is_told(limited: Client, path: str) -> None:
    answer = {"survey": "csat", "step_key": "buy", "journey_id": "j"}
    for n in range(4):
        for day in range(1, 8):
            at = f"2026-05-0{day}T10"
            await did(
                limited,
                (f"u{n}", f"{at}:00:00Z", "a", {"device": "phone"}),
                (f"u{n}", f"{at}:01:00Z", "b", {"device": "desktop"}),
                (f"u{n}", f"{at}:02:00Z", "c"),
            )
        await did(
            limited,
            (f"u{n}", "2026-05-02T12:00:00Z", "Survey Answered", {**answer, "score": 5 - n}),
        )
    more = {"scope": "contact"} if path in ("transitions", "paths") else {}
    more |= {"unit": "contact"} if path in ("conformance", "correlates") else {}
    # Counts go by what is counted: of these alone each is of days, and not of people.
    within = {"from": "2026-05-02T00:00:00Z", "to": "2026-05-03T00:00:00Z"}
    found = await found_of(limited, path, **ASKED[path], **more, **within)
    for part in parts(found):
        for name in COUNTS:
            if path == "conformance" and name == "matched" and "units" in part and len(part) < 4:
                continue  # how much of the plan, not how many
            if not isinstance(part.get(name), dict | list):
                assert not part.get(name), (name, part)


async def test_without_a_limit_they_are_told(client: Client) -> None:
    await walked(client, abc=2)
    found = await found_of(client, "transitions")
    assert [one["count"] for one in found["items"]] == [2, 2]


async def test_few_sessions_that_end_somewhere_are_not_told_nor_the_rest(limited: Client) -> None:
    await walked(limited, abc=9, ab=6, a=2)
    found = await found_of(limited, "sessions", page_view_events=["a"])
    assert (found["sessions"], found["contacts"], found["median_events"]) == (17, 17, 3)
    exits = {one["step"]: one["share"] for one in found["exits"]}
    assert exits["c"]["numerator"] == 9
    assert hidden(exits["a"])
    assert hidden(exits["b"])
    assert hidden(found["single_event"])
    # All of them begin with one view, and nobody is left.
    assert found["bounce"]["numerator"] == 17


async def test_few_who_switch_tell_no_switches(limited: Client) -> None:
    for n in range(9):
        device = "phone" if n < 3 else "desktop"
        await did(
            limited,
            (f"u{n}", FIRST, "a", {"device": "desktop"}),
            *((f"u{n}", time, "b", {"device": device}) for time in (THEN, LAST)),
            (f"u{n}", "2026-05-01T10:03:00Z", "c", {"device": "desktop"}),
        )
    found = await found_of(limited, "sessions", switches=["device"])
    (switch,) = found["switches"]
    # Six of them, by three.
    told = [switch[name] for name in ("count", "contacts", "median_seconds", "reason")]
    assert told == [None, None, None, SMALL]
    assert hidden(switch["exit_after_switch"])
    assert switch["exit_after_none"]["numerator"] == 6


async def test_a_rare_transition_takes_another_along_in_every_sum(limited: Client) -> None:
    await walked(limited, abc=20, ab=7, ac=2)
    found = await found_of(limited, "transitions")
    told = {(one["from"], one["to"]): one for one in found["items"]}
    assert found["transitions"] == 49
    rare = told["a", "c"]
    assert (rare["count"], rare["probability"], rare["reason"]) == (None, None, SMALL)
    # Out of a go 29: who knows 27 of them knows the rest.
    assert told["a", "b"]["count"] is None
    steps = {one["step"]: one for one in found["steps"]}
    # Into c come 22, 20 of them from b.
    assert (steps["c"]["in"] is None) or told["b", "c"]["count"] is None
    assert [one["ends"] for one in steps.values() if one["ends"]] == [7]
    for step in steps.values():
        lost = [name for name in ("in", "starts", "out", "ends", "cut") if step[name] is None]
        assert len(lost) != 1, step
    nodes = await asked(
        limited,
        "query($input: TransitionsQueryInput!) { observedTransitions(input: $input) {"
        " items { from to count probability reason } } }",
        input={},
    )
    kept = ("from", "to", "count", "probability")
    items = nodes["observedTransitions"]["items"]
    assert [[one[name] for name in kept] for one in items] == [
        [one[name] for name in kept] for one in found["items"]
    ]
    assert {one["reason"] for one in items if one["count"] is None} == {SMALL}


async def test_a_rare_path_takes_the_next_along(limited: Client) -> None:
    await walked(limited, abc=9, ab=6, ac=2)
    found = await found_of(limited, "paths")
    assert found["paths"] == 17
    told = {"".join(one["steps"]): one for one in found["items"]}
    assert {path: one["count"] for path, one in told.items()} == {"abc": 9, "ab": None, "ac": None}
    assert hidden(told["ac"]["share"])
    assert told["ac"]["reason"] == SMALL
    found = await found_of(limited, "paths", end="c", start="a")
    told = {"".join(one["steps"]): one["converted"] for one in found["items"]}
    # 11 convert, and of ab nobody does: who knows how many of abc do knows the two.
    assert (found["converted"]["numerator"], told["ab"]["numerator"]) == (11, 0)
    assert hidden(told["abc"])
    assert hidden(told["ac"])


async def test_few_who_left_a_step_out_are_not_told(limited: Client) -> None:
    await walked(limited, abc=20, ab=7, ac=2)
    found = await found_of(limited, "conformance", planned=["a", "b", "c"])
    assert found["units"] == 29
    skipped = {one["step"]: one["count"] for one in found["skipped"]}
    assert skipped == {"c": None, "b": None}
    assert found["skipped_steps"] == 9
    # 27 of 29 moves out of a are planned.
    assert [one["count"] for one in found["detours"]] == [None]
    assert hidden(found["move_fitness"])
    assert found["coverage"] is not None
    few = await found_of(limited, "conformance", planned=["a", "b", "c", "d"])
    assert few["exact"]["numerator"] == 0


async def test_few_who_did_so_much_are_told_by_nothing_that_others_left_out(
    limited: Client,
) -> None:
    await walked(limited, abc=20, ab=3, a=2, x=9)
    found = await found_of(limited, "conformance", unit="contact", planned=["a", "b", "c"])
    units = {one["matched"]: one["units"] for one in found["by_matched"]}
    assert units == {0: 9, 1: None, 2: None, 3: 20}
    # 34 units, of whom 5 did 1 or 2: whoever knew the steps left out knew who did which.
    sums = [found[name] for name in ("matched", "skipped_steps", "coverage")]
    assert sums == [None, None, None]
    assert {one["count"] for one in found["skipped"]} == {None}


async def test_a_channel_of_few_has_no_credit_and_none_is_told_by_the_others(
    limited: Client,
) -> None:
    for channel, number in {"email": 9, "search": 6, "print": 2}.items():
        for n in range(number):
            who = f"{channel} {n}"
            await did(limited, (who, FIRST, "a", {"channel": channel}), (who, THEN, "c"))
    found = await found_of(limited, "attribution", goal="c", touch="a")
    assert (found["conversions"], found["contacts"], found["without_touch"]) == (17, 17, 0)
    told = {one["value"]: one for one in found["items"]}
    assert (told["email"]["credit"], told["email"]["touches"]) == (9, 9)
    for value in ("search", "print"):
        one = told[value]
        assert (one["credit"], one["share"], one["reason"]) == (None, None, SMALL), one
    assert told["print"]["touches"] is None
    cut = await found_of(limited, "attribution", goal="c", touch="a", limit=2)
    assert (cut["other"]["credit"], cut["other"]["reason"]) == (None, SMALL)


async def test_few_that_did_not_convert_hide_those_that_did(limited: Client) -> None:
    await walked(limited, abc=9, ab=2)
    found = await found_of(limited, "correlates", goal="c", least_count=1, unit="contact")
    assert found["units"] == 11
    assert hidden(found["converted"])
    for one in found["items"]:
        assert hidden(one["converted"]), one
        assert hidden(one["not_converted"]), one
        assert (one["odds_ratio"], one["low"], one["reason"]) == (None, None, SMALL)


async def test_few_dissatisfied_are_not_told_nor_what_they_did(limited: Client) -> None:
    place = {"survey": "csat", "journey_id": "j", "step_key": "buy"}
    for score, number in {5: 9, 3: 6, 1: 2}.items():
        for n in range(number):
            who, told = f"{score} {n}", {**place, "score": score}
            await did(limited, (who, FIRST, "Survey Answered", told), (who, THEN, "Invite Sent"))
    await did(limited, ("late", "2026-05-03T10:00:00Z", "page"))
    found = await found_of(limited, "drivers", window_seconds=3600)
    (item,) = found["items"]
    assert (item["contacts"], item["satisfied"], item["reason"]) == (17, 9, SMALL)
    assert (item["neutral"], item["dissatisfied"]) == (None, None)
    referral = item["referral"]
    assert referral["satisfied"]["numerator"] == 9
    assert hidden(referral["dissatisfied"])
    assert (referral["difference"], referral["low"], referral["reason"]) == (None, None, SMALL)
