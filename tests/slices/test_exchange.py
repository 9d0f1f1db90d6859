"""Maps in and out: our own JSON and Mermaid."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.make import Client, journey, pointers

MERMAID = {"content-type": "text/vnd.mermaid"}
MAPS = Path(
    os.environ.get("WAYPOST_TEST_MAPS")
    or Path(__file__).parents[3] / "shared" / "data" / "journey_maps"
)
"""Published maps with reference figures, where they are at hand."""


async def test_our_own_json_comes_back_exactly(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 2))
    out = await client.get(f"/v1/journeys/{made['id']}/map", headers={"Accept": "application/json"})
    answer = await client.post("/v1/journeys/import", content=out.content)
    assert answer.status_code == 201, answer.text
    (copy,) = answer.json()["items"]
    assert copy["id"] != made["id"]
    assert _said(copy) == _said(made)


async def test_a_diagram_keeps_what_it_says_and_says_what_it_left_out(client: Client) -> None:
    body = journey(1, 2, title="Name: with; all # signs")
    body["stages"][0]["steps"][0] |= {"emotion": 0.5, "thoughts": ["hm"], "actors": ["a, b", "c"]}
    body["stages"][0]["steps"][1]["emotion"] = None
    made = await client.made("/v1/journeys", body)
    out = await client.get(f"/v1/journeys/{made['id']}/map?format=mermaid")
    assert out.headers["content-type"].startswith("text/vnd.mermaid")
    assert out.headers["waypost-not-carried"] == "step.thoughts"
    assert "step.thoughts" in out.text
    back = await client.post("/v1/journeys/import", content=out.content, headers=MERMAID)
    (copy,) = back.json()["items"]
    assert copy["title"] == made["title"]
    steps = copy["stages"][0]["steps"]
    assert [s["emotion"] for s in steps] == [0.5, None]
    assert steps[0]["actors"] == ["a, b", "c"]
    assert [p["line"] for p in back.json()["problems"]] == [5]


async def test_a_diagram_of_a_known_map_changes_only_what_it_says(client: Client) -> None:
    body = journey(2, 2)
    body["stages"][0]["steps"][0]["thoughts"] = ["kept"]
    made = await client.made("/v1/journeys", body)
    out = await client.get(f"/v1/journeys/{made['id']}/map?format=mermaid")
    text = out.text.replace("Step 0.0: 1", "Step 0.0: 5")
    path = f"/v1/journeys/import?journey_id={made['id']}"
    answer = await client.post(path, content=text, headers=MERMAID)
    assert answer.status_code == 201, answer.text
    step = answer.json()["items"][0]["stages"][0]["steps"][0]
    assert (step["id"], step["emotion"], step["thoughts"]) == (
        made["stages"][0]["steps"][0]["id"],
        2,
        ["kept"],
    )


async def test_a_broken_line_is_named_and_nothing_is_stored(client: Client) -> None:
    text = "journey\n  title T\n  section S\n  Fine: 3: A\n  no colon here\n  Also broken\n"
    answer = await client.post("/v1/journeys/import", content=text, headers=MERMAID)
    assert (answer.status_code, pointers(answer)) == (422, {"/lines/5", "/lines/6"})
    assert (await client.got("/v1/journeys"))["items"] == []


async def test_what_is_no_map_is_refused(client: Client) -> None:
    for content, media, status in (
        (b"\xff\xfe\x00", "text/plain", 400),
        (b"not json", "application/json", 400),
        (b'[{"title": "A"}, {"titel": "B"}]', "application/json", 422),
        (b"graph TD; A-->B", "text/vnd.mermaid", 422),
        (b"a,b", "application/pdf", 415),
    ):
        answer = await client.post(
            "/v1/journeys/import", content=content, headers={"content-type": media}
        )
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.got("/v1/journeys"))["items"] == []


@pytest.mark.parametrize(
    "body", ["null", "[null]", '{"items": [7]}', '[{"title": "A", "tags": 1}]']
)
async def test_what_is_refused_is_told_in_words_of_json(client: Client, body: str) -> None:
    answer = await client.post(
        "/v1/journeys/import", content=body, headers={"content-type": "application/json"}
    )
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["detail"]) in {
        (422, "Input should be an object"),
        (422, "Input should be a valid array"),
    }


@pytest.mark.skipif(not MAPS.is_dir(), reason="the published maps are not beside the project")
async def test_published_diagrams_have_the_figures_others_computed(client: Client) -> None:
    expected: dict[str, Any] = json.loads((MAPS / "expected.json").read_text())["maps"]
    files = sorted({name.partition("#")[0] for name in expected})
    assert len(files) >= 8
    for name in files:
        kind = "text/markdown" if name.endswith(".md") else "text/vnd.mermaid"
        answer = await client.post(
            "/v1/journeys/import",
            content=(MAPS / name).read_bytes(),
            headers={"content-type": kind},
        )
        assert answer.status_code == 201, answer.text
        assert answer.json()["problems"] == []
        for n, made in enumerate(answer.json()["items"]):
            await _compare(client, made, expected.pop(f"{name}#{n}"))
    assert expected == {}


async def _compare(client: Client, made: dict[str, Any], expected: dict[str, Any]) -> None:
    figures = expected["figures"]
    assert made["title"] == expected["title"]
    steps = [(stage["name"], s) for stage in made["stages"] for s in stage["steps"]]
    assert [(name, s["action"], s["emotion"], sorted(s["actors"])) for name, s in steps] == [
        (p["section"], p["step"], p["emotion"], sorted(p["actors"])) for p in expected["curve"]
    ]
    curve = await client.got(f"/v1/journeys/{made['id']}/emotion-curve")
    assert curve["mean"] == pytest.approx(figures["mean_emotion"], abs=1e-9)
    assert curve["trough"]["rating"] == figures["min_emotion"]
    assert curve["peak"]["rating"] == figures["max_emotion"]
    drop = curve["largest_drop"]
    worst = (drop["change"], [p["step_id"] for p in curve["points"]].index(drop["from_step_id"]))
    assert worst == (figures["worst_drop"], figures["worst_drop_after_step"])
    assert curve["below_zero_share"]["numerator"] == figures["negative_steps"]
    assert [(s["name"], pytest.approx(s["mean"])) for s in curve["per_stage"]] == [
        tuple(section) for section in figures["section_mean_emotion"]
    ]


def _said(body: Any) -> Any:
    """A map without what every copy has of its own."""
    own = {"id", "journey_id", "stage_id", "created_at", "updated_at", "version"}
    if isinstance(body, dict):
        return {n: _said(v) for n, v in body.items() if n not in own}
    return [_said(item) for item in body] if isinstance(body, list) else body
