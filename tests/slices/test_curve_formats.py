"""The forms of an emotion curve, each by its name, by Accept and by a signed link."""

import csv
import io
import struct
import sys
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.signing import sign
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client, journey

FORMS = {
    "json": "application/json",
    "svg": "image/svg+xml",
    "vega-lite": "application/vnd.vegalite.v5+json",
    "csv": "text/csv",
    "png": "image/png",
}


async def a_map(client: Client, **members: object) -> str:
    made = await client.made("/v1/journeys", journey(2, 2, **members))
    return f"/v1/journeys/{made['id']}/emotion-curve"


@pytest.mark.parametrize(("name", "media"), FORMS.items())
async def test_a_form_is_asked_for_by_name_or_by_accept(
    client: Client, name: str, media: str
) -> None:
    path = await a_map(client)
    by_name = await client.get(path, params={"format": name})
    by_accept = await client.get(path, headers={"Accept": f"{media}, text/plain;q=0.1"})
    for answer in (by_name, by_accept):
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].partition(";")[0] == media
        assert answer.headers["vary"] == "Accept, Authorization"
        assert answer.headers["etag"] == f'"1-curve-{name}"'
    assert by_name.content == by_accept.content
    held = {"If-None-Match": by_name.headers["etag"]}
    again = await client.get(path, params={"format": name}, headers=held)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", FORMS)
async def test_a_signed_link_opens_every_form(
    client: Client, workspace: Caller, settings: Settings, name: str
) -> None:
    path = await a_map(client)
    soon = datetime.now(UTC) + timedelta(hours=1)
    query = sign(path, name, workspace.workspace_id, soon, settings.signing_key)
    bare = {"Authorization": ""}
    answer = await client.get(f"{path}?{query}", headers=bare)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(FORMS[name])


async def test_with_overlays_no_form_has_an_etag(client: Client) -> None:
    path = await a_map(client)
    over = f"journey:{path.split('/')[3]}"
    for name in ("vega-lite", "csv", "png"):
        answer = await client.get(path, params={"format": name, "overlay": over})
        assert (answer.status_code, "etag" in answer.headers) == (200, False)


async def test_the_table_is_one_a_spreadsheet_can_open(client: Client) -> None:
    path = await a_map(client, title='=cmd|"x"')
    answer = await client.get(path, params={"format": "csv"})
    assert "attachment" in answer.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [line["rating"] for line in lines] == ["-2", "-1", "-1", "0"]
    assert {line["series"] for line in lines} == {'\'=cmd|"x"'}
    assert [line["position"] for line in lines] == ["0", "1", "2", "3"]


async def test_a_bitmap_is_sharp_and_never_too_wide(client: Client) -> None:
    small = await client.get(await a_map(client), params={"format": "png"})
    wide, high = struct.unpack(">II", small.content[16:24])
    assert small.content.startswith(b"\x89PNG")
    assert wide > 2 * 700 > high
    made = await client.made("/v1/journeys", journey(10, 30))
    path = f"/v1/journeys/{made['id']}/emotion-curve"
    large = await client.get(path, params={"format": "png", "theme": "dark"})
    wide, high = struct.unpack(">II", large.content[16:24])
    assert 8000 < wide <= 8192


async def test_without_the_extra_a_bitmap_names_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    answer = await client.get(await a_map(client), params={"format": "png"})
    assert (answer.status_code, answer.json()["code"]) == (501, "not_installed")
    assert "waypost[png]" in answer.json()["detail"]
