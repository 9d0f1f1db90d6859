"""Own KPIs of sessions: when these end, and whom figures leave out, told or not."""

import pytest

from tests.make import Client
from tests.measures.doing import did
from tests.measures.test_own_kpis import PATH, status_of, value


async def came(client: Client, user: str, *minutes: int, day: int = 1) -> None:
    times = (f"2026-05-{day:02}T10:{minute:02}:00Z" for minute in minutes)
    await did(client, *((user, time, "page") for time in times))


async def test_sessions_end_after_the_pause_that_the_workspace_set_unless_the_kpi_says_another(
    client: Client,
) -> None:
    await came(client, "ann", 0, 10, 20)
    made = [
        await client.made(PATH, {"name": f"K{n}", **body})
        for n, body in enumerate((value("sessions"), value("sessions")))
    ]
    said = {**value("sessions")["definition"], "timeout_seconds": 600}
    made.append(await client.made(PATH, {"name": "own", "definition": said}))
    assert [one["definition"]["timeout_seconds"] for one in made] == [None, None, 600]
    for timeout, number in ((1_800, "1"), (300, "3")):
        body = {"session_timeout_seconds": timeout}
        assert (await client.patch("/v1/settings", json=body)).is_success
        for one, used in zip(made, (timeout, timeout, 600), strict=True):
            found = await client.got(f"{PATH}/{one['id']}/status")
            assert found["definition"]["computed"]["timeout_seconds"] == used
            expected = number if used == timeout else "1"
            assert str(found["value"]["value"]) == expected


DAYS = {"from": "2026-05-02T00:00:00Z", "to": "2026-05-03T00:00:00Z"}


async def test_of_sessions_those_are_excluded_who_did_something_in_the_range(
    client: Client,
) -> None:
    for minute, day in enumerate((1, 2, 2, 3)):
        await came(client, "ann", minute, day=day)
    await came(client, "ben", 1, day=2)
    who = await client.post("/v1/contacts/lookup", json={"items": [ANN]})
    path = f"/v1/contacts/{who.json()['items'][0]['id']}"
    assert (await client.patch(path, json={"test": True})).is_success
    found = await status_of(client, value("sessions"), **DAYS)
    assert (found["value"]["value"], found["previous"]["value"]) == (1, 0)
    left_out = [found[one]["excluded"] for one in ("value", "previous")]
    assert left_out == [[{"reason": "test_contact", "count": n}] for n in (2, 1)]


ANN = {"source": "user_id", "value": "ann"}


@pytest.mark.parametrize("measure", ["count", "sessions"])
async def test_what_is_too_small_to_be_told_says_whom_it_leaves_out(
    client: Client, measure: str
) -> None:
    assert (await client.patch("/v1/settings", json={"small_cells": 5})).is_success
    for user in ("ann", "ben"):
        await came(client, user, *range(10, 16), day=2)
    who = await client.post("/v1/contacts/lookup", json={"items": [ANN]})
    path = f"/v1/contacts/{who.json()['items'][0]['id']}"
    assert (await client.patch(path, json={"test": True})).is_success
    found = await status_of(client, value(measure), **DAYS)
    told = found["value"]
    assert told["value"] == (6 if measure == "count" else None)
    assert told["excluded"] == [{"reason": "test_contact", "count": 6}]
