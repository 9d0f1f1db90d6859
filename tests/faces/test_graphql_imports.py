"""Spreadsheets and bundles by GraphQL, with the same refusals as by REST."""

import pytest

from tests.faces.asking import refused, wrote
from tests.make import Client, journey

MAPS = """mutation ($csv: String, $json: JSON, $into: ID) {
  importJourneys(csv: $csv, json: $json, journeyId: $into) {
    journeys { id uuid title stages { name steps { action emotion } } }
    problems { line } readAs { encoding delimiter } userErrors { code pointer } } }"""


async def test_maps_are_imported_from_csv_and_from_bundles(
    client: Client, stranger: Client
) -> None:
    text = "title;stage.name;step.action;step.emotion\nBuying;Look;Search;2\nBuying;Look;Ask;x\n"
    came = await wrote(client, MAPS, csv=text)
    assert came["readAs"] == {"encoding": "utf-8", "delimiter": "semicolon"}
    assert came["problems"] == [{"line": 3}]
    (made,) = came["journeys"]
    steps = [{"action": "Search", "emotion": 2}, {"action": "Ask", "emotion": None}]
    assert made["stages"] == [{"name": "Look", "steps": steps}]
    bundle = await client.got(f"/v1/journeys/{made['uuid']}?view=bundle")
    came = await wrote(stranger, MAPS, json=bundle)
    assert came["readAs"] is None
    assert [one["title"] for one in came["journeys"]] == ["Buying"]
    broken = await refused(client, MAPS, csv="titel\nBuying\n")
    assert {(e["code"], e["pointer"]) for e in broken} == {
        ("unknown_column", "/lines/1/titel"),
        ("required", "/lines/1/title"),
    }


@pytest.mark.parametrize("kind", ["Profiles", "Personas", "Touchpoints"])
async def test_rows_are_imported(client: Client, kind: str) -> None:
    query = f"""mutation ($csv: String!) {{ import{kind}(csv: $csv) {{
      rows {{ line uuid outcome }} readAs {{ delimiter }} userErrors {{ code pointer }} }} }}"""
    came = await wrote(client, query, csv="name,external_id\nA,crm:1\n")
    (row,) = came["rows"]
    assert (row["line"], row["outcome"], came["readAs"]["delimiter"]) == (2, "created", "comma")
    assert (await client.got(f"/v1/{kind.lower()}/{row['uuid']}"))["name"] == "A"
    broken = await refused(client, query, csv="name,external_id\n,crm:2\n")
    assert [e["pointer"] for e in broken] == ["/lines/2/name"]


async def test_a_map_of_csv_goes_into_the_one_that_is_named(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    came = await wrote(client, MAPS, csv="title\nAnother\n", into=made["id"])
    assert came["journeys"][0]["uuid"] == made["id"]
    assert len(came["journeys"][0]["stages"]) == 1


async def test_an_import_takes_one_form_and_says_so_once(client: Client) -> None:
    (error,) = await refused(client, MAPS)
    assert (error["code"], error["pointer"]) == ("one_of", "")
    broken = await refused(client, MAPS, csv="title\nA\n", json={"title": "A"})
    assert [error["pointer"] for error in broken] == ["/csv", "/json"]
