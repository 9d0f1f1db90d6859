"""The picture of a map and links to it, in GraphQL as in REST."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import pictured
from tests.faces.asking import answered, asked
from tests.make import Client, journey, pointers

ONE = """query ($id: ID!, $format: MapFormat!, $theme: MapTheme) {
  journey(id: $id) { map(format: $format, theme: $theme) } }"""
SHARE = """mutation ($id: ID!, $input: ShareInput) { shareJourney(id: $id, input: $input) {
  url expiresAt userErrors { code pointer message } } }"""


@pytest.mark.parametrize("form", ["html", "svg", "markdown", "csv", "mermaid"])
async def test_a_map_is_the_same_text_on_both_faces(client: Client, form: str) -> None:
    made = await pictured.made(client, "en", 2, 2)
    rest = await client.get(
        f"/v1/journeys/{made['id']}/map", params={"format": form, "theme": "dark"}
    )
    found = await asked(client, ONE, id=made["id"], format=form, theme="dark")
    text: str = found["journey"]["map"]
    # A diagram ends with what it could not carry, which REST says in a header as well.
    assert text == rest.text


async def test_a_page_is_what_is_asked_for_most(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    found = await asked(client, "query ($id: ID!) { journey(id: $id) { map } }", id=made["id"])
    assert found["journey"]["map"].startswith("<!doctype html>")


async def test_maps_of_a_list_take_as_many_statements_at_any_size(client: Client) -> None:
    query = "{ journeys(first: 10) { nodes { map(format: markdown) } } }"
    taken = []
    for _ in range(2):
        for n in range(2):
            await client.made("/v1/journeys", journey(1, 2, title=f"Map {n}"))
        await asked(client, query)
        before = await client.statements()
        await asked(client, query)
        taken.append(await client.statements() - before)
    assert taken == [4, 4]


async def test_a_hundred_pictures_at_once_cost_too_much(client: Client) -> None:
    found = await answered(client, "{ journeys(first: 200) { nodes { map } } }")
    assert found["errors"][0]["extensions"]["code"] == "TOO_COMPLEX"


async def test_a_link_is_made_and_opens(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    wish = {"expiresInSeconds": 3600, "format": "markdown"}
    link = (await asked(client, SHARE, id=made["id"], input=wish))["shareJourney"]
    assert link["userErrors"] == []
    left = datetime.fromisoformat(link["expiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=55) < left <= timedelta(hours=1)
    opened = await client.get(link["url"], headers={"Authorization": ""})
    assert opened.text.startswith("# Finding an adviser")
    link = (await asked(client, SHARE, id=made["id"]))["shareJourney"]
    assert "format=html" in link["url"]


@pytest.mark.parametrize(
    ("rest", "graph"),
    [
        ({"expires_in_seconds": 1}, {"expiresInSeconds": 1}),
        ({"expires_at": "2001-01-01T00:00:00Z"}, {"expiresAt": "2001-01-01T00:00:00Z"}),
    ],
)
async def test_a_link_is_refused_alike_on_both_faces(
    client: Client, rest: dict[str, Any], graph: dict[str, Any]
) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    refused = await client.post(f"/v1/journeys/{made['id']}/share", json=rest)
    found = (await asked(client, SHARE, id=made["id"], input=graph))["shareJourney"]
    assert found["url"] is None
    assert {error["pointer"] for error in found["userErrors"]} == pointers(refused)
    codes = [error["code"] for error in refused.json()["errors"]]
    assert [error["code"] for error in found["userErrors"]] == codes


async def test_nobodys_map_is_not_shared(client: Client, stranger: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    found = (await asked(stranger, SHARE, id=made["id"]))["shareJourney"]
    assert (found["url"], found["userErrors"][0]["code"]) == (None, "not_found")
