"""Every route, called with what belongs to another workspace.

The routes come from the contract itself: a route that is not provided for here fails.
"""

import io
import re
from typing import Any

import pytest
from fastapi import FastAPI
from PIL import Image

from tests.make import Client, journey, pointers

BODIES: dict[str, Any] = {
    "journey": {"title": "Mine now"},
    "stage": {"name": "Mine now"},
    "step": {"action": "Mine now"},
    "transition": {"from": "step-0-0", "to": "step-1-0", "kind": "detour"},
    "touchpoint": {"name": "Mine now"},
    "profile": {"name": "Mine now"},
    "persona": {"name": "Mine now"},
    "profile_attribute": {"key": "mine", "label": "Mine now", "type": "text"},
    "api_key": {"name": "Mine now"},
    "workspace": {"name": "Mine now"},
}
KINDS = {
    "journeys": "journey",
    "stages": "stage",
    "steps": "step",
    "transitions": "transition",
    "touchpoints": "touchpoint",
    "profiles": "profile",
    "personas": "persona",
    "profile-attributes": "profile_attribute",
    "api-keys": "api_key",
    "workspaces": "workspace",
}
MADE_ONE = {"PUT"}
"""By a name of one's own, PUT makes a row of one's own: names belong to workspaces."""


async def _furnished(theirs: Client) -> dict[str, str]:
    """One of each in the other workspace: ids by kind."""
    name = [{"source": "crm", "id": "7"}]
    ids = {}
    for path, kind in KINDS.items():
        if kind in ("stage", "step", "transition", "journey", "api_key", "workspace"):
            continue
        body = {**BODIES[kind], "external_ids": name}
        ids[kind] = (await theirs.made(f"/v1/{path}", body))["id"]
    made = await theirs.made("/v1/journeys", journey(2, 1, external_ids=name))
    ids["journey"] = made["id"]
    ids["stage"] = made["stages"][0]["id"]
    ids["step"] = made["stages"][0]["steps"][0]["id"]
    ids["transition"] = made["transitions"][0]["id"]
    key = await theirs.made("/v1/api-keys", {"name": "Theirs", "scopes": ["maps:read"]})
    ids["api_key"] = key["id"]
    ids["workspace"] = _workspace_of(theirs)
    return ids


async def _whole(theirs: Client) -> list[Any]:
    """All there is in a workspace, as a list shows it."""
    paths = ("profiles", "personas", "touchpoints", "profile-attributes", "journeys", "api-keys")
    return [await theirs.got(f"/v1/{path}?limit=200&view=whole") for path in paths]


def _portrait() -> bytes:
    raw = io.BytesIO()
    Image.new("RGB", (32, 32)).save(raw, "PNG")
    return raw.getvalue()


async def test_nothing_of_another_workspace_can_be_reached(
    app: FastAPI, client: Client, stranger: Client
) -> None:
    ids = await _furnished(stranger)
    before = await _whole(stranger)
    called = 0
    for path, operations in app.openapi()["paths"].items():
        if "{" not in path:
            continue
        collection, kind = path.split("/")[2], _body_kind(path)
        assert collection in KINDS, f"{path} is not provided for"
        url = re.sub(r"\{(source|external_id)\}", _name, path)
        url = re.sub(r"\{\w+\}", ids[KINDS[collection]], url)
        for method in operations:
            answer = await _call(client, method.upper(), url, kind)
            called += 1
            if "by-external-id" in path and method.upper() in MADE_ONE:
                assert answer.status_code == 201, (method, path, answer.text)
                assert (await client.delete(url)).status_code == 204
                continue
            assert answer.status_code == 404, (method, path, answer.status_code, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
    assert called > 60
    assert await _whole(stranger) == before


def _name(match: re.Match[str]) -> str:
    return {"source": "crm", "external_id": "7"}[match[1]]


def _body_kind(path: str) -> str:
    parts = [part for part in path.split("/")[2:] if part in KINDS]
    return KINDS[parts[-1]]


def _workspace_of(client: Client) -> str:
    key = client.headers["authorization"].split("_")[1]
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:32]}"


async def _call(client: Client, method: str, url: str, kind: str) -> Any:
    if method in ("GET", "DELETE"):
        return await client.request(method, url)
    if url.endswith("/avatar"):
        return await client.request(method, url, content=_portrait())
    return await client.request(method, url, json=BODIES[kind])


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/profiles", {"name": "x", "parent_id": "profile"}, "/parent_id"),
        ("/v1/personas", {"name": "x", "profile_id": "profile"}, "/profile_id"),
        ("/v1/journeys", {"title": "x", "persona_ids": ["persona"]}, "/persona_ids/0"),
        ("/v1/journeys", {"title": "x", "as_is_id": "journey"}, "/as_is_id"),
        ("/v1/journeys", {"title": "x", "variant_of": "journey"}, "/variant_of"),
        ("/v1/journeys", {"title": "x", "next_journey_ids": ["journey"]}, "/next_journey_ids/0"),
    ],
)
async def test_nothing_of_another_workspace_can_be_referred_to(
    client: Client, stranger: Client, path: str, body: dict[str, Any], pointer: str
) -> None:
    ids = await _furnished(stranger)
    sent = {name: _with_ids(value, ids) for name, value in body.items()}
    answer = await client.post(path, json=sent)
    assert (answer.status_code, pointers(answer)) == (422, {pointer})
    assert [i for i in (await client.got(path))["items"] if not i.get("built_in")] == []


def _with_ids(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_ids(item, ids) for item in value]
    return ids.get(value, value)


async def test_a_step_can_neither_use_nor_move_to_what_is_anothers(
    client: Client, stranger: Client
) -> None:
    ids = await _furnished(stranger)
    made = await client.made("/v1/journeys", journey(1, 2))
    step = made["stages"][0]["steps"][0]["id"]
    for patch, pointer in (
        ({"journey_id": ids["journey"]}, "/journey_id"),
        ({"touchpoints": [{"touchpoint_id": ids["touchpoint"]}]}, "/touchpoints/0/touchpoint_id"),
        ({"touchpoints": [{"key": "mine-now"}]}, "/touchpoints/0/key"),
        ({"emotions": [{"persona_id": ids["persona"], "rating": 1}]}, "/emotions/0/persona_id"),
        ({"stage_id": ids["stage"]}, "/stage_id"),
        ({"after": ids["step"]}, "/after"),
    ):
        answer = await client.patch(f"/v1/steps/{step}", json=patch)
        assert (answer.status_code, pointers(answer)) == (422, {pointer}), patch
    into = await client.post(
        f"/v1/journeys/import?journey_id={ids['journey']}", json={"title": "Mine now"}
    )
    assert into.status_code == 404
    assert await client.got(f"/v1/journeys/{made['id']}") == made
