"""Files that are not what they say: pictures, diagrams, and titles that would be scripts."""

import pytest

from tests.faces.full import png
from tests.make import Client, journey, pointers

SCRIPT = "<script>alert(1)</script>"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">{SCRIPT}</svg>'


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (SVG.encode(), 415),
        (f"<!doctype html><body>{SCRIPT}".encode(), 415),
        (b"#!/bin/sh\nrm -rf /\n", 415),
        (b"GIF89a" + SCRIPT.encode(), 415),
        (b"", 415),
        (b"\x89PNG\r\n\x1a\n" + SCRIPT.encode(), 422),
        (b"\xff\xd8\xff" + SCRIPT.encode(), 422),
        (png(20_000, 20_000)[:200], 422),
        (png(64, 64)[:-20], 422),
        (png(64, 64) + b"\0" * 3 * 1024 * 1024, 413),
    ],
)
@pytest.mark.parametrize("media", ["image/png", "image/jpeg", "text/html"])
async def test_an_image_that_is_a_script(
    client: Client, data: bytes, status: int, media: str
) -> None:
    made = await client.made("/v1/personas", {"name": "Ann"})
    at = f"/v1/personas/{made['id']}"
    answer = await client.put(f"{at}/avatar", content=data, headers={"content-type": media})
    assert answer.status_code in {status, 415, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert await client.got(at) == made
    assert (await client.get(f"{at}/avatar")).status_code == 404


async def test_nothing_but_pixels_comes_back_of_a_picture(client: Client) -> None:
    made = await client.made("/v1/personas", {"name": "Ann"})
    at = f"/v1/personas/{made['id']}/avatar"
    sent = png(64, 48) + SCRIPT.encode()
    kept = await client.put(at, content=sent, headers={"content-type": "image/png"})
    assert kept.status_code == 200
    picture = await client.get(kept.json()["avatar"])
    assert picture.headers["content-type"] == "image/webp"
    assert picture.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert SCRIPT.encode() not in picture.content
    assert (await client.delete(at)).status_code == 204
    assert (await client.got(f"/v1/personas/{made['id']}"))["avatar"] is None


BROKEN = """journey
    title Buying
    section Look
      Search: 5: Ann
      This line has no score
    section
      Compare: : Ann: x: y: z
    what is this
"""


@pytest.mark.parametrize("media", ["text/vnd.mermaid", "text/plain", "text/markdown"])
async def test_a_diagram_with_broken_lines(empty: Client, media: str) -> None:
    text = f"```mermaid\n{BROKEN}```\n" if media == "text/markdown" else BROKEN
    shift = 1 if media == "text/markdown" else 0
    headers = {"content-type": media}
    answer = await empty.post("/v1/journeys/import", content=text, headers=headers)
    assert answer.status_code == 422, answer.text
    assert pointers(answer) >= {f"/lines/{5 + shift}", f"/lines/{8 + shift}"}


async def test_one_broken_diagram_of_several_stores_none(empty: Client) -> None:
    good = "journey\n  title Good\n  section A\n    Do: 5: Ann\n"
    answer = await empty.post(
        "/v1/journeys/import",
        content=good + BROKEN,
        headers={"content-type": "text/vnd.mermaid"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("text", ["", "   ", "flowchart TD\n A --> B", "\0", "journey\n\0: 5: A\n"])
async def test_what_is_no_diagram(empty: Client, text: str) -> None:
    headers = {"content-type": "text/vnd.mermaid"}
    answer = await empty.post("/v1/journeys/import", content=text, headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_diagram_that_is_not_text(empty: Client) -> None:
    headers = {"content-type": "text/vnd.mermaid"}
    answer = await empty.post("/v1/journeys/import", content=b"journey\n\xff", headers=headers)
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("media", ["text/html", "application/xml", "image/png"])
async def test_a_file_of_another_kind(empty: Client, media: str) -> None:
    headers = {"content-type": media}
    answer = await empty.post("/v1/journeys/import", content=b"a,b", headers=headers)
    assert answer.status_code == 415


NAMES = [SCRIPT, "</title></svg>" + SCRIPT, "]]>", "&lt;b&gt;", '" onload="alert(1)', "客户 <b>"]


@pytest.mark.parametrize("name", NAMES)
async def test_a_title_that_is_a_script_is_drawn_as_text(client: Client, name: str) -> None:
    body = journey(stages=2, steps=2, title=name)
    body["stages"][0]["name"] = body["stages"][0]["steps"][0]["action"] = name
    made = await client.made("/v1/journeys", body)
    assert made["title"] == name
    at = f"/v1/journeys/{made['id']}/emotion-curve"
    picture = await client.get(at, headers={"Accept": "image/svg+xml"})
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "<script" not in picture.text
    assert "<b>" not in picture.text
    assert 'onload="alert' not in picture.text
    assert "default-src 'none'" in picture.headers["content-security-policy"]
    assert picture.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", NAMES)
async def test_a_title_that_is_a_script_survives_a_diagram(client: Client, name: str) -> None:
    made = await client.made("/v1/journeys", journey(title=name))
    drawn = await client.get(f"/v1/journeys/{made['id']}/map", params={"format": "mermaid"})
    headers = {"content-type": "text/vnd.mermaid"}
    again = await client.post("/v1/journeys/import", content=drawn.content, headers=headers)
    assert again.status_code == 201, again.text
    assert again.json()["items"][0]["title"] == name
