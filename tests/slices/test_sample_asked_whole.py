"""Whatever the schema has of some types is asked for at once, of the sample and its people.

What is asked for is read from the schema, so that a member added later is asked for as well.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from service import sample
from service.api.graphql import structs
from service.api.graphql.schema import schema
from service.database import Database
from service.domain.work import Caller
from tests.faces.asking import asked
from tests.make import Client

CORE: Any = schema._schema
SHOP = "0198c7f0-0000-7000-8000-000000000240"
DROPPED = {"kind": ["drop_off"]}
OF_ORDERS = {"filter": "Order Completed"}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def everything() -> dict[str, str]:
    """All members of some types, as an operation asks for them."""
    kinds = ("GapConnection", "Gap", "ContactJourneys", "JourneyConformance")
    return {kind: whole(CORE.get_type(kind)) for kind in kinds}


@pytest.fixture
async def lived(database: Database, workspace: Caller, client: Client) -> Client:
    """A workspace with the sample, and what its people did until yesterday."""
    async with database.write(workspace) as work:
        await sample.load(work)
    await client.post("/v1/batch", content=sample.did(datetime.now(UTC).date()))
    return client


def whole(kind: GraphQLObjectType, *above: str) -> str:
    """Every member of a type, and of those inside it, but for what leads to itself again."""
    found = []
    for name, field in kind.fields.items():
        inner: Any = get_named_type(field.type)
        if any(is_required_argument(one) for one in field.args.values()):
            continue
        if is_leaf_type(inner):
            found.append(name)
        elif str(inner) not in (*above, str(kind)):
            found.append(f"{name} {{ {whole(inner, *above, str(kind))} }}")
    return " ".join(found)


@pytest.mark.parametrize("chosen", [None, {}, DROPPED, OF_ORDERS, {"from": "2026-05-01T00:00:00Z"}])
async def test_all_of_gaps_is_told(
    lived: Client, everything: dict[str, str], chosen: Json | None
) -> None:
    members = everything["GapConnection"]
    of_one = f"""query ($id: ID!, $filter: JourneyGapsQueryInput) {{
      journey(id: $id) {{ gaps(first: 10, filter: $filter) {{ {members} }} }} }}"""
    of_all = (
        f"query ($filter: AllGapsQueryInput) {{ gaps(first: 10, filter: $filter) {{ {members} }} }}"
    )
    here = (await asked(lived, of_one, id=SHOP, filter=chosen))["journey"]["gaps"]
    everywhere = (await asked(lived, of_all, filter=chosen))["gaps"]
    for found in (here, everywhere):
        asked_of = (chosen or {}).get("filter")
        assert found["definition"]["filter"] == asked_of


async def test_all_of_a_gap_with_shares_is_told(lived: Client, everything: dict[str, str]) -> None:
    path = f"/v1/journeys/{SHOP}/gaps"
    rest = await lived.got(path, params={"kind": "drop_off", "limit": 200})
    shares = [one for one in rest["items"] if one["continuation"]]
    compared = [one for one in rest["items"] if (one["baseline"] or {}).get("continuation")]
    assert shares
    for one in [*shares[:1], *compared[:1]]:
        query = f"query ($id: ID!) {{ gap(id: $id) {{ {everything['Gap']} }} }}"
        found = (await asked(lived, query, id=one["id"]))["gap"]
        assert found["continuation"]["numerator"] == one["continuation"]["numerator"]
        assert found["continuation"]["reason"] is None


async def test_all_of_where_a_contact_stands_is_told(
    lived: Client, everything: dict[str, str]
) -> None:
    who = (await lived.got("/v1/contacts/by-external-id/crm/runner-101"))["id"]
    rest = (await lived.got(f"/v1/contacts/{who}/journeys"))["items"]
    members = everything["ContactJourneys"]
    query = f"query ($id: ID!) {{ contactJourneys(contactId: $id) {{ {members} }} }}"
    found = (await asked(lived, query, id=who))["contactJourneys"]["items"]
    expected = [
        [(one["from_step_id"], one["to_step_id"], one["at"]) for one in item["detours"]]
        for item in rest
    ]
    assert any(expected)
    assert [
        [(one["fromStepId"], one["toStepId"], one["at"]) for one in item["detours"]]
        for item in found
    ] == expected


async def test_all_of_how_people_conform_is_told(lived: Client, everything: dict[str, str]) -> None:
    members = everything["JourneyConformance"]
    query = f"query ($id: ID!) {{ journeyConformance(journeyId: $id) {{ {members} }} }}"
    found = (await asked(lived, query, id=SHOP))["journeyConformance"]
    assert found["detours"]


def test_two_structs_of_one_name_are_not_shown_as_one_type() -> None:
    with pytest.raises(TypeError, match="Proportion"):
        structs.family(msgspec.defstruct("Proportion", []), {}, {})
