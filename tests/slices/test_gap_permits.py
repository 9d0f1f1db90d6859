"""The handovers of 114 published journeys through the offices of a country, counted by others.

A handover is a pair of neighbouring steps with another jurisdiction or agency. With agencies as
departments and jurisdictions as channels, each is a handoff that nobody manages.
"""

import json
from itertools import pairwise
from typing import Any

import pytest

from tests.clients.test_import_maps import MAPS
from tests.make import Client

Json = dict[str, Any]
CATALOGUE = MAPS / "permits_government" / "journeys.json"
DIMENSIONS = {"department": "agency", "channel": "jurisdiction"}

pytestmark = pytest.mark.skipif(
    not CATALOGUE.is_file(), reason="the published maps are not beside the project"
)


def body(journey: Json, nodes: dict[str, Json]) -> Json:
    """A journey of the catalogue as a map of one stage."""
    steps = [
        {
            "key": node["id"],
            "action": node["name"],
            "department": node["agency"][:100],
            "channel": node["jurisdiction"],
        }
        for node in (nodes[which] for which in journey["steps"])
    ]
    stage = {"key": "all", "name": "All of it", "steps": steps}
    known = [{"source": "permits", "id": journey["id"]}]
    return {"title": journey["name"], "stages": [stage], "external_ids": known}


async def test_the_handoffs_are_the_handovers_that_others_counted(client: Client) -> None:
    catalogue = json.loads(CATALOGUE.read_text())
    figures = json.loads((MAPS / "expected_permits.json").read_text())["figures"]
    nodes = {node["id"]: node for node in catalogue["plcNodes"]}
    maps = [body(journey, nodes) for journey in catalogue["journeys"]]
    made: list[Json] = []
    for start in range(0, len(maps), 50):
        made += (await client.made("/v1/journeys/import", maps[start : start + 50]))["items"]
    assert len(made) == figures["permits:journeys"]
    step_keys = {s["id"]: s["key"] for one in made for s in one["stages"][0]["steps"]}
    names = {one["id"]: one["external_ids"][0]["id"] for one in made}

    found = await every_handoff(client)
    told = {
        (names[gap["journey_id"]], *(step_keys[which] for which in gap["transition"].values())): gap
        for gap in found
    }
    expected = handovers(catalogue, nodes)
    assert {where: tuple(gap["dimensions"]) for where, gap in told.items()} == expected
    assert len(found) == len(told)
    for dimension, figure in (("department", "agency"), ("channel", "jurisdiction")):
        crossed = [gap for gap in found if dimension in gap["dimensions"]]
        assert len(crossed) == figures[f"permits:{figure}_handovers"]
    assert sum(where[0] == "restaurant" and "channel" in dims for where, dims in expected.items())
    restaurant = [
        g for w, g in told.items() if w[0] == "restaurant" and "channel" in g["dimensions"]
    ]
    assert len(restaurant) == figures["permits:restaurant_handovers"]
    # No emotions, nothing handed over: 100 × changed / 3, of which 0.2 is known.
    for gap in found:
        assert gap["severity"] == pytest.approx(100 * len(gap["dimensions"]) / 3)
        assert gap["confidence"] == pytest.approx(0.2)


def handovers(catalogue: Json, nodes: dict[str, Json]) -> dict[tuple[str, str, str], Any]:
    """What changes between neighbours, by journey and both steps."""
    found = {}
    for journey in catalogue["journeys"]:
        for before, after in pairwise(journey["steps"]):
            one, other = nodes[before], nodes[after]
            changed = tuple(d for d, name in DIMENSIONS.items() if one[name] != other[name])
            if changed:
                found[journey["id"], before, after] = changed
    return found


async def every_handoff(client: Client) -> list[Json]:
    """All handoffs of the workspace, page by page."""
    asked = {"kind": "department_handoff,channel_handoff,device_handoff", "limit": "200"}
    page = await client.got("/v1/gaps", params=asked)
    found, total = page["items"], page["total"]
    while page["next"]:
        page = await client.got("/v1/gaps", params={**asked, "after": page["next"]})
        found += page["items"]
    assert len(found) == total == sum(page["by_kind"].values())
    return found
