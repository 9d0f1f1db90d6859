"""The settings of a workspace, over HTTP, and what they change."""

import pytest

from service.domain.preferences import ESTIMATES, EVENT_ROLES
from tests.make import Client, journey, pointers

PATH = "/v1/settings"
DEFAULTS = {
    "time_zone": "UTC",
    "handoff_weights": {
        "crossing": 0.2,
        "emotion_drop": 0.25,
        "emotion_low": 0.15,
        "excess_drop_off": 0.3,
        "excess_delay": 0.1,
    },
    "least_count": 30,
    "evidence_stale_days": 180,
    "silence_seconds": 14 * 86_400,
    "waited_seconds": 300,
    "form_fields": 10,
    "event_roles": dict(EVENT_ROLES),
    "estimates": dict(ESTIMATES),
}


async def test_what_nobody_set_has_its_default(client: Client) -> None:
    found = await client.got(PATH)
    assert {name: found[name] for name in DEFAULTS} == DEFAULTS


async def test_a_patch_changes_what_it_names_and_null_takes_the_default(client: Client) -> None:
    change = {"time_zone": "Europe/Vienna", "handoff_weights": {"crossing": 1}, "form_fields": 3}
    answer = await client.patch(PATH, json=change)
    assert answer.status_code == 200, answer.text
    found = await client.got(PATH)
    weights = DEFAULTS["handoff_weights"] | {"crossing": 1}  # type: ignore[operator]
    wanted = {**DEFAULTS, **change, "handoff_weights": weights}
    assert {name: found[name] for name in DEFAULTS} == wanted
    assert (await client.patch(PATH, json={"form_fields": None})).json()["form_fields"] == 10
    again = await client.put(PATH, json=found)
    assert again.json()["form_fields"] == 3
    assert (await client.put(PATH, json={})).json()["time_zone"] == "UTC"


async def test_a_stale_change_of_settings_is_refused(client: Client) -> None:
    read = await client.get(PATH)
    held = {"If-Match": read.headers["etag"]}
    assert (await client.patch(PATH, json={"form_fields": 4}, headers=held)).status_code == 200
    assert (await client.patch(PATH, json={"form_fields": 5}, headers=held)).status_code == 412
    assert (await client.put(PATH, json={}, headers=held)).status_code == 412
    assert (await client.got(PATH))["form_fields"] == 4
    now = (await client.get(PATH)).headers["etag"]
    assert (await client.get(PATH, headers={"If-None-Match": now})).status_code == 304


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"handoff_weights": {"crossing": 0}}, "/handoff_weights/crossing"),
        ({"handoff_weights": {"emotion_low": -1}}, "/handoff_weights/emotion_low"),
        ({"handoff_weights": {"colour": 1}}, "/handoff_weights/colour"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"estimates": {"complaint_rate": 0}}, "/estimates/complaint_rate"),
        ({"least_count": 0}, "/least_count"),
        ({"evidence_stale_days": 0}, "/evidence_stale_days"),
        ({"silence_seconds": 0}, "/silence_seconds"),
        ({"waited_seconds": -1}, "/waited_seconds"),
        ({"form_fields": 1.5}, "/form_fields"),
        ({"colour": 1}, "/colour"),
    ],
)
async def test_what_is_out_of_bounds_is_named(
    client: Client, change: dict[str, object], at: str
) -> None:
    for answer in (await client.patch(PATH, json=change), await client.put(PATH, json=change)):
        assert (answer.status_code, pointers(answer)) == (422, {at})


async def test_to_change_settings_takes_an_administrator(client: Client) -> None:
    scopes = ["maps:read", "maps:write"]
    key = await client.made("/v1/api-keys", {"name": "n", "scopes": scopes})
    headers = {"Authorization": f"Bearer {key['key']}"}
    assert (await client.get(PATH, headers=headers)).status_code == 200
    for answer in (
        await client.patch(PATH, json={}, headers=headers),
        await client.put(PATH, json={}, headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_gaps_are_measured_by_the_settings_and_say_so(client: Client) -> None:
    drawn = journey(1, 2)
    for step, channel in zip(drawn["stages"][0]["steps"], ("phone", "branch"), strict=True):
        step |= {"channel": channel, "emotion": 1, "form_fields": 8}
    made = await client.made("/v1/journeys", drawn)
    path = f"/v1/journeys/{made['id']}/gaps"
    asked = {"kind": "channel_handoff,effort"}
    (gap,) = (await client.got(path, params=asked))["items"]
    # 0.2 × 1/3 of 0.6; then 1 × 1/3 of 1.4, the weights known
    assert gap["severity"] == pytest.approx(100 * (0.2 / 3) / 0.6)
    weights = {"crossing": 1}
    await client.patch(PATH, json={"handoff_weights": weights, "form_fields": 4})
    found = await client.got(path, params=asked)
    by_kind = {one["kind"]: one for one in found["items"]}
    assert by_kind["channel_handoff"]["severity"] == pytest.approx(100 * (1 / 3) / 1.4)
    assert by_kind["channel_handoff"]["confidence"] == pytest.approx(1.4 / 1.8)
    assert by_kind["effort"]["severity"] == pytest.approx(50)
    assert found["by_kind"] == {"channel_handoff": 1, "effort": 2}
    assert found["definition"]["form_fields"] == 4
    assert found["definition"]["handoff_weights"]["crossing"] == 1


async def test_settings_are_of_one_workspace(client: Client, stranger: Client) -> None:
    await client.patch(PATH, json={"form_fields": 4})
    assert (await stranger.got(PATH))["form_fields"] == 10
