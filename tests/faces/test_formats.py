"""A list in the form that is asked for, by `format` or by Accept."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI

from service.api import streaming
from tests.make import Client, journey, pointers
from tests.streams import NDJSON, taking


async def asked_by_format(client: Client, path: str) -> None:
    """`format` means what Accept does, and wins over it."""
    for name, media in (("json", "application/json"), ("ndjson", NDJSON)):
        by_accept = await client.get(path, headers={"accept": media})
        for accept in ("*/*", "text/html", NDJSON):
            answer = await client.get(path, params={"format": name}, headers={"accept": accept})
            assert answer.headers["content-type"] == media, path
            assert answer.content == by_accept.content
    answer = await client.get(path, params={"format": "xml"})
    assert (answer.status_code, pointers(answer)) == (422, {"/query/format"}), path


async def test_every_list_takes_format_as_it_takes_accept(app: FastAPI, client: Client) -> None:
    made = await client.made("/v1/journeys", journey(2, 1))
    ids = {"journey_id": made["id"], "stage_id": made["stages"][0]["id"]}
    who = {"identifiers": [{"source": "crm", "value": "1"}]}
    ids["contact_id"] = (await client.made("/v1/contacts", who))["id"]
    ids["profile_id"] = (await client.made("/v1/profiles", {"name": "All"}))["id"]
    ids["kpi_id"] = (await client.made("/v1/kpis", {"name": "Sales"}))["id"]
    rule = {"name": "Look", "watches": {"gap": {}}, "condition": {"above": 0}}
    ids["alert_id"] = (await client.made("/v1/alerts", rule))["id"]
    offering = 0
    for path, operations in app.openapi()["paths"].items():
        said = operations.get("get", {})
        if NDJSON not in said.get("responses", {}).get("200", {}).get("content", {}):
            continue
        assert "format" in {one.get("name") for one in said["parameters"]}, path
        if path != "/v1/workspaces":  # of operators alone
            await asked_by_format(client, path.format(**ids))
            offering += 1
    assert offering > 8


async def test_csv_is_sent_in_pieces_and_ends_with_its_key(
    app: FastAPI, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"name": "客" * 100, "goals": ["客" * 5000] * 10}
    for _ in range(3):
        await client.made("/v1/personas", body)
    whole = (await client.get("/v1/personas?format=csv")).content
    async with taking(app, client, "/v1/personas", "text/csv") as stream:
        chunks = []
        while chunk := await stream.chunk():
            chunks.append(chunk)
    assert b"".join(chunks) == whole
    assert max(len(chunk) for chunk in chunks) <= streaming.PIECE < len(whole)
    made = await client.made("/v1/api-keys", {"name": "n", "scopes": ["maps:read"]})
    holding = Client.entering(app, json.dumps(made))
    async with holding as holder, taking(app, holder, "/v1/personas", "text/csv") as stream:
        await stream.chunk()
        await client.delete(f"/v1/api-keys/{made['id']}")
        later = datetime.now(UTC) + timedelta(seconds=4.5)
        monkeypatch.setattr(app.state.database, "clock", lambda: later)
        rest = 0
        while chunk := await stream.chunk():
            rest += len(chunk)
    assert not stream.ended
    assert rest < len(whole) - streaming.PIECE
