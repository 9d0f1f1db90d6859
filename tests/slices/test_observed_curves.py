"""The curve beside what findings tell: figures, pictures, and what they cost."""

import csv
import io
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.make import Client, journey

STORY = {"kind": "anecdotal", "source_kind": "review", "text": "…"}


async def a_map(client: Client) -> tuple[str, list[dict[str, Any]]]:
    made = await client.made("/v1/journeys", journey(2, 2))
    steps = [step for stage in made["stages"] for step in stage["steps"]]
    return f"/v1/journeys/{made['id']}/emotion-curve", steps


async def told(client: Client, step: dict[str, Any], *felt: float | None, **members: Any) -> None:
    for sentiment in felt:
        about = {"targets": [{"step_id": step["id"]}], "sentiment": sentiment}
        await client.made("/v1/evidence", {**STORY, **about, **members})


async def test_a_point_has_what_the_findings_of_its_step_tell(client: Client) -> None:
    at, steps = await a_map(client)
    await told(client, steps[0], 1, 1, 0.5, 1.5, 1)
    await told(client, steps[0], None)
    await told(client, steps[0], -2, weight=0)
    await told(client, steps[1], 1, weight=3)
    await told(client, steps[1], -1)
    await told(client, steps[2], None)
    curve = await client.got(at)
    first, second, third, fourth = curve["points"]
    assert (first["rating"], first["evidence"]) == (-2, 7)
    # Five of equal weight: m = 1, s = √0.125, t(.975, 4) = 2.776445.
    off = 2.7764451052 * 0.125**0.5 / 5**0.5
    assert first["observed"] == {
        "mean": 1,
        "count": 5,
        "low": pytest.approx(1 - off),
        "high": pytest.approx(1 + off),
    }
    assert second["observed"] == {"mean": 0.5, "count": 1.6, "low": None, "high": None}
    assert (third["observed"], third["evidence"]) == (None, 1)
    assert (fourth["observed"], fourth["evidence"]) == (None, 0)
    assert curve["divergence"] == [steps[0]["id"]]
    assert {"observed", "low", "high"} <= curve["reasons"].keys()
    assert "divergence" not in curve["reasons"]


async def test_a_curve_that_was_fetched_is_fetched_anew_when_findings_come(client: Client) -> None:
    at, steps = await a_map(client)
    before = await client.get(at)
    held = {"If-None-Match": before.headers["etag"]}
    assert (await client.get(at, headers=held)).status_code == 304
    await told(client, steps[0], 1)
    after = await client.get(at, headers=held)
    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    held = {"If-None-Match": after.headers["etag"]}
    assert (await client.get(at, headers=held)).status_code == 304


async def test_findings_cost_the_curve_no_statement(client: Client) -> None:
    at, steps = await a_map(client)
    counts = []
    for felt in ((), (1.0,) * 9):
        for step in steps:
            await told(client, step, *felt)
        before = await client.statements()
        await client.got(at)
        counts.append(await client.statements() - before)
    assert counts == [1, 1]


async def test_every_form_shows_what_was_observed(client: Client) -> None:
    at, steps = await a_map(client)
    plain = {form: (await client.get(at, params={"format": form})).text for form in ("svg", "csv")}
    await told(client, steps[0], 1, 0.5, 1.5)
    rows = csv.DictReader(io.StringIO((await client.get(at, params={"format": "csv"})).text))
    first, second, *_ = rows
    assert (first["observed"], first["observed_count"], first["evidence"]) == ("1", "3", "3")
    assert float(first["observed_low"]) < 1 < float(first["observed_high"])
    assert (second["observed"], second["observed_low"], second["evidence"]) == ("", "", "0")
    assert "What findings tell" not in plain["svg"]
    picture = (await client.get(at, params={"format": "svg"})).text
    ElementTree.fromstring(picture)  # noqa: S314 (our own)
    assert "What findings tell" in picture
    assert "findings: +1, counting as 3" in picture
    chart = await client.got(at, params={"format": "vega-lite"})
    value = chart["data"]["values"][0]
    assert (value["observed"], value["findings"]) == (1, 3)
    assert [layer["mark"]["type"] for layer in chart["layer"]] == ["line", "point", "rule", "point"]
