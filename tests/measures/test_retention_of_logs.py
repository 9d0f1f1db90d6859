"""Retention over HTTP, against reference figures and by hand."""

from typing import Any

import pytest

from tests.make import Client, pointers
from tests.measures.conftest import Loaded
from tests.measures.logs import LOGS, near, reference, those
from tests.published import needs_data

PATH = "/v1/retention/query"
Json = dict[str, Any]


async def asked(client: Client, body: Json) -> Json:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


@needs_data
@pytest.mark.parametrize("log", LOGS)
async def test_retention_of_published_logs_is_that_of_other_programs(
    loaded: Loaded, log: str
) -> None:
    told = reference(log)
    figures = told["figures"]
    client, only = await loaded(log), those(told["config"])
    days = {int(n): expected for n, expected in figures["retention_day_n"].items()}
    found = await asked(client, {"filter": only, "intervals": max(days)})
    assert found["contacts"] == figures["unique_users"]
    for n, (of, k, rate) in days.items():
        share = found["overall"][n]["share"]
        assert (share["denominator"], share["numerator"], share["value"]) == (of, k, near(rate))
        assert ("reason" in share) == (rate is None)
    found = await asked(client, {"filter": only, "interval": "week", "intervals": 12})
    weeks = {
        one["from"][:10]: {
            str(value["interval"]): value["share"]["numerator"]
            for value in one["values"]
            if value["share"]["numerator"]
        }
        for one in found["cohorts"]
    }
    assert weeks == figures["retention_weekly_cohorts_users"]


async def did(client: Client, user: str, *events: str) -> None:
    """Events as `05-01T10:00 a`."""
    batch = [
        {
            "type": "track",
            "event": what,
            "userId": user,
            "messageId": f"{user} {n}",
            "timestamp": f"2026-{time}:00Z",
        }
        for n, (time, what) in enumerate(one.split() for one in events)
    ]
    answer = await client.post("/v1/batch", json={"batch": batch})
    assert answer.json()["accepted"] == len(batch)


def values(found: Json, cohort: int = 0) -> list[float | None]:
    return [one["share"]["value"] for one in found["cohorts"][cohort]["values"]]


async def test_days_are_those_of_the_workspace(client: Client) -> None:
    await did(client, "u", "05-01T18:10 a", "05-01T18:20 a")
    found = await asked(client, {"intervals": 1})
    assert (values(found), found["cohorts"][0]["from"]) == ([1.0, None], "2026-05-01T00:00:00Z")
    assert found["cohorts"][0]["values"][1]["share"]["reason"] == "too_young"
    settings = {"time_zone": "Asia/Kathmandu"}
    assert (await client.patch("/v1/settings", json=settings)).status_code == 200
    # Between the two it is midnight there.
    found = await asked(client, {"intervals": 1})
    assert (values(found), found["cohorts"][0]["from"]) == ([1.0, 1.0], "2026-04-30T18:15:00Z")
    assert found["definition"]["time_zone"] == "Asia/Kathmandu"


async def test_a_cohort_is_that_of_the_first_start_ever(client: Client) -> None:
    await did(client, "u", "05-01T10:00 a", "05-02T10:00 b", "05-04T10:00 a")
    await did(client, "v", "05-01T09:00 b", "05-03T10:00 a", "05-04T10:00 b")
    body = {"start": "a", "return": "b", "intervals": 2}
    found = await asked(client, body)
    assert [one["from"][:10] for one in found["cohorts"]] == ["2026-05-01", "2026-05-03"]
    # What somebody did before their start is no return.
    assert (values(found), values(found, 1)) == ([0.0, 1.0, 0.0], [0.0, 1.0, None])
    found = await asked(client, {**body, "from": "2026-05-02T00:00:00Z"})
    assert [one["from"][:10] for one in found["cohorts"]] == ["2026-05-03"]
    found = await asked(client, {**body, "mode": "on_or_after"})
    assert (values(found), values(found, 1)) == ([1.0, 1.0, 0.0], [1.0, 1.0, None])
    # Up to an end that is past, what nobody did is known.
    found = await asked(client, {**body, "to": "2026-05-07T00:00:00Z", "cohorts": False})
    assert found["cohorts"] == []
    assert [one["share"]["value"] for one in found["overall"]] == [0.0, 1.0, 0.0]
    assert found["definition"] == {
        **{"from": None, "to": "2026-05-07T00:00:00Z", "filter": None, "interval": "day"},
        **{"intervals": 2, "time_zone": "UTC", "start": "a", "return": "b", "mode": "exact"},
        "cohorts": False,
    }


async def test_of_nothing_there_is_no_retention_and_a_reason(client: Client) -> None:
    found = await asked(client, {"intervals": 1})
    assert (found["contacts"], found["cohorts"]) == (0, [])
    assert {one["share"]["reason"] for one in found["overall"]} == {"nothing_to_count"}


async def test_what_cannot_be_asked_is_refused_with_every_place(client: Client) -> None:
    body = {"interval": "hour", "intervals": 367, "mode": "x", "cohorts": 1}
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 422
    assert pointers(answer) == {"/interval", "/intervals", "/mode", "/cohorts"}
    wrong = {"field": "no", "op": "eq", "value": 1}
    answer = await client.post(PATH, json=dict.fromkeys(("start", "return", "filter"), wrong))
    expected = {"/start/field", "/return/field", "/filter/field"}
    assert (answer.status_code, pointers(answer)) == (422, expected)
