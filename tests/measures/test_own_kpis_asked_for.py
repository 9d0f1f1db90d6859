"""Own KPIs are asked for like those that are built in: by interval, told apart, compared."""

from itertools import pairwise, product
from random import Random
from urllib.parse import urlencode

import pytest

from service import folding
from service.database import Database
from service.domain.work import Caller
from tests.faces.asking import asked
from tests.make import Client
from tests.measures.doing import PATH, Json, did, kpi

MAY = {"from": "2026-05-01T00:00:00Z", "to": "2026-05-31T00:00:00Z"}
VALUE = "properties.value"
COUNTS = ("count", "contacts", "sessions")


def _of(measure: str, events: object = None) -> Json:
    told: Json = {"measure": measure, "events": events}
    if measure not in COUNTS:
        told["property"] = VALUE
    return told | ({"percentile": 30} if measure == "percentile" else {})


DEFINITIONS: dict[str, Json] = {
    **{f"{one}s": {"mode": "value", "numerator": _of(one, "Paid")} for one in COUNTS},
    **{
        f"{one} of values": {"mode": "value", "numerator": _of(one, "Paid")}
        for one in ("sum", "mean", "median", "percentile")
    },
    **{
        f"share of {one}": {"mode": "share", "numerator": _of(one, "Paid"), "denominator": _of(one)}
        for one in COUNTS
    },
    "by visitor": {"mode": "ratio", "numerator": _of("sum"), "denominator": _of("contacts")},
    "by session": {
        "mode": "ratio",
        "numerator": _of("count", "Paid"),
        "denominator": _of("sessions"),
        "timeout_seconds": 7_200,
    },
    "of a fund": {
        "mode": "value",
        "numerator": {**_of("sum", "Paid"), "currency": "EUR"},
    },
}


async def _done(client: Client) -> None:
    pick = Random(5)
    events = []
    for n in range(150):
        told: Json = {
            "device": pick.choice(["phone", "desk", "tv"]),
            "currency": pick.choice(["EUR", "USD", ""]),
            "value": pick.choice([1, 2.5, "7.25", "none", 0]),
        }
        at = f"2026-05-{1 + pick.randrange(30):02}T{pick.randrange(24):02}:{n % 60:02}:00Z"
        events.append((f"u{pick.randrange(12)}", at, pick.choice(["Paid", "Seen"]), told))
    await did(client, *events)


async def _made(client: Client, **more: object) -> Json:
    body = {"unit": "points", "direction": "up", **more}
    answer = await client.post("/v1/kpis", json=body)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def _number(one: Json) -> object:
    return one["value"]["value"] if isinstance(one["value"], dict) else one["value"]


@pytest.mark.parametrize("kept", ["events", "segments"])
async def test_an_own_kpi_is_the_figure_of_its_status(
    client: Client, workspace: Caller, database: Database, kept: str
) -> None:
    await _done(client)
    if kept == "segments":
        await folding.folded(database, workspace.workspace_id)
    known = 0
    for name, definition in DEFINITIONS.items():
        own = await _made(client, name=name, definition=definition)
        for range_ in ({}, {"from": "2026-05-07T05:00:00Z", "to": "2026-05-19T11:30:00Z"}):
            status = await client.got(f"/v1/kpis/{own['id']}/status?{urlencode(range_)}")
            for which in (own["key"], own["id"]):
                found = await kpi(client, which, **range_)
                assert found["kpi"] == own["key"]
                assert _number(found) == status["value"]["value"], name
                known += found["value"] is not None
    assert known == 4 * len(DEFINITIONS)


async def test_intervals_and_rows_of_own_kpis_are_figures_of_their_own(client: Client) -> None:
    await _done(client)
    for name, definition in DEFINITIONS.items():
        own = await _made(client, name=name, definition=definition)
        body = {**MAY, "interval": "week", "breakdown": ["device"], "compare": "previous_period"}
        found = await kpi(client, own["key"], **body)
        assert len(found["series"]) == 5
        assert found["comparison"]["to"] == MAY["from"]
        for point in found["series"]:
            alone = await kpi(client, own["key"], **{"from": point["from"], "to": point["to"]})
            assert _number(alone) == _number(point), (name, point)
        assert {row["keys"]["device"] for row in found["breakdown"]} == {"phone", "desk", "tv"}
        if definition["mode"] == "value" and definition["numerator"]["measure"] in COUNTS:
            rows = [row["value"] for row in found["breakdown"]]
            assert sum(rows) == found["value"]
            assert found["numerator"] == found["value"]
        for row, (n, (low, high)) in product(
            found["breakdown"][:1], enumerate(pairwise([*_edges(found)]))
        ):
            assert (row["series"][n]["from"], row["series"][n]["to"]) == (low, high)


def _edges(found: Json) -> list[str]:
    return [*(one["from"] for one in found["series"]), found["series"][-1]["to"]]


async def test_an_own_kpi_tells_what_it_is_and_what_it_was_made_of(client: Client) -> None:
    await _done(client)
    definition = DEFINITIONS["by visitor"]
    own = await _made(client, name="By visitor", description="Euros.", definition=definition)
    found = await kpi(client, own["key"])
    assert (found["unit"], found["definition"]["meaning"]) == ("points", "Euros.")
    assert found["definition"]["parameters"]["definition"]["mode"] == "ratio"
    above, below = found["parts"]
    assert (above["of"], below["of"], below["value"]) == ("numerator", "denominator", 12)
    assert found["value"] == pytest.approx(above["value"] / 12)
    assert found["denominator"] == 12
    assert any(one["reason"] == "no_number" for one in found["excluded"])


async def test_a_target_on_a_built_in_kpi_is_asked_for_with_its_own_parameters(
    client: Client,
) -> None:
    await _done(client)
    parameters = {"goal": "Paid", "base": "Seen"}
    own = await _made(client, name="Buys", built_in="conversion_rate", parameters=parameters)
    found = await kpi(client, own["key"], **MAY, breakdown=["device"])
    built_in = await kpi(
        client, "conversion_rate", **MAY, breakdown=["device"], parameters=parameters
    )
    assert {**found, "kpi": "conversion_rate"} == built_in
    # What is asked for goes before.
    found = await kpi(client, own["key"], parameters={"goal": "Seen", "unit": "session"})
    assert found["definition"]["parameters"]["unit"] == "session"
    listed = await client.got("/v1/kpis", params={"key": "orders"})
    assert (await kpi(client, listed["items"][0]["id"]))["kpi"] == "orders"


async def test_small_counts_of_own_kpis_are_not_told(client: Client) -> None:
    await _done(client)
    assert (await client.patch("/v1/settings", json={"small_cells": 13})).is_success
    for name in ("contactss", "by visitor", "share of contacts"):
        own = await _made(client, name=name, definition=DEFINITIONS[name])
        found = await kpi(client, own["key"], **MAY)
        assert _number(found) is None, name
        assert "small_cell" in str(found)


async def test_graphql_asks_for_own_and_built_in_kpis_together(client: Client) -> None:
    await _done(client)
    made = [
        await _made(client, name=name, definition=one) for name, one in [*DEFINITIONS.items()][:8]
    ]
    keys = [*(one["key"] for one in made), "orders", "reach", "bounce_rate"]
    query = """query ($all: [KpiQueryInput!]!) {
      kpiValues(input: $all) { kpi value { value } breakdown { keys value { value } } } }"""
    taken = []
    for some in (keys[:1], keys):
        several = [{"kpi": key, **MAY, "breakdown": ["properties.device"]} for key in some]
        before = await client.statements()
        found = (await asked(client, query, all=several))["kpiValues"]
        taken.append(await client.statements() - before)
        assert [one["kpi"] for one in found] == some
        assert all(one["breakdown"] for one in found)
    assert taken[1] <= 10, taken


async def test_what_cannot_be_computed_is_refused(client: Client, stranger: Client) -> None:
    own = await _made(client, name="Own", definition=DEFINITIONS["counts"])
    theirs = await _made(stranger, name="Theirs", definition=DEFINITIONS["counts"])
    for which, code in (
        (theirs["id"], "unknown_kpi"),
        (theirs["key"], "unknown_kpi"),
        ("nonsense", "unknown_kpi"),
    ):
        answer = await client.post(PATH, json={"kpi": which})
        assert answer.status_code == 422, answer.text
        (problem,) = answer.json()["errors"]
        assert (problem["pointer"], problem["code"]) == ("/kpi", code)
    answer = await client.post(PATH, json={"kpi": own["key"], "parameters": {"mode": "x"}})
    assert answer.status_code == 422
