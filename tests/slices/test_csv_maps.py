"""Maps as CSV: out, in, and what is wrong with a file."""

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.characters import fit
from tests.faces.full import BODIES, STAGE, STEP
from tests.make import Client, journey, pointers

CSV = {"content-type": "text/csv"}
FILE = """title,stage.name,step.action,step.emotion,step.actors
Buying,Look,Search,"-0,5",Ann; Ben
Buying,Look,Ask a friend,2,
Buying,Choose,Compare,,Ann
Returning,Regret,Call,-2,
"""


async def exported(client: Client, journey_id: str) -> str:
    answer = await client.get(f"/v1/journeys/{journey_id}/map", headers={"Accept": "text/csv"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return answer.text


async def imported(client: Client, text: str | bytes, query: str = "") -> Any:
    answer = await client.post(f"/v1/journeys/import{query}", content=text, headers=CSV)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_one_line_a_step_becomes_maps(client: Client) -> None:
    came = await imported(client, FILE)
    assert came["problems"] == []
    assert came["read_as"] == {"encoding": "utf-8", "delimiter": "comma"}
    first, second = came["items"]
    assert [one["title"] for one in (first, second)] == ["Buying", "Returning"]
    assert [
        (stage["name"], [(s["action"], s["emotion"], s["actors"]) for s in stage["steps"]])
        for stage in first["stages"]
    ] == [
        ("Look", [("Search", -0.5, ["Ann", "Ben"]), ("Ask a friend", 2, [])]),
        ("Choose", [("Compare", None, ["Ann"])]),
    ]
    assert [edge["to"] for edge in first["transitions"]] == ["ask-a-friend", "compare"]


async def test_a_line_goes_on_where_the_line_above_left_off(client: Client) -> None:
    text = "step.action;stage.name;title\n;;Empty\nA;One;Buying\nB;;\nC;Two;\nD;One;\n;Three;\n"
    came = await imported(client, b"\xff\xfe" + text.encode("utf-16-le"))
    assert came["read_as"] == {"encoding": "utf-16-le", "delimiter": "semicolon"}
    empty, bought = came["items"]
    assert empty["stages"] == []
    found = [(s["name"], [p["action"] for p in s["steps"]]) for s in bought["stages"]]
    assert found == [("One", ["A", "B", "D"]), ("Two", ["C"]), ("Three", [])]


async def test_a_whole_map_comes_back_in_another_workspace(
    client: Client, stranger: Client
) -> None:
    touchpoint = {"key": "hotline", "name": "Hotline"}
    for one in (client, stranger):
        await one.made("/v1/touchpoints", touchpoint)
    await client.made("/v1/touchpoints", {"name": "Elsewhere"})
    step = STEP | {"touchpoints": [{"key": "hotline", "use": "does"}], "thoughts": ["=1+1", "a;b"]}
    twins = [
        {"key": f"{name}-2", "name": STAGE["name"], "steps": [{"action": step["action"]}]}
        for name in ("other", "third")
    ]
    stage = STAGE | {"steps": [step, *STAGE["steps"][1:]], "description": "-1+1\r\n'=x\n"}
    empty = {"name": "Nothing yet", "needs": ["time"]}
    body = BODIES["/v1/journeys"] | {"stages": [stage, *twins, empty], "transitions": None}
    body["value_per_conversion"] = {"amount": "12345678901.2345", "currency": "EUR"}
    made = await client.made("/v1/journeys", body | {"scenario": '@home, "quoted" 客户'})
    text = await exported(client, made["id"])
    came = await imported(stranger, text)
    assert came["problems"] == []
    (copy,) = came["items"]
    assert await exported(stranger, copy["id"]) == text
    assert _said(copy) == _said(made)


@pytest.mark.parametrize("body", [{"title": "Nothing"}, journey(7, 5), journey(1, 1, tags=["a;b"])])
async def test_a_map_of_any_size_comes_back(
    client: Client, stranger: Client, body: dict[str, Any]
) -> None:
    made = await client.made("/v1/journeys", body)
    text = await exported(client, made["id"])
    (copy,) = (await imported(stranger, text))["items"]
    assert await exported(stranger, copy["id"]) == text


awkward = (
    st.text(
        st.characters(exclude_characters="\0", exclude_categories=["Cs"])
        | st.sampled_from("'=+-@\t\r\n\",;[{客"),
        min_size=1,
        max_size=12,
    )
    .map(fit)
    .filter(lambda text: text.strip())
)
member = {
    name: awkward if name in ("scenario", "description", "actual_outcome", "channel") else lists
    for lists in [st.lists(awkward, max_size=2)]
    for name in ("scenario", "tags", "description", "goals", "actual_outcome", "channel", "pains")
}


def some(*names: str, **required: Any) -> Any:
    """Bodies with some of these members."""
    optional = {name: member[name] for name in names}
    return st.fixed_dictionaries(required, optional=optional)


step = some("actual_outcome", "channel", "pains", action=awkward)
stage = some("description", "goals", name=awkward, steps=st.lists(step, max_size=3))
whole = some("scenario", "tags", title=awkward, stages=st.lists(stage, max_size=3))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(whole)
async def test_a_map_of_any_texts_comes_back(
    client: Client, stranger: Client, body: dict[str, Any]
) -> None:
    made = await client.made("/v1/journeys", body)
    text = await exported(client, made["id"])
    (copy,) = (await imported(stranger, text))["items"]
    assert await exported(stranger, copy["id"]) == text
    assert _said(copy) == _said(made)


async def test_what_was_not_carried_is_said_and_kept(client: Client) -> None:
    before = await client.made("/v1/journeys", journey(1, 1))
    ann = await client.made("/v1/personas", {"name": "Ann"})
    body = journey(1, 3, persona_ids=[ann["id"]], as_is_id=before["id"], scenario="")
    body["stages"][0]["steps"][0] |= {
        "emotions": [{"persona_id": ann["id"], "rating": 1}],
        "journey_id": before["id"],
    }
    body["transitions"] = [{"from": "step-0-0", "to": "step-0-2"}]
    made = await client.made("/v1/journeys", body)
    answer = await client.get(f"/v1/journeys/{made['id']}/map?format=csv")
    lost = ["persona_ids", "as_is_id", "transitions", "step.emotions", "step.journey_id"]
    assert answer.headers["waypost-not-carried"].split(", ") == lost
    assert answer.headers["etag"] == f'"{made["version"]}-csv"'
    drawn = await client.get(f"/v1/journeys/{made['id']}/map?format=mermaid")
    assert drawn.headers["waypost-not-carried"].split(", ") == lost
    edited = answer.text.replace("Step 0.1,", "Step 0.1 anew,")
    (kept,) = (await imported(client, edited, f"?journey_id={made['id']}"))["items"]
    made["stages"][0]["steps"][1]["action"] = "Step 0.1 anew"
    assert _said(kept) == _said(made | {"scenario": None})
    assert [s["id"] for s in kept["stages"][0]["steps"]] == [
        s["id"] for s in made["stages"][0]["steps"]
    ]


async def test_a_column_that_is_not_there_says_nothing(client: Client) -> None:
    made = await client.made("/v1/journeys", BODIES["/v1/journeys"])
    text = "title,external_ids\nAnother title,crm:7\n"
    (same,) = (await imported(client, text))["items"]
    assert same["id"] == made["id"]
    assert _said(same) == _said(made | {"title": "Another title"})
    text = text.replace("\n", ",occasion,variant_axes\n", 1)
    (emptied,) = (await imported(client, text))["items"]
    assert (emptied["occasion"], emptied["variant_axes"]) == (None, {})
    assert emptied["scenario"] == made["scenario"]


async def test_an_unreadable_score_leaves_the_step_unrated(client: Client) -> None:
    scores = ["good", "0.3", "nan", "1", "5", " -0,5 ", "１"]
    lines = "".join(f'T,S,Step {n},"{score}"\n' for n, score in enumerate(scores))
    came = await imported(client, f"title,stage.name,step.action,step.emotion\n{lines}")
    steps = came["items"][0]["stages"][0]["steps"]
    assert [s["emotion"] for s in steps] == [None, None, None, 1, None, -0.5, 1]
    assert [p["line"] for p in came["problems"]] == [2, 3, 4, 6]
    assert "good" in came["problems"][0]["detail"]


@pytest.mark.parametrize(
    ("text", "status", "found"),
    [
        ("titel,farbe,title\n", 422, {"/lines/1/titel", "/lines/1/farbe"}),
        ("title,step.action\nT,A\n", 422, {"/lines/1/stage.name"}),
        ("title,stage.name\nT,A\n", 422, {"/lines/1/step.action"}),
        ("scenario\nT\n", 422, {"/lines/1/title"}),
        ("title,scenario\n,x\n", 422, {"/lines/2/title"}),
        ("title,stage.name,step.action\nT,,A\n", 422, {"/lines/2/stage.name"}),
        (
            "title,scenario,stage.name,step.action,step.channel\n"
            "T,x,S,A,\nT,y,S,,mail\nT,,S,B,mail,\n",
            422,
            {"/lines/4"},
        ),
        (
            "title,scenario,stage.name,step.action,step.channel\nT,x,S,A,\nT,y,S,,mail\n",
            422,
            {"/lines/3/scenario", "/lines/3/step.action"},
        ),
        (
            "title,stage.name,step.action,step.channel,step.pains,step.private\n"
            'T,S,,mail,,\nT,S,A,mail,[1,\nT,S,B,,"[{""a"":1}]",maybe\n',
            422,
            {
                "/lines/2/step.action",
                "/lines/3/step.pains",
                "/lines/4/step.pains/0/text",
                "/lines/4/step.pains/0/a",
                "/lines/4/step.private",
            },
        ),
        (
            "title,stage.name,step.action,step.touchpoints\nT,S,A,hotline\n",
            422,
            {"/lines/2/step.touchpoints/0/key"},
        ),
        (
            "title,stage.name,step.action,step.key\nT,S,A,one\nT,S,B,one\n",
            422,
            {"/lines/3/step.key"},
        ),
        ("title,step.binding,stage.name,step.action\nT,{},S,A\n", 422, {"/lines/2/step.binding"}),
        ("title\n" + "".join(f"T{n}\n" for n in range(51)), 422, {""}),
        (b"title\n\xff", 400, {"/lines/2"}),
    ],
)
async def test_every_cell_that_is_not_acceptable_is_named_and_nothing_is_stored(
    client: Client, text: str | bytes, status: int, found: set[str]
) -> None:
    answer = await client.post("/v1/journeys/import", content=text, headers=CSV)
    assert (answer.status_code, pointers(answer)) == (status, found), answer.text
    assert (await client.got("/v1/journeys"))["items"] == []


async def test_the_file_is_csv_to_others_too(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 2, title="=HYPERLINK(1)"))
    rows = list(csv.DictReader(io.StringIO(await exported(client, made["id"]), newline="")))
    assert [row["title"] for row in rows] == ["'=HYPERLINK(1)"] * 4
    assert [row["step.action"] for row in rows] == ["Step 0.0", "Step 0.1", "Step 1.0", "Step 1.1"]
    assert [row["step.emotion"] for row in rows] == ["-2", "-1", "-1", "0"]


def _said(body: Any) -> Any:
    """A map without what every copy has of its own."""
    own = {"id", "journey_id", "stage_id", "touchpoint_id", "created_at", "updated_at", "version"}
    if isinstance(body, dict):
        return {n: _said(v) for n, v in body.items() if n not in own}
    return [_said(item) for item in body] if isinstance(body, list) else body
