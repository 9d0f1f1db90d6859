"""What is computed of a map as it was, with what is known of it today."""

import csv
from io import StringIO
from typing import Any

import pytest

from tests.make import Client
from tests.slices.revised import edited, hung_upon

Json = dict[str, Any]
PATHS = ("gaps", "plan", "coverage", "challenges", "map")


@pytest.fixture
async def first(client: Client) -> Json:
    """A map with all that hangs on one, published."""
    return await hung_upon(client)


def without_state(answer: Json) -> Json:
    for told in (answer.get("definition"), answer.get("picture")):
        if told is not None:
            told.pop("revision")
    return answer


@pytest.mark.parametrize("path", PATHS)
async def test_a_revision_answers_as_the_map_did(client: Client, first: Json, path: str) -> None:
    at = f"/v1/journeys/{first['id']}/{path}"
    before = await client.got(at)
    draft = before.get("definition") or before["picture"]
    assert draft["revision"] == "draft"
    await edited(client, first)
    now, then = await client.got(at), await client.got(at, params={"revision": "1"})
    assert (then.get("definition") or then["picture"])["revision"] == 1
    assert without_state(then) == without_state(before) != without_state(now)
    asked_for = await client.got(at, params={"revision": "draft"})
    assert without_state(asked_for) == now


@pytest.mark.parametrize(
    ("path", "form"),
    [
        *(("map", form) for form in ("html", "svg", "markdown", "csv", "mermaid")),
        *(("plan", form) for form in ("html", "markdown", "csv")),
        ("challenges", "csv"),
    ],
)
async def test_every_form_shows_the_revision(
    client: Client, first: Json, path: str, form: str
) -> None:
    at, query = f"/v1/journeys/{first['id']}/{path}", {"format": form}
    before = await client.get(at, params=query)
    await edited(client, first)
    now = await client.get(at, params=query)
    then = await client.get(at, params={**query, "revision": "published"})
    assert then.status_code == 200, then.text
    shown = then.text.replace("Revision 1 · ", "").replace(" · Revision 1", "")
    assert shown == before.text != now.text
    assert len({answer.headers["etag"] for answer in (before, now, then)}) == 3
    held = {"If-None-Match": then.headers["etag"]}
    again = await client.get(at, params={**query, "revision": "1"}, headers=held)
    assert again.status_code == 304
    if path == "map":
        where = then.headers["content-location"]
        assert where == f"{at}?format={form}&revision=1"
        assert (await client.get(where)).text == then.text
    if form in ("html", "svg", "markdown"):
        assert "Revision 1" in then.text


async def test_what_is_known_today_joins_the_map_as_it_was(client: Client, first: Json) -> None:
    at, call = f"/v1/journeys/{first['id']}", first["stages"][0]["steps"][0]
    await edited(client, first)
    found = await client.got(f"{at}/challenges", params={"revision": "1", "stage": "decide"})
    assert [row["key"] for row in found["items"]] == ["paper"]
    assert found["items"][0]["empty"]
    await client.made(
        "/v1/content",
        {
            "title": "Later",
            "answers": [{"journey_id": first["id"], "step_key": "call", "item_key": "queue"}],
        },
    )
    figure = {"kind": "analytical", "source_kind": "analytics", "text": "9 of 10 wait"}
    await client.made("/v1/evidence", figure | {"targets": [{"step_id": call["id"]}]})
    then = await client.got(f"{at}/challenges", params={"revision": "1"})
    (queue,) = (row for row in then["items"] if row["key"] == "queue")
    assert [one["title"] for one in queue["content"]] == ["Later"]
    covered = await client.got(f"{at}/coverage", params={"revision": "1"})
    counts = {one["key"]: one["analytical"] for one in covered["evidence"]["per_step"]}
    assert counts == {"call": 1, "talk": 0, "sign": 0}
    gaps = await client.got(f"{at}/gaps", params={"revision": "1", "kind": "evidence"})
    assert call["id"] not in {one["step_id"] for one in gaps["items"]}


async def test_what_people_made_of_a_gap_is_shown_in_every_state(
    client: Client, first: Json
) -> None:
    at, query = f"/v1/journeys/{first['id']}/gaps", {"revision": "1", "kind": "unaddressed_pain"}
    await edited(client, first)
    (paper,) = (
        one
        for one in (await client.got(at, params=query))["items"]
        if one["stage_id"] == first["stages"][1]["id"]
    )
    assert paper["item_key"] == "paper"
    said = {"status": "dismissed", "reason": "By design"}
    # The map has no such gap any more, so nobody can judge it; that of a step it still has can be.
    assert (await client.patch(f"/v1/gaps/{paper['id']}", json=said)).status_code == 404
    both = {"kind": "missing_touchpoint,evidence", "stage": "look"}
    now = (await client.got(at, params=both))["items"]
    then = (await client.got(at, params={**both, "revision": "1"}))["items"]
    shared = {one["id"] for one in now} & {one["id"] for one in then}
    assert shared
    which = shared.pop()
    assert (await client.patch(f"/v1/gaps/{which}", json=said)).status_code == 200
    again = (await client.got(at, params={**both, "revision": "1"}))["items"]
    assert {one["id"]: one["status"] for one in again}[which] == "dismissed"


async def test_what_is_gone_since_is_left_out_and_counted(client: Client, first: Json) -> None:
    at = f"/v1/journeys/{first['id']}"
    call = first["stages"][0]["steps"][0]
    hotline = call["touchpoints"][0]["touchpoint_id"]
    for path in (f"touchpoints/{hotline}", f"personas/{first['persona_ids'][0]}"):
        gone = await client.delete(f"/v1/{path}", params={"dependents": "detach"})
        assert gone.status_code == 204, gone.text
    gaps = await client.got(f"{at}/gaps", params={"revision": "1"})
    assert {"reason": "references: gone", "count": 2} in gaps["excluded"]
    for path in ("plan", "coverage"):
        found = await client.got(f"{at}/{path}", params={"revision": "1"})
        assert {"reason": "touchpoint_gone", "count": 1} in found["excluded"]
        assert {"reason": "touchpoint_gone", "count": 1} not in (await client.got(f"{at}/{path}"))[
            "excluded"
        ]
    drawn = await client.got(f"{at}/map", params={"revision": "1"})
    assert (drawn["picture"]["personas"], drawn["picture"]["touchpoints"]) == ([], [])
    assert drawn["stages"][0]["steps"][0]["touchpoints"][0]["key"] == "hotline"


async def test_actions_at_parts_that_came_later_are_about_those(
    client: Client, first: Json
) -> None:
    at, look = f"/v1/journeys/{first['id']}", first["stages"][0]["id"]
    pain = {"key": "noise", "text": "Noise", "topic": None}
    step = await client.made(f"/v1/stages/{look}/steps", {"action": "Wait", "pains": [pain]})
    aimed = {"targets": [{"step_id": step["id"], "item_key": "noise"}], "effort": 1}
    await client.made("/v1/actions", {"title": "Hush", "kind": "improve"} | aimed)
    for path in ("plan", "challenges"):
        now = (await client.get(f"{at}/{path}")).text
        then = await client.get(f"{at}/{path}", params={"revision": "1"})
        assert then.status_code == 200, then.text
        assert ("Hush" in now, "Hush" in then.text) == (True, False)


async def test_a_revision_is_compared_with_the_to_be_map_of_today(
    client: Client, first: Json
) -> None:
    at = f"/v1/journeys/{first['id']}"
    to_be = await client.made(f"{at}/copy", {"as": "to_be"})
    (step,) = to_be["stages"][1]["steps"]
    await client.patch(f"/v1/steps/{step['id']}", json={"emotion": 2})
    await edited(client, first)
    query = {"revision": "1", "kind": "to_be"}
    found = await client.got(f"{at}/gaps", params=query)
    assert found["definition"]["against"] == to_be["id"]
    assert [one["explanation"]["values"].get("step") for one in found["items"]] == ["Sign"]


async def test_a_cursor_is_of_one_state(client: Client, first: Json) -> None:
    at = f"/v1/journeys/{first['id']}/gaps"
    page = await client.got(at, params={"limit": 1, "revision": "1"})
    rest = {"limit": 1, "after": page["next"]}
    more = await client.got(at, params={**rest, "revision": "published"})
    assert more["items"][0]["id"] != page["items"][0]["id"]
    assert (await client.get(at, params=rest)).status_code == 400


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text)))


async def test_a_table_of_a_revision_is_imported_again(client: Client, first: Json) -> None:
    at = f"/v1/journeys/{first['id']}/map"
    await edited(client, first)
    then = await client.get(at, params={"format": "csv", "revision": "1"})
    actions = [row for row in rows_of(then.text) if "Sign" in row]
    assert len(actions) == 1


async def test_a_word_that_was_renamed_since_is_the_same_word(client: Client) -> None:
    """A rename makes no crossing where there was none, and a review stays that of who signed."""
    desk = {"key": "desk", "name": "Desk", "channel": "telephone", "department": "helpers"}
    at = await client.made("/v1/touchpoints", desk)
    steps = [
        {"action": "Ask", "department": "helpers", "channel": "telephone"},
        {"action": "Hear", "touchpoints": [{"touchpoint_id": at["id"]}]},
    ]
    body = {"title": "Calling", "stages": [{"name": "We call", "steps": steps}]}
    made = await client.made("/v1/journeys", body)
    path = f"/v1/journeys/{made['id']}"
    await client.made(f"{path}/publish", {})
    known = (await client.got("/v1/vocabulary"))["items"]
    for slug in ("telephone", "helpers"):
        (which,) = (one["id"] for one in known if one["slug"] == slug)
        answer = await client.patch(f"/v1/vocabulary/{which}", json={"slug": f"new-{slug}"})
        assert answer.status_code == 200, answer.text
    now = await client.got(f"{path}/gaps")
    then = await client.got(f"{path}/gaps", params={"revision": "1"})
    assert without_state(then) == without_state(now)
    assert not [one for one in then["items"] if one["kind"].endswith("_handoff")]
    for which in ("coverage", "plan"):
        now = await client.got(f"{path}/{which}")
        then = await client.got(f"{path}/{which}", params={"revision": "1"})
        assert without_state(then) == without_state(now), which
    drawn = await client.got(f"{path}/map", params={"revision": "1"})
    assert drawn["stages"][0]["steps"][0]["channel"] == "telephone"
