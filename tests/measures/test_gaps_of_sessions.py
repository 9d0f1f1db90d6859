"""Gaps by session: against plain loops over generated histories."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.make import Client
from tests.measures.followed import felt
from tests.measures.gap_lists import fallen, found
from tests.measures.test_gaps_passed import send

Event = tuple[str, str, datetime]
BEGIN = datetime(2026, 3, 3, tzinfo=UTC)
PAUSE = timedelta(seconds=1_800)


def lived(seed: int) -> list[Event]:
    """Forty people of some sessions each, who do other things as well."""
    pick = random.Random(seed)
    rows = []
    for n in range(40):
        time = BEGIN + timedelta(minutes=pick.randrange(60 * 24 * 20))
        for _ in range(pick.randrange(1, 30)):
            rows.append((f"u{n}", pick.choice("aabbcz"), time))
            # A pause of exactly the timeout stays inside.
            time += pick.choice([timedelta(minutes=9), PAUSE, PAUSE + timedelta(seconds=1)])
    return rows


def sessions(rows: list[Event]) -> list[list[Event]]:
    """The sessions of each person, cut of all that they did."""
    cut: list[list[Event]] = []
    for who in sorted({row[0] for row in rows}):
        path = sorted((row for row in rows if row[0] == who), key=lambda row: row[2])
        for n, row in enumerate(path):
            if n == 0 or row[2] - path[n - 1][2] > PAUSE:
                cut.append([])
            cut[-1].append(row)
    return cut


def taken(rows: list[Event], from_: str, to: str, begin: datetime, end: datetime) -> list[int]:
    """Of sessions begun in the range that came to a step: how many went on, dropped, are open."""
    latest = max(time for *_, time in rows)
    counts = [0, 0, 0]
    for one in sessions(rows):
        names = [name for _, name, _ in one]
        if not begin <= one[0][2] < end or from_ not in names:
            continue
        went = to in names[names.index(from_) + 1 :]
        is_open = one[-1][2] >= latest - PAUSE
        counts[0 if went else 2 if is_open else 1] += 1
    return counts


@pytest.mark.parametrize("seed", range(4))
async def test_sessions_go_on_as_loops_say(client: Client, seed: int) -> None:
    made = await client.made("/v1/journeys", felt("abc", [1, 0, 1]))
    rows = lived(seed)
    await send(client, rows)
    middle, end = BEGIN + timedelta(days=9), BEGIN + timedelta(days=18)
    asked = {"from": middle.isoformat(), "to": end.isoformat()}
    told = await found(client, made["id"], unit="session", least_count="1", **asked)
    shown = {(one["kind"], one["explanation"]["code"]): one for one in told["items"]}
    lowest = shown.get(("drop_off", "drop_off_lowest"))
    both = {ends: taken(rows, *ends, middle, end) for ends in ("ab", "bc")}
    if lowest is not None:
        keys = {step["id"]: step["key"] for stage in made["stages"] for step in stage["steps"]}
        ends = "".join(keys[lowest["transition"][f"{name}_step_id"]] for name in ("from", "to"))
        went, dropped, undecided = both[ends]
        counts = lowest["continuation"]
        assert (counts["numerator"], counts["denominator"]) == (went, went + dropped)
        assert lowest["undecided"] == undecided
        assert "session" in lowest["explanation"]["text"]
        assert "contact" not in lowest["explanation"]["text"]


async def test_who_goes_on_later_has_not_in_that_session(client: Client) -> None:
    """All come back the next day: contacts go on, and the sessions of some weeks do not."""
    made = await client.made("/v1/journeys", felt("ab", [1, 0]))
    rows: list[Any] = []
    for n in range(100):
        at = BEGIN + timedelta(minutes=n) + (timedelta(days=40) if n >= 50 else timedelta())
        pause = timedelta(days=1) if n >= 50 else timedelta(minutes=5)
        rows += [(f"u{n}", "a", at), (f"u{n}", "b", at + pause)]
    await send(client, [*rows, ("somebody", "z", BEGIN + timedelta(days=90))])
    asked = {"from": (BEGIN + timedelta(days=30)).isoformat(), "baseline": "before"}
    assert fallen(await found(client, made["id"], **asked)) == []
    (gap,) = fallen(await found(client, made["id"], unit="session", **asked))
    counts = gap["continuation"], gap["baseline"]["continuation"]
    assert [(one["numerator"], one["denominator"]) for one in counts] == [(0, 50), (50, 50)]
    assert "of 50 sessions go on" in gap["explanation"]["text"]
    path = f"/v1/gaps/{gap['id']}"
    again = await client.got(path, params={"unit": "session", **asked})
    assert again["continuation"] == gap["continuation"]
    everywhere = await client.got("/v1/gaps", params={"unit": "session", **asked})
    assert gap["id"] in {one["id"] for one in everywhere["items"]}
