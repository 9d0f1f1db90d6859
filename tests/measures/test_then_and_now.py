"""A map and its people then and now: against plain loops over generated histories, and by hand."""

import random
from datetime import UTC, datetime, timedelta
from math import sqrt
from typing import Any

import pytest
from fastapi import FastAPI

from tests.faces.asking import asked, not_there
from tests.make import Client, pointers
from tests.measures.followed import SHOP, bound, steps_of, told
from tests.published import needs_data

Json = dict[str, Any]
AT = "then-and-now"
THEN = datetime(2026, 3, 1, tzinfo=UTC)
NOW = datetime(2026, 9, 1, tzinfo=UTC)
DAYS, WINDOW = 30, 5 * 86_400
STAGES = {"look": ("a", "b"), "choose": ("c",), "buy": ("d",)}
Row = tuple[str, str, datetime]


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


ASKED = {"base": iso(THEN), "with_": iso(NOW), "days": DAYS, "window_seconds": WINDOW}


def wilson(k: int, n: int) -> tuple[float, float]:
    z = 1.959963984540054
    p, middle = k / n, k / n + z * z / (2 * n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    return (0.0 if k == 0 else (middle - half) / whole, 1.0 if k == n else (middle + half) / whole)


def shares(rows: list[Row], at: datetime, first: str, later: list[str]) -> tuple[int, int]:
    """Of those who came to a stage in the range, who came to a later one in time, of how many."""
    stage_of = {name: stage for stage, names in STAGES.items() for name in names}
    last = max(when for *_, when in rows)
    came = counted = 0
    for user in {row[0] for row in rows}:
        did = sorted((when, stage_of.get(name)) for who, name, when in rows if who == user)
        here = [w for w, stage in did if stage == first and at - timedelta(DAYS) <= w < at]
        if not here:
            continue
        end = here[0] + timedelta(seconds=WINDOW)
        if any(here[0] < w <= end and stage in later for w, stage in did):
            came, counted = came + 1, counted + 1
        elif end < last:
            counted += 1
    return came, counted


def is_change(found: Json, base: tuple[int, int], other: tuple[int, int]) -> None:
    for side, (k, n) in (("base", base), ("with", other)):
        assert (found[side]["numerator"], found[side]["denominator"]) == (k, n)
    if 0 in (base[1], other[1]):
        assert found["change"] is None
        return
    (q, m), (p, n) = ((k / n, n) for k, n in (base, other))
    (q_low, q_high), (p_low, p_high) = wilson(*base), wilson(*other)
    assert (m, n) == (base[1], other[1])
    assert found["change"] == pytest.approx(p - q)
    assert found["low"] == pytest.approx(p - q - sqrt((p - p_low) ** 2 + (q_high - q) ** 2))
    assert found["high"] == pytest.approx(p - q + sqrt((p_high - p) ** 2 + (q - q_low) ** 2))


async def sent(client: Client, rows: list[Row], **told: Any) -> None:
    batch = [
        {
            **{"type": "track", "userId": user, "event": name, "timestamp": iso(at)},
            **{"messageId": f"{user} {name} {at}", "properties": told},
        }
        for user, name, at in rows
    ]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == len({one["messageId"] for one in batch}), answer.text


@pytest.mark.parametrize("seed", range(4))
async def test_generated_histories_differ_as_loops_say(client: Client, seed: int) -> None:
    pick = random.Random(seed)
    made = await client.made("/v1/journeys", bound(STAGES))
    rows: set[Row] = set()
    for _ in range(250):
        at = pick.choice((THEN, NOW)) - timedelta(hours=pick.randrange(1, 24 * 36))
        rows.add((f"u{pick.randrange(60)}", pick.choice("aaabbbccdx"), at))
    every = sorted(rows)
    await sent(client, every)
    found = await told(client, made["id"], AT, **ASKED)
    both = [shares(every, at, "look", ["buy"]) for at in (THEN, NOW)]
    is_change(found["conversion"], *both)
    names = list(STAGES)
    for n, stage in enumerate(found["stages"][:-1]):
        went = [shares(every, at, names[n], names[n + 1 :]) for at in (THEN, NOW)]
        dropped = [(n - k, n) for k, n in went]
        assert stage["stage_key"] == names[n]
        is_change(stage["abandonment"], dropped[0], dropped[1])
    assert found["stages"][-1]["abandonment"]["reason"] == "no_way_on"
    steps = {name for one in STAGES.values() for name in one}
    for side, at in (("base", THEN), ("with", NOW)):
        begins = at - timedelta(DAYS)
        people = {user for user, name, when in every if name in steps and begins <= when < at}
        assert found[side]["contacts"] == len(people)


@needs_data
async def test_each_side_is_what_the_map_s_own_figures_are(loaded: Any) -> None:
    client = await loaded("ecom_clickstream")
    made = await client.made("/v1/journeys", bound(SHOP))
    times = {"base": "2024-03-01T00:00:00Z", "with_": "2024-06-01T00:00:00Z", "days": 30}
    found = await told(client, made["id"], AT, **times)
    assert found["conversion"]["change"] is not None
    for side, begins in (("base", "2024-01-31T00:00:00Z"), ("with", "2024-05-02T00:00:00Z")):
        assert found[side]["from"] == begins
        within = {"from_": begins, "to": found[side]["to"]}
        asked = {"keys": "stage_abandonment", **within}
        kpis = (await told(client, made["id"], "kpis", **asked))["items"]
        assert [one["abandonment"][side] for one in found["stages"]] == [
            one["value"] for one in kpis
        ]
        moves = await told(client, made["id"], "transitions/observed", scope="contact", **within)
        assert found[side]["contacts"] == moves["contacts"]


async def test_the_map_is_compared_as_it_was(client: Client) -> None:
    body = bound(STAGES)
    for step, rating in zip(steps_of(body), (-1, 0, 1, 2), strict=True):
        step["emotion"] = rating
    made = await client.made("/v1/journeys", body)
    unknown = await told(client, made["id"], AT, **ASKED)
    for side in ("base", "with"):
        assert (unknown[side]["mean"], unknown[side]["reason"]) == (None, "never_published")
    assert unknown["map"]["added"] is None
    assert unknown["map"]["reason"] == unknown["mean"]["reason"] == "never_published"
    early = {"effective_from": iso(THEN - timedelta(days=90))}
    await client.made(f"/v1/journeys/{made['id']}/publish", early)
    first = steps_of(made)[0]["id"]
    await client.patch(f"/v1/steps/{first}", json={"emotion": 1, "action": "Look at it"})
    stage = made["stages"][0]["id"]
    await client.made(f"/v1/stages/{stage}/steps", {"action": "Ask", "emotion": -1.5})
    late = {"effective_from": iso(NOW - timedelta(days=90))}
    await client.made(f"/v1/journeys/{made['id']}/publish", late)
    found = await told(client, made["id"], AT, **ASKED)
    assert [found[side]["revision"] for side in ("base", "with")] == [1, 2]
    assert [found[side]["mean"] for side in ("base", "with")] == [0.5, 0.5]
    assert found["mean"] == {"change": 0.0}
    query = f"base=at:{ASKED['base']}&with=at:{ASKED['with_']}"
    diff = await client.got(f"/v1/journeys/{made['id']}/diff?{query}")
    kinds = [one["change"] for one in diff["items"]]
    assert found["map"] == {
        name: kinds.count(name) for name in ("added", "removed", "moved", "renamed", "changed")
    }
    assert found["map"]["renamed"] == 1
    assert found["reason"] == "no_event"
    now = await told(client, made["id"], AT)
    assert now["with"]["revision"] == "draft"
    gone = await told(client, made["id"], AT, base="2025-01-01T00:00:00Z", days=1)
    assert (gone["base"]["reason"], gone["with"]["mean"]) == ("revision_not_found", 0.5)


async def test_one_segment_is_compared(client: Client) -> None:
    made = await client.made("/v1/journeys", bound(STAGES))
    criteria = {"field": "traits.kind", "op": "eq", "value": "firm"}
    profile = await client.made("/v1/profiles", {"name": "Firms", "criteria": criteria})
    for n in range(4):
        names = [{"source": "user_id", "value": f"u{n}"}]
        kind = "firm" if n < 3 else "person"
        await client.made("/v1/contacts", {"identifiers": names, "traits": {"kind": kind}})
        for at in (THEN - timedelta(days=9), NOW - timedelta(days=9)):
            await sent(client, [(f"u{n}", "a", at)])
    await sent(client, [("u0", "d", NOW - timedelta(days=8)), ("u1", "x", NOW)])
    only = {"field": "member_of", "op": "eq", "value": profile["id"]}
    found = await told(client, made["id"], AT, filter=only, **ASKED)
    is_change(found["conversion"], (0, 3), (1, 3))
    found = await told(client, made["id"], AT, **ASKED)
    is_change(found["conversion"], (0, 4), (1, 4))


async def test_what_people_said_of_the_map_is_compared(client: Client) -> None:
    made = await client.made("/v1/journeys", bound(STAGES))
    for n, at in enumerate([THEN] * 6 + [NOW] * 8):
        said = {"survey": "csat", "score": 5 if n % 3 else 2, "journey_id": made["id"]}
        device = "mobile" if n % 2 else "desktop"
        when = at - timedelta(days=1 + n)
        await sent(client, [(f"u{n}", "Survey Answered", when)], device=device, **said)
        other = {**said, "journey_id": "another", "score": 1}
        await sent(client, [(f"v{n}", "Survey Answered", when)], **other)
    found = await told(client, made["id"], AT, **ASKED)
    is_change(found["satisfaction"], (4, 6), (5, 8))
    mobile = {"field": "device", "op": "eq", "value": "mobile"}
    found = await told(client, made["id"], AT, filter=mobile, **ASKED)
    is_change(found["satisfaction"], (2, 3), (3, 4))
    found = await told(client, made["id"], AT, filter="a", **ASKED)
    assert (found["satisfaction"]["base"]["denominator"], found["satisfaction"]["low"]) == (0, None)
    assert found["satisfaction"]["reason"]


async def test_what_cannot_be_asked_is_refused_by_its_pointer(
    client: Client, stranger: Client
) -> None:
    made = await client.made("/v1/journeys", bound(STAGES))
    at = f"/v1/journeys/{made['id']}/{AT}"
    cases: tuple[tuple[Json, str], ...] = (
        ({"base": iso(NOW), "with": iso(THEN)}, "/query"),
        ({"base": "9000-01-01T00:00:00Z"}, "/query/base"),
        ({"with": "0001-01-02T00:00:00Z"}, "/query/base"),
        ({"days": 183}, "/query/days"),
        ({"days": 0}, "/query/days"),
        ({"base": iso(NOW - timedelta(days=3)), "with": iso(NOW), "days": 4}, "/query/days"),
        ({"filter": "{"}, "/query/filter"),
        ({"filter": '{"field": "nonsense", "op": "eq", "value": 1}'}, "/query/filter/field"),
        ({"whatever": 1}, "/query/whatever"),
    )
    for query, pointer in cases:
        answer = await client.get(at, params=query)
        assert answer.status_code == 422, (query, answer.text)
        assert pointers(answer) == {pointer}
    early = {"base": "0001-01-02T00:00:00Z", "days": 30}
    assert (await told(client, made["id"], AT, **early))["base"]["from"] is None
    assert (await stranger.get(at)).status_code == 404


async def test_who_reads_no_contacts_is_told_of_no_few(client: Client, app: FastAPI) -> None:
    made = await client.made("/v1/journeys", bound(STAGES))
    rows = []
    for n in range(40):
        rows.append((f"u{n}", "a", THEN - timedelta(days=20)))
        rows += [(f"u{n}", "d", THEN - timedelta(days=19))] if n < 20 else []
        rows.append((f"v{n}", "a", NOW - timedelta(days=20)))
        rows += [(f"v{n}", "d", NOW - timedelta(days=19))] if n < 2 else []
    await sent(client, [*rows, ("z", "x", NOW)])
    key = await client.made(
        "/v1/api-keys", {"name": "n", "scopes": ["analytics:read", "maps:read"]}
    )
    async with Client.entering(app, f'{{"key": "{key["key"]}"}}') as analyst:
        found = await told(analyst, made["id"], AT, **ASKED)
        assert found["conversion"]["base"]["numerator"] == 20
        assert found["conversion"]["with"]["reason"] == "small_cell"
        assert found["conversion"]["change"] is None
        assert found["conversion"]["reason"] == "small_cell"
        assert found["stages"][0]["abandonment"]["change"] is None
        assert found["satisfaction"]["reason"] == "needs_contacts_read"
    found = await told(client, made["id"], AT, **ASKED)
    is_change(found["conversion"], (20, 40), (2, 40))
    plain = await client.made("/v1/api-keys", {"name": "m", "scopes": ["maps:read"]})
    headers = {"Authorization": f"Bearer {plain['key']}"}
    answer = await client.get(f"/v1/journeys/{made['id']}/{AT}", headers=headers)
    assert answer.status_code == 403


async def test_graphql_tells_the_same_in_as_many_statements(client: Client) -> None:
    query = """query($id: ID!, $input: ThenAndNowQueryInput) {
      journeyThenAndNow(journeyId: $id, input: $input) {
        base { at from revision contacts } with { mean reason } map { added reason } mean { change }
        conversion { base { numerator } with { denominator } change low high reason }
        stages { stageKey abandonment { change } } definition { fromStage toStage revision } } }"""
    given = {"base": iso(THEN), "with": iso(NOW), "days": DAYS, "windowSeconds": WINDOW}
    spent = []
    for many in (1, 5):
        made = await client.made("/v1/journeys", bound(STAGES))
        for n in range(many):
            await client.made(f"/v1/journeys/{made['id']}/publish", {})
            await client.patch(f"/v1/journeys/{made['id']}", json={"title": f"Another {n}"})
            await sent(client, [(f"{many} {n}", "a", at - timedelta(9)) for at in (THEN, NOW)])
        rest = await told(client, made["id"], AT, **ASKED)
        few = []
        # Twice: what is known of a key is read again after seconds, whoever asks then.
        for _ in range(2):
            before = await client.statements()
            found = (await asked(client, query, id=made["id"], input=given))["journeyThenAndNow"]
            few.append(await client.statements() - before)
        spent.append(min(few))
        assert found["base"]["contacts"] == rest["base"]["contacts"]
        assert found["conversion"]["reason"] == rest["conversion"].get("reason")
        assert found["definition"]["fromStage"] == "look"
        assert [one["stageKey"] for one in found["stages"]] == list(STAGES)
    assert spent[0] == spent[1] <= 13
    nobody = "0198c7f0-0000-7000-8000-000000000099"
    assert await not_there(client, query, id=nobody) == {"journeyThenAndNow"}
