"""The script that turns a folder of maps into maps, run as it is told, against the service."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Served
from tests.house.source import ROOT
from tests.make import Client

MAPS = Path(os.environ.get("WAYPOST_TEST_MAPS") or ROOT.parent / "shared" / "data" / "journey_maps")
"""Published maps with reference figures, where they are at hand."""

SAMPLES = {
    "shop/bicycle.mmd": "journey\n  title Bicycle\n  section Look\n    Search: 2: Ann\n"
    "    Compare: bad: Ann\n",
    "two.md": "# Two\n```mermaid\nflowchart TD\n  A --> B\n```\n~~~mermaid\njourney\n  title One\n"
    "  section A\n    Do: 5\n~~~\ntext\n```mermaid\njourney\n  title Other\n  section B\n"
    "    Rest: 1\n```\n",
    "move.md": """# Journey Map: Moving house
**Persona**: Ann - renter
**Scenario**: A new job in another town

### Stage 1: Look around (two weeks)
**Actions**:

1. Reads advertisements
2. Asks [friends](friends.md)
3. Sees three flats

**Thoughts**:
- "Is this dear?"

**Emotions**: Curious → Tired 🙂 → 😟 (Intensity: 2/5 → 4/5)

**Pain Points**:
- Calls that nobody takes

**Opportunities**:
- One list of all flats

**Touchpoints**:
- Phone (to agree on a time)
- Broker's page

---

### Stage 2: Decide
**User Actions**
- Signs
**Emotional State**

🙂 Glad or 😐 Unsure

## Summary
Long.
""",
    "table.md": "# 换银行\n| 段階 | 客户の頭の中 | 競合 | 採用条件 |\n|---|---|---|---|\n"
    "| 1. 比较 | 哪家好 | 别家 | 便宜 |\n| 2. 开户 | 快吗 | | |\n",
    "catalogue.json": json.dumps(
        {
            "jurisdictions": [{"id": "s", "name": "State"}, {"id": "l", "name": "Local"}],
            "categories": [{"id": "f", "name": "Food"}],
            "plcNodes": [
                {"id": n, "name": n.upper(), "jurisdiction": j, "agency": f"{j} office", "fee": "1"}
                for n, j in (("tax", "s"), ("name", "s"), ("zone", "l"))
            ],
            "journeys": [
                {
                    "id": "cafe",
                    "name": "Open a café",
                    "cat": "f",
                    "steps": ["tax", "zone", "name"],
                    "gotchas": [{"step": "zone", "note": "Slow"}],
                    "references": ["x"],
                }
            ],
        }
    ),
    "own.json": json.dumps([{"title": "Ours", "stages": [{"name": "S"}]}]),
    "readme.md": "# Nothing\n\nNo map.\n",
    "figures.json": '{"figures": {}}',
}


def run(served: Served, client: Client, folder: Path) -> tuple[int, str]:
    """What the script prints, and its exit code."""
    key = client.headers["authorization"].removeprefix("Bearer ")
    command = [sys.executable, str(ROOT / "examples" / "import_maps.py"), str(folder)]
    ran = subprocess.run(
        command,
        env={**os.environ, "WAYPOST_URL": served.url, "WAYPOST_KEY": key},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


async def journeys(client: Client) -> dict[str, dict[str, Any]]:
    """All maps, whole, by title."""
    items: list[dict[str, Any]] = []
    query = "limit=200&view=whole"
    while True:
        page = await client.got(f"/v1/journeys?{query}")
        items += page["items"]
        if page["next"] is None:
            assert len({one["title"] for one in items}) == len(items)
            return {one["title"]: one for one in items}
        query = f"limit=200&view=whole&after={page['next']}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in SAMPLES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


async def test_a_folder_becomes_maps_and_what_was_not_carried_is_printed(
    served: Served, client: Client, folder: Path
) -> None:
    code, printed = run(served, client, folder)
    assert code == 0, printed
    found = await journeys(client)
    titles = {"Bicycle", "One", "Other", "Moving house", "换银行", "Open a café", "Ours"}
    assert set(found) == titles
    for line in (
        "figures.json: no map that this script can read",
        "readme.md: no map that this script can read",
        "shop/bicycle.mmd#0: line 5: ",
        "catalogue.json: not carried: plcNodes.fee, references",
        "move.md: not carried: an emotion without one face, opportunities, section “Summary”",
        "table.md: not carried: 競合\n",
    ):
        assert f"\n{line}" in f"\n{printed}", printed
    look, decide = found["Moving house"]["stages"]
    assert look["name"] == "Look around (two weeks)"
    assert [s["action"] for s in look["steps"]] == [
        "Reads advertisements",
        "Asks friends",
        "Sees three flats",
    ]
    assert [s["emotion"] for s in look["steps"]] == [1, None, -1.5]
    assert look["steps"][2]["thoughts"] == ["Is this dear?"]
    assert [t["key"] for t in look["steps"][2]["touchpoints"]] == ["phone", "broker-s-page"]
    assert look["frustrations"] == ["Calls that nobody takes"]
    assert decide["feelings"] == ["🙂 Glad or 😐 Unsure"]
    assert [s["emotion"] for s in decide["steps"]] == [None]
    (ann,) = (await client.got("/v1/personas"))["items"]
    assert (ann["name"], found["Moving house"]["persona_ids"]) == ("Ann", [ann["id"]])
    compare, _ = found["换银行"]["stages"]
    assert (compare["name"], compare["decision_factors"]) == ("比较", ["便宜"])
    assert compare["steps"][0]["thoughts"] == ["哪家好"]
    cafe = found["Open a café"]
    assert [stage["name"] for stage in cafe["stages"]] == ["State", "Local", "State"]
    assert cafe["stages"][1]["steps"][0]["pains"][0]["text"] == "Slow"
    assert cafe["tags"] == ["Food"]


async def test_a_second_run_makes_nothing_twice_and_keeps_what_others_wrote(
    served: Served, client: Client, folder: Path
) -> None:
    assert run(served, client, folder)[0] == 0
    before = await journeys(client)
    for title in ("Bicycle", "Moving house", "Ours"):
        at = f"/v1/journeys/{before[title]['id']}"
        assert (await client.patch(at, json={"occasion": "kept"})).status_code == 200
    code, printed = run(served, client, folder)
    assert (code, re.findall("^made: ", printed, re.MULTILINE)) == (0, [])
    after = await journeys(client)
    assert {t: one["id"] for t, one in after.items()} == {t: o["id"] for t, o in before.items()}
    assert after["Bicycle"]["occasion"] == after["Ours"]["occasion"] == "kept"
    assert after["Moving house"]["occasion"] == "kept"
    assert len((await client.got("/v1/touchpoints"))["items"]) == 2
    assert len((await client.got("/v1/personas"))["items"]) == 1


async def test_what_the_service_refuses_is_told_and_the_rest_is_made(
    served: Served, client: Client, folder: Path
) -> None:
    (folder / "own.json").write_text('{"title": "Bad", "colour": 1}')
    (folder / "two.md").write_text(
        "```mermaid\njourney\n  title T\n  section S\n  what is this\n```"
    )
    code, printed = run(served, client, folder)
    assert code == 1
    assert "own.json#0: refused: " in printed
    assert "/colour" in printed
    assert "/lines/4" in printed
    assert set(await journeys(client)) == {"Bicycle", "Moving house", "换银行", "Open a café"}


async def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_made(
    served: Served, client: Client, folder: Path
) -> None:
    (folder / "own.json").write_text('[{"title": "Ours",')
    (folder / "catalogue.json").write_text('{"journeys": [{"id": "x"}], "plcNodes": [1]}')
    (folder / "two.md").write_bytes(b"# Two \xff\xfe\n")
    code, printed = run(served, client, folder)
    assert code == 1
    for name in ("own.json", "catalogue.json", "two.md"):
        assert printed.count(f"{name}: cannot be read: ") == 1
    assert set(await journeys(client)) == {"Bicycle", "Moving house", "换银行"}


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "examples" / "import_maps.py"), str(tmp_path / "none")]
    ran = subprocess.run([*command, "--key", "x"], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert f"there is no folder {tmp_path / 'none'}" in ran.stderr


@pytest.mark.skipif(not MAPS.is_dir(), reason="the published maps are not beside the project")
async def test_published_maps_become_maps(served: Served, client: Client) -> None:
    code, printed = run(served, client, MAPS)
    assert code == 0, printed
    found = await journeys(client)
    expected = json.loads((MAPS / "expected.json").read_text())["maps"]
    by_name = {
        name["id"]: one
        for one in found.values()
        for name in one["external_ids"]
        if name["source"] == "import_maps"
    }
    for name, reference in expected.items():
        steps = [s for stage in by_name[name]["stages"] for s in stage["steps"]]
        assert [s["emotion"] for s in steps] == [p["emotion"] for p in reference["curve"]]
    permits = [one for name, one in by_name.items() if name.startswith("permits_")]
    figures = json.loads((MAPS / "expected_permits.json").read_text())["figures"]
    stages = [stage for one in permits for stage in one["stages"]]
    assert len(permits) == figures["permits:journeys"]
    assert sum(len(stage["steps"]) for stage in stages) == figures["permits:steps"]
    assert len(stages) - len(permits) == figures["permits:jurisdiction_handovers"]
    told = {name: one for name, one in by_name.items() if name.endswith(".md#0")}
    for name, stages, rated in (
        ("openlibrary_reader/user-journey-map.md#0", 6, 10),
        ("fawkes_platform/01-developer-onboarding.md#0", 5, 7),
        ("fawkes_platform/02-deploying-first-app.md#0", 6, 8),
        ("physics_lab_ja/customer-journey.md#0", 7, 0),
        ("physics_lab_ja/user-journey.md#0", 7, 0),
    ):
        assert len(told[name]["stages"]) == stages
        steps = [s for stage in told[name]["stages"] for s in stage["steps"]]
        assert sum(s["emotion"] is not None for s in steps) == rated
