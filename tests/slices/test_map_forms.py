"""The forms of a whole map: each by its name and by Accept, what they say, what they may do."""

import base64
import csv
import hashlib
import io
import re
from uuid import UUID

import pytest

from service.database import Database
from service.domain.ids import new_id
from service.domain.work import Caller
from tests import pictured
from tests.contract.furnishing import portrait
from tests.make import Client, journey

FORMS = {
    "json": "application/json",
    "html": "text/html",
    "svg": "image/svg+xml",
    "markdown": "text/markdown",
    "csv": "text/csv",
    "mermaid": "text/vnd.mermaid",
}
SPOKEN = ("html", "svg", "markdown")


@pytest.mark.parametrize(("name", "media"), FORMS.items())
async def test_a_form_is_asked_for_by_name_or_by_accept(
    client: Client, name: str, media: str
) -> None:
    path = f"/v1/journeys/{(await pictured.made(client, 'en', 2, 2))['id']}/map"
    by_name = await client.get(path, params={"format": name})
    by_accept = await client.get(path, headers={"Accept": f"{media}, text/plain;q=0.1"})
    for answer in (by_name, by_accept):
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].partition(";")[0] == media
        varies = "Accept, Accept-Language, Authorization" if name in SPOKEN else "Accept, Auth"
        assert answer.headers["vary"].startswith(varies)
    assert by_name.content == by_accept.content
    held = {"If-None-Match": by_name.headers["etag"]}
    again = await client.get(path, params={"format": name}, headers=held)
    assert (again.status_code, again.content) == (304, b"")


async def test_a_browser_is_shown_the_page_and_a_program_the_document(client: Client) -> None:
    path = f"/v1/journeys/{(await client.made('/v1/journeys', journey(1, 1)))['id']}/map"
    accepts = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = await client.get(path, headers={"Accept": accepts})
    assert page.text.startswith("<!doctype html>")
    assert (await client.get(path)).headers["content-type"] == "application/json"


async def test_a_page_may_have_its_one_style_and_do_nothing(client: Client) -> None:
    path = f"/v1/journeys/{(await pictured.made(client, 'en', 2, 2))['id']}/map"
    for form in ("html", "svg"):
        answer = await client.get(path, params={"format": form})
        (style,) = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = answer.headers["content-security-policy"]
        assert f"style-src 'sha256-{digest}'" in policy
        assert "unsafe" not in policy
        assert {"default-src 'none'", "sandbox"} <= set(policy.split("; "))
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"<script|\son\w+=|\sstyle=|https?://(?!www\.w3\.org)", answer.text)


async def test_a_picture_says_what_the_map_says(client: Client) -> None:
    made = await pictured.made(client, "en", 2, 3)
    path = f"/v1/journeys/{made['id']}/map"
    texts = [made["title"], made["occasion"], "Incomprehensibilities"]
    texts += [stage["name"] for stage in made["stages"]]
    texts += [step["action"] for stage in made["stages"] for step in stage["steps"]]
    page = (await client.get(path, params={"format": "html"})).text
    document = (await client.get(path, params={"format": "markdown"})).text
    for text in [*texts, "not rated", "Moment of truth", "Private", "25 h", "web · mobile"]:
        assert text in page, text
        assert text in document, text
    assert page.count('<li class="step">') == 6
    assert document.count("\n| --- |") == 2


async def test_headings_follow_the_callers_language(client: Client) -> None:
    path = f"/v1/journeys/{(await pictured.made(client, 'en', 1, 4))['id']}/map"
    tags = set()
    for asked, word in (("de-AT", "Gedanken"), ("es", "Pensamientos"), ("zh-TW", "關鍵時刻")):
        for form in SPOKEN:
            headers = {"Accept-Language": asked}
            answer = await client.get(path, params={"format": form}, headers=headers)
            assert word in answer.text
            assert answer.headers["content-language"][:2] == asked[:2]
            tags.add(answer.headers["etag"])
    assert len(tags) == 9


async def test_what_stands_elsewhere_changes_the_pictures_tag(client: Client) -> None:
    made = await pictured.made(client, "en", 1, 1)
    path = f"/v1/journeys/{made['id']}/map"
    forms = ("json", "html", "svg", "markdown")
    before = [(await client.get(path, params={"format": f})).headers["etag"] for f in forms]
    await client.patch(f"/v1/personas/{made['persona_ids'][0]}", json={"name": "Ben"})
    after = [(await client.get(path, params={"format": f})).headers["etag"] for f in forms]
    assert not set(before) & set(after)


async def test_a_face_goes_with_the_page(client: Client) -> None:
    made = await pictured.made(client, "en", 1, 1)
    path = f"/v1/journeys/{made['id']}/map"
    assert 'aria-hidden="true">FS</span>' in (await client.get(f"{path}?format=html")).text
    await client.put(f"/v1/personas/{made['persona_ids'][0]}/avatar", content=portrait())
    for form, member in (("html", "src"), ("svg", "href")):
        shown = (await client.get(path, params={"format": form})).text
        (packed,) = re.findall(f'{member}="data:image/webp;base64,([^"]+)"', shown)
        assert base64.b64decode(packed).startswith(b"RIFF")


async def test_json_tells_what_the_picture_adds_and_is_imported_again(client: Client) -> None:
    made = await pictured.made(client, "en", 1, 2, transitions=None)
    whole = await client.got(f"/v1/journeys/{made['id']}/map")
    picture = whole.pop("picture")
    assert whole == made
    (touchpoint,) = picture["touchpoints"]
    assert (touchpoint["key"], touchpoint["party"]) == ("met", "own")
    assert [one["name"] for one in picture["personas"]] == [made["title"][:12].strip()]
    answer = await client.put(f"/v1/journeys/{made['id']}", json={**whole, "picture": picture})
    assert answer.status_code == 200, answer.text


async def findings(database: Database, workspace: Caller, step_id: str, kinds: list[str]) -> None:
    """Store findings about a step."""
    step = UUID(step_id)
    async with database.write(workspace) as work:
        for kind in kinds:
            finding, owner = new_id(), workspace.workspace_id
            await work.connection.fetchval(
                "INSERT INTO waypost.evidence (workspace_id, id, kind, source_kind, status,"
                " version, created_at, updated_at)"
                " VALUES ($1, $2, $3, 'survey', 'observed', 1, $4, $4)",
                *(owner, finding, kind, work.now),
            )
            await work.connection.fetchval(
                "INSERT INTO waypost.evidence_targets (workspace_id, evidence_id, position,"
                " journey_id, stage_id, step_id)"
                " SELECT workspace_id, $2, 0, journey_id, stage_id, id FROM waypost.steps"
                " WHERE workspace_id = $1 AND id = $3",
                *(owner, finding, step),
            )


async def test_findings_are_counted_by_kind_at_their_step(
    client: Client, database: Database, workspace: Caller
) -> None:
    made = await client.made("/v1/journeys", journey(1, 2))
    step = made["stages"][0]["steps"][1]
    path = f"/v1/journeys/{made['id']}/map"
    assert "Evidence" not in (await client.get(f"{path}?format=html")).text
    await findings(database, workspace, step["id"], ["anecdotal", "analytical", "anecdotal"])
    counted = (await client.got(path))["picture"]["evidence"]
    assert [(c["step_id"], c["kind"], c["count"]) for c in counted] == [
        (step["id"], "analytical", 1),
        (step["id"], "anecdotal", 2),
    ]
    document = (await client.get(f"{path}?format=markdown")).text
    assert "| **Evidence** |  | Figures: 1<br>Stories: 2 |" in document


async def test_a_crossing_is_marked_between_its_steps(client: Client) -> None:
    steps = [
        {"action": "Call", "emotion": 1, "department": "marketing"},
        {"action": "Wait", "emotion": -1, "department": "sales"},
    ]
    made = await client.made(
        "/v1/journeys", {"title": "A", "stages": [{"name": "S", "steps": steps}]}
    )
    path, (first, second) = f"/v1/journeys/{made['id']}/map", made["stages"][0]["steps"]
    gaps = (await client.got(path))["picture"]["gaps"]
    (crossing,) = [gap for gap in gaps if gap["from_step_id"]]
    assert (crossing["from_step_id"], crossing["step_id"]) == (first["id"], second["id"])
    page = (await client.get(f"{path}?format=html")).text
    severity = f"{crossing['severity']:.0f}"
    assert page.count('class="cross"') == 1
    assert f'Crossing </span>{severity}</b><h3 dir="auto"><span>2</span> Wait' in page
    # Two others are worse: those are named, the crossing is the circle.
    worse = sorted(gap["severity"] for gap in gaps if gap["step_id"] == second["id"])[-2:]
    assert all(f'<i dir="auto">severity {one:.0f} of 100</i>' in page for one in worse)
    assert page.count("marketing → sales") == (crossing["severity"] in worse)


async def test_pictures_take_as_many_statements_at_any_size(client: Client) -> None:
    small = await pictured.made(client, "en", 1, 1)
    large = await pictured.made(client, "en", 7, 5)
    taken = []
    for made in (small, large):
        path = f"/v1/journeys/{made['id']}/map"
        await client.get(path, params={"format": "html"})
        before = await client.statements()
        await client.get(path, params={"format": "html"})
        taken.append(await client.statements() - before)
    assert taken == [3, 3]


async def test_an_empty_map_and_an_empty_stage_are_drawn(client: Client) -> None:
    bare = await client.made("/v1/journeys", {"title": "Nothing yet"})
    stage = await client.made("/v1/journeys", {"title": "A", "stages": [{"name": "Bare"}]})
    for form in SPOKEN:
        shown = (await client.get(f"/v1/journeys/{bare['id']}/map?format={form}")).text
        assert "Nothing yet" in shown
        shown = (await client.get(f"/v1/journeys/{stage['id']}/map?format={form}")).text
        assert "No steps yet" in shown


async def test_the_table_is_one_that_is_imported_again(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 2, title="=cmd|'x'"))
    answer = await client.get(f"/v1/journeys/{made['id']}/map?format=csv")
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [line["step.action"] for line in lines] == [
        "Step 0.0",
        "Step 0.1",
        "Step 1.0",
        "Step 1.1",
    ]
    assert lines[0]["title"] == "'=cmd|'x'"
    assert "transitions" not in answer.headers["waypost-not-carried"]


async def test_who_may_not_read_maps_sees_no_picture(client: Client, stranger: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    path = f"/v1/journeys/{made['id']}/map?format=html"
    assert (await stranger.get(path)).status_code == 404
    assert (await client.get(path, headers={"Authorization": ""})).status_code == 401
    key = await client.made("/v1/api-keys", {"name": "Events", "scopes": ["events:write"]})
    narrow = {"Authorization": f"Bearer {key['key']}"}
    assert (await client.get(path, headers=narrow)).status_code == 403


async def test_what_people_wrote_links_and_calls_nobody_in_a_document(client: Client) -> None:
    said = "https://x.org www.x.org @team $x$ \u0085\u202e a"
    body = journey(1, 1, title=said)
    body["stages"][0]["name"] = said
    made = await client.made("/v1/journeys", body)
    path = f"/v1/journeys/{made['id']}"
    for form in ("map", "plan"):
        text = (await client.get(f"{path}/{form}", params={"format": "markdown"})).text
        assert text.count(r"https\://x.org www\.x.org \@team \$x\$") >= 2, text
        assert not re.search(r"https:|www\.|(?<!\\)[@$]|\x85", text), text


STEPS = [
    {"action": "Ask", "emotion": 1, "moment_of_truth": True, "department": "sales"},
    {"action": "Think", "private": True, "pains": ["Slow"], "touchpoints": []},
    {"action": "Sign", "emotion": -1, "decision_moment": True, "department": "service"},
]


@pytest.mark.parametrize(
    ("language", "meanings"),
    [
        ("en", ("Legend", "Dotted curve: steps between are not rated", "out of our sight")),
        ("de", ("Legende", "Gepunktet: Schritte dazwischen unbewertet", "Gestrichelte Karte")),
        ("es", ("Leyenda", "Curva punteada", "fuera de nuestra vista")),
        ("zh-Hans", ("图例", "点线：中间步骤未评分", "虚线卡片")),
        ("zh-Hant", ("圖例", "點線：中間步驟未評分", "虛線卡片")),
    ],
)
@pytest.mark.parametrize("form", ["html", "svg"])
async def test_a_picture_says_what_its_signs_mean(
    client: Client, form: str, language: str, meanings: tuple[str, ...]
) -> None:
    made = await client.made(
        "/v1/journeys", {"title": "Buying", "stages": [{"name": "All", "steps": STEPS}]}
    )
    path = f"/v1/journeys/{made['id']}/map?format={form}"
    drawn = (await client.get(path, headers={"Accept-Language": language})).text
    for meaning in meanings:
        # A picture says it to eyes in rows, and to ears in its description.
        assert meaning in (drawn.partition("<style>")[0] if form == "svg" else drawn)
    if form == "svg":
        assert 'class="bridge"' in drawn
        assert 'class="line"' not in drawn
        assert drawn.count('class="ring"') == 3


async def test_a_picture_without_signs_has_no_legend(client: Client) -> None:
    made = await client.made("/v1/journeys", {"title": "Bare"})
    for form in ("html", "svg"):
        drawn = (await client.get(f"/v1/journeys/{made['id']}/map?format={form}")).text
        assert "Legend" not in drawn
