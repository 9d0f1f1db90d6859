"""The chart of a curve, held against the schema that Vega-Lite publishes."""

import copy
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import pytest

from tests.make import Client, journey


@pytest.fixture(scope="session")
def published(clients: Path) -> jsonschema_rs.Validator:
    found = clients / "node_modules" / "vega-lite" / "build" / "vega-lite-schema.json"
    return jsonschema_rs.validator_for(referable(json.loads(found.read_text())))


def referable(schema: Any) -> Any:
    """The same with references that are URIs: the names in them hold brackets and bars."""
    if isinstance(schema, list):
        return [referable(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: quote(inner, safe="#/") if key == "$ref" else referable(inner)
        for key, inner in schema.items()
    }


async def test_a_chart_is_valid_vega_lite(
    client: Client, published: jsonschema_rs.Validator
) -> None:
    body = journey(2, 3, title="<b>Finding</b> \u2028 an 'adviser' 客户")
    body["stages"][0]["steps"][1]["emotion"] = None
    body["stages"][1]["steps"][0] |= {"moment_of_truth": True}
    made = await client.made("/v1/journeys", body)
    other = await client.made("/v1/journeys", journey(3, 1))
    empty = await client.made("/v1/journeys", {"title": "Nothing in it"})
    for which, query in (
        (made, {}),
        (made, {"overlay": f"journey:{other['id']}", "theme": "dark"}),
        (empty, {"theme": "light"}),
    ):
        asked = {"format": "vega-lite", **query}
        chart = await client.got(f"/v1/journeys/{which['id']}/emotion-curve", params=asked)
        problems = [f"{e.instance_path}: {e.message}" for e in published.iter_errors(chart)]
        assert not problems


async def test_the_schema_finds_what_is_wrong(
    client: Client, published: jsonschema_rs.Validator
) -> None:
    made = await client.made("/v1/journeys", journey(1, 2))
    path = f"/v1/journeys/{made['id']}/emotion-curve?format=vega-lite"
    chart = await client.got(path)
    for name, value in (("type", "emotional"), ("axis", {"labelAngle": "steep"})):
        wrong = copy.deepcopy(chart)
        wrong["encoding"]["x"][name] = value
        assert not published.is_valid(wrong), name
