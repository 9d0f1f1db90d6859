"""Frequent events that no step claims: against plain loops, and what claims them."""

import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from service import folding
from service.domain.insights.gaps.gap import KINDS
from tests.make import BY_ANN, Client
from tests.measures.followed import bound, felt, steps_of
from tests.measures.gap_lists import found
from tests.measures.test_gaps_of_sessions import lived, sessions
from tests.measures.test_gaps_passed import send
from tests.measures.test_gaps_without_events import passing
from tests.measures.unclaimed import BEGIN, beside, counts, shopped, walked
from tests.watched import Watched

Json = dict[str, Any]
Event = tuple[str, str, datetime]
OTHERS = ",".join(kind for kind in KINDS if kind != "unobserved")
EVERYTHING = (BEGIN, BEGIN + timedelta(days=365))


def counted(units: Sequence[Sequence[Event]], steps: str, least: int) -> dict[str, list[int]]:
    """The same by loops: of paths, by each name that no step has, how many did it, how many are on
    the map, and how often it was done."""
    on_map = [one for one in units if any(name in steps for _, name, _ in one)]
    names = {name for one in on_map for _, name, _ in one} - {*steps}
    told = {}
    for name in names:
        times = [sum(what == name for _, what, _ in one) for one in on_map]
        did = sum(n > 0 for n in times)
        if did >= least and did >= 0.05 * len(on_map):
            told[name] = [did, len(on_map), sum(times)]
    return told


def people(rows: Sequence[Event], begin: datetime, end: datetime) -> list[list[Event]]:
    inside = [row for row in rows if begin <= row[2] < end]
    return [[row for row in inside if row[0] == who] for who in sorted({row[0] for row in inside})]


def going(seed: int) -> list[Event]:
    """Some do what is on the map, and others what is not; some names are rare."""
    pick = random.Random(seed)
    rows = []
    for n in range(80):
        time = BEGIN + timedelta(minutes=pick.randrange(60 * 24 * 20))
        for _ in range(pick.randrange(1, 9)):
            name = pick.choice("aaabbbyyz") if pick.random() < 0.98 else pick.choice("vw")
            rows.append((f"u{n}", name, time))
            time += timedelta(hours=pick.randrange(1, 90))
    return rows


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("seed", range(3))
async def test_what_nothing_claims_is_counted_as_loops_say(
    client: Client, watched: Watched, seed: int, folded: bool
) -> None:
    made = await client.made("/v1/journeys", felt("ab", [1, 0]))
    rows = going(seed)
    await send(client, rows)
    if folded:
        await folding.folded(watched.database, watched.workspace)
    middle, end = BEGIN + timedelta(days=5, minutes=7), BEGIN + timedelta(days=17)
    ranges: list[tuple[Json, tuple[datetime, datetime]]] = [
        ({}, EVERYTHING),
        ({"from": middle.isoformat(), "to": end.isoformat()}, (middle, end)),
    ]
    for given, range_ in ranges:
        for least in (1, 5):
            expected = counted(people(rows, *range_), "ab", least)
            answer = await found(client, made["id"], least_count=str(least), **given)
            assert counts(beside(answer)) == expected != {}


@pytest.mark.parametrize("seed", range(3))
async def test_sessions_are_counted_as_loops_say(client: Client, seed: int) -> None:
    made = await client.made("/v1/journeys", felt("ab", [1, 0]))
    rows = lived(seed)
    await send(client, rows)
    middle, end = BEGIN + timedelta(days=5), BEGIN + timedelta(days=16)
    cut = [one for one in sessions(rows) if middle <= one[0][2] < end]
    given = {"from": middle.isoformat(), "to": end.isoformat(), "least_count": "2"}
    told = beside(await found(client, made["id"], unit="session", **given))
    assert counts(told) == counted(cut, "ab", 2) != {}
    assert "sessions on the map" in next(iter(told.values()))["explanation"]["text"]


async def test_a_session_of_the_range_is_counted_to_its_end(client: Client) -> None:
    made = await client.made("/v1/journeys", felt("ab", [1, 0]))
    minutes = {"a": 0, "z": 20, "y": 60}
    rows = [
        (f"u{n}", name, BEGIN + timedelta(minutes=minute))
        for n in range(30)
        for name, minute in minutes.items()
    ]
    await send(client, rows)
    to = (BEGIN + timedelta(minutes=10)).isoformat()
    told = beside(await found(client, made["id"], unit="session", to=to))
    assert counts(told) == {"z": [30, 30, 30]}
    assert beside(await found(client, made["id"], to=to)) == {}


@pytest.fixture
async def made(client: Client) -> Json:
    return await shopped(client)


async def test_a_gap_says_what_is_done_by_whom_and_how_often(client: Client, made: Json) -> None:
    gap = beside(await found(client, made["id"], kind="unobserved"))["z"]
    assert (gap["kind"], gap["position"], gap["step_id"]) == ("unobserved", -1, None)
    assert gap["where"] == {"dimension": "event", "value": "z"}
    assert {one["name"]: (one["value"], one["weight"], one["count"]) for one in gap["signals"]} == {
        "reach": (0.75, 0.7, 40),
        "share": (pytest.approx(60 / 140), 0.3, 140),
    }
    assert gap["severity"] == pytest.approx(100 * (0.7 * 0.75 + 0.3 * 60 / 140))
    assert gap["confidence"] == 1.0
    assert gap["explanation"]["text"] == (
        "30 of 40 contacts on the map did “z”, 60 times in all,"
        " and no step of any map is bound to it now."
    )
    german = {"Accept-Language": "de"}
    path = f"/v1/gaps/{gap['id']}"
    told = await client.got(path, headers=german)
    assert told["explanation"]["text"] == (
        "„z“ kam bei 30 von 40 Kontakten auf der Karte vor, insgesamt 60-mal,"
        " und kein Schritt irgendeiner Karte ist jetzt daran gebunden."
    )
    # Two names are two gaps, and of another map it is another.
    other = await client.made("/v1/journeys", felt("ab", [1, 0]))
    everywhere = await client.got("/v1/gaps", params={"kind": "unobserved"})
    same = {(one["journey_id"], one["where"]["value"]) for one in everywhere["items"]}
    assert same == {(which, name) for which in (made["id"], other["id"]) for name in "yz"}
    assert len({one["id"] for one in everywhere["items"]}) == 4
    judged = await client.patch(path, json={"status": "dismissed", "reason": "Noise"})
    assert judged.status_code == 200, judged.text
    gaps = beside(await found(client, made["id"], status="dismissed"))
    assert [(name, one["id"]) for name, one in gaps.items()] == [("z", gap["id"])]


async def test_least_count_share_and_range_are_asked_for(client: Client) -> None:
    await walked(client, 41, two=2, three=3)
    made = await client.made("/v1/journeys", felt("ab", [1, 0]))
    # Two of 41 are less than 5 %.
    assert {*beside(await found(client, made["id"], least_count="1"))} == {"three"}
    assert beside(await found(client, made["id"], least_count="4")) == {}
    to = (BEGIN + timedelta(hours=20)).isoformat()
    assert beside(await found(client, made["id"], least_count="1", to=to)) == {}
    from_ = (BEGIN + timedelta(hours=19)).isoformat()
    # Who is on the map then, and nobody is.
    assert beside(await found(client, made["id"], least_count="1", **{"from": from_})) == {}
    for names, told in ((["a", "b"], set()), (["a", "b", "three"], {"three"})):
        only = json.dumps({"field": "event", "op": "in", "value": names})
        assert {*beside(await found(client, made["id"], least_count="1", filter=only))} == told
    bad = await client.get(f"/v1/journeys/{made['id']}/gaps", params={"least_count": "0"})
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/query/least_count")


APRIL = {"from": "2026-04-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"}


@pytest.mark.parametrize(
    "given",
    [{}, APRIL, {**APRIL, "unit": "session"}, {"scan": "week"}, {"to": "2026-03-03T00:30:00Z"}],
    ids=["ever", "range", "sessions", "scan", "first"],
)
async def test_all_else_is_told_as_if_nobody_had_looked_for_them(
    client: Client, given: Json
) -> None:
    """What contacts lost are worth too, by a goal that no step claims, and whoever was put there
    by hand."""
    hand = [{"source": "user_id", "value": "by hand"}]
    person = await client.made("/v1/contacts", {"identifiers": hand})
    # Who is not on the map counts nowhere.
    await send(client, [(f"off{n}", "x", BEGIN + timedelta(days=33)) for n in range(20)])
    await passing(client, 50, 40)
    await passing(client, 50, 10, later=31)
    who = [f"u{later}-{n}" for later in (0, 31) for n in range(30)]
    rows = [(one, name, BEGIN + timedelta(days=33)) for one in who for name in "yx"]
    await send(client, [*rows, *((one, "c", BEGIN + timedelta(days=40)) for one in who[50:])])
    worth = {"goal": "y", "value_per_conversion": {"amount": 20, "currency": "EUR"}}
    made = await client.made("/v1/journeys", {**felt("abc", [1, -2, 1]), **worth})
    at = {"journey_id": made["id"], "step_id": steps_of(made)[1]["id"]}
    await client.made(f"/v1/contacts/{person['id']}/journeys", at, headers=BY_ANN)
    asked_for = {"least_count": "5", **given}
    whole = await found(client, made["id"], **asked_for)
    without = await found(client, made["id"], kind=OTHERS, **asked_for)
    assert without["items"] == [one for one in whole["items"] if one["kind"] != "unobserved"]
    assert without["excluded"] == whole["excluded"]
    if not given:
        assert counts(beside(whole)) == {name: [60, 101, 60] for name in "xy"}
    if "from" in given and "unit" not in given:
        assert {*beside(whole)} == {*"xy"}
        assert any(one["value_lost"] for one in whole["items"])


async def test_many_maps_take_as_many_statements_as_one(client: Client, made: Json) -> None:
    async def statements(path: str) -> int:
        before = await client.statements()
        await client.got(path)
        return await client.statements() - before

    few = await statements("/v1/gaps")
    plain = await statements(f"/v1/gaps?kind={OTHERS}")
    assert beside(await found(client, made["id"])) != {}
    for name in "cdefg":
        await client.made("/v1/journeys", felt(f"a{name}", [1, 0]))
    assert await statements("/v1/gaps") == few <= plain + 4
    told = await client.got("/v1/gaps", params={"kind": "unobserved", "limit": "200"})
    assert len([one for one in told["items"] if one["where"]]) == 6 * 2


async def test_what_is_kept_of_events_tells_it_in_three_more_statements(
    client: Client, made: Json, watched: Watched
) -> None:
    await folding.folded(watched.database, watched.workspace)

    async def statements(**query: str) -> int:
        before = await client.statements()
        await found(client, made["id"], **query)
        return await client.statements() - before

    for _ in range(2):
        assert await statements() == await statements(kind=OTHERS) + 3


async def test_names_beyond_the_most_frequent_are_counted(client: Client, watched: Watched) -> None:
    names = {f"n{n:02}": 40 for n in range(23)}
    await walked(client, **names, more=41)
    made = await client.made("/v1/journeys", felt("ab", [1, 0]))
    await folding.folded(watched.database, watched.workspace)
    for left in (4, 3):
        answer = await found(client, made["id"], least_count="10")
        assert {*beside(answer)} == {"more", *sorted(names)[:19]}
        assert {"reason": "unobserved: too_many_names", "count": left} in answer["excluded"]
        # What is claimed is not left out.
        await client.made("/v1/journeys", bound({"other": ("n22",)}))
