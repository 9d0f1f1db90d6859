"""Emotion curves of stored maps."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from service.domain.signing import sign
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client, journey, pointers

NOBODY = "019e0000-0000-7000-8000-000000000000"
SVG = "{http://www.w3.org/2000/svg}"


async def test_a_maps_curve_has_its_highs_and_lows(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(3, 2))
    curve = await client.got(f"/v1/journeys/{made['id']}/emotion-curve")
    assert [p["rating"] for p in curve["points"]] == [-2, -1, -1, 0, 0, 1]
    assert curve["mean"] == -0.5
    assert curve["trough"]["position"] == 0
    assert curve["peak"]["position"] == 5
    assert curve["largest_drop"] is None
    assert curve["reasons"]["largest_drop"]
    assert [s["mean"] for s in curve["per_stage"]] == [-1.5, -0.5, 0.5]
    assert curve["definition"]["revision"] == "draft"


async def test_a_persona_may_feel_otherwise_and_lies_over_the_curve(client: Client) -> None:
    ann = await client.made("/v1/personas", {"name": "Ann"})
    body = journey(1, 2)
    body["stages"][0]["steps"][0]["emotions"] = [{"persona_id": ann["id"], "rating": 1.5}]
    made = await client.made("/v1/journeys", body)
    path = f"/v1/journeys/{made['id']}/emotion-curve"
    hers = await client.got(f"{path}?persona_id={ann['id']}")
    assert [p["rating"] for p in hers["points"]] == [1.5, -1]
    both = await client.got(f"{path}?overlay=persona:{ann['id']},journey:{made['id']}")
    assert [len(o["points"]) for o in both["overlays"]] == [2, 2]
    assert [p["aligned_position"] for p in both["overlays"][0]["points"]] == [0, 1]


async def test_the_picture_is_well_formed_and_a_script_stays_text(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 2, title="<script>alert('客户')</script>"))
    path = f"/v1/journeys/{made['id']}/emotion-curve"
    for answer in (
        await client.get(f"{path}?format=svg"),
        await client.get(path, headers={"Accept": "image/svg+xml"}),
    ):
        assert answer.headers["content-type"] == "image/svg+xml"
        assert "sandbox" in answer.headers["content-security-policy"]
        root = ElementTree.fromstring(answer.text)  # noqa: S314 (our own)
        assert root.find(f"{SVG}title") is not None
        assert not list(root.iter(f"{SVG}script"))
        assert "<script" not in answer.text


async def test_a_stranger_overlay_and_an_unknown_format_are_refused(
    client: Client, stranger: Client
) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    theirs = await stranger.made("/v1/journeys", journey(1, 1))
    path = f"/v1/journeys/{made['id']}/emotion-curve"
    answer = await client.get(f"{path}?overlay=journey:{theirs['id']}")
    assert (answer.status_code, pointers(answer)) == (422, {"/query/overlay"})
    answer = await client.get(f"{path}?format=gif")
    assert (answer.status_code, pointers(answer)) == (422, {"/query/format"})


async def test_a_signed_link_opens_one_curve_until_it_expires(
    client: Client, workspace: Caller, settings: Settings
) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    path = f"/v1/journeys/{made['id']}/emotion-curve"
    now = datetime.now(UTC)
    bare = {"Authorization": ""}
    for expires, status in ((now + timedelta(hours=1), 200), (now - timedelta(seconds=1), 401)):
        query = sign(path, "svg", workspace.workspace_id, expires, settings.signing_key)
        answer = await client.get(f"{path}?{query}", headers=bare)
        assert answer.status_code == status
    good = sign(path, "svg", workspace.workspace_id, now + timedelta(hours=1), settings.signing_key)
    other = await client.get(f"/v1/journeys/{made['id']}?{good}", headers=bare)
    assert other.status_code == 401
    altered = await client.get(f"{path}?{good}x", headers=bare)
    assert altered.status_code == 401


async def test_a_signed_link_reaches_no_other_map_and_no_persona(
    client: Client, workspace: Caller, settings: Settings
) -> None:
    ann = await client.made("/v1/personas", {"name": "Ann"})
    made = await client.made("/v1/journeys", journey(1, 1))
    path = f"/v1/journeys/{made['id']}/emotion-curve"
    expires = datetime.now(UTC) + timedelta(hours=1)
    link = sign(path, "json", workspace.workspace_id, expires, settings.signing_key)
    for more, status in (
        ("theme=dark", 200),
        (f"overlay=journey:{made['id']}", 401),
        (f"overlay=persona:{ann['id']}", 401),
        (f"persona_id={ann['id']}", 401),
        (f"persona_id=&{link}", 401),
        ("colour=red", 401),
        ("format=csv", 401),
    ):
        answer = await client.get(f"{path}?{link}&{more}", headers={"Authorization": ""})
        assert answer.status_code == status, more
        assert "points" in answer.json() or status == 401


async def test_a_persona_nobody_knows_is_named(client: Client, stranger: Client) -> None:
    theirs = await stranger.made("/v1/personas", {"name": "Ann"})
    made = await client.made("/v1/journeys", journey(1, 1))
    path = f"/v1/journeys/{made['id']}/emotion-curve"
    for which in (theirs["id"], NOBODY):
        for member, asked in (("persona_id", which), ("overlay", f"persona:{which}")):
            for wanted in ("json", "svg"):
                answer = await client.get(f"{path}?{member}={asked}&format={wanted}")
                assert (answer.status_code, pointers(answer)) == (422, {f"/query/{member}"})
                assert [e["code"] for e in answer.json()["errors"]] == ["unknown_reference"]
    nowhere = await client.get(f"/v1/journeys/{NOBODY}/emotion-curve?persona_id={NOBODY}")
    assert nowhere.status_code == 404
    no_id = await client.get(f"{path}?persona_id=nobody")
    assert (no_id.status_code, pointers(no_id)) == (422, {"/query/persona_id"})
