"""Relay's connections from their end: the last rows, those in front of a cursor, both of them."""

from itertools import product
from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from tests.faces.asking import answered, asked
from tests.faces.calling import CORE
from tests.make import Client, journey

LIST = """query ($first: Int, $after: String, $last: Int, $before: String) {
  list: touchpoints(first: $first, after: $after, last: $last, before: $before, sort: "%s"%s) {
  edges { cursor node { name } } nodes { name } pageInfo {
    hasNextPage hasPreviousPage startCursor endCursor } totalCount } }"""
OF_ONE = """query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  journey(id: $id) { list: comments(first: $first, after: $after, last: $last, before: $before) {
  edges { cursor node { name: text } } nodes { name: text } pageInfo {
    hasNextPage hasPreviousPage startCursor endCursor } totalCount } } }"""
FILTER = """, filter: {not: {field: "name", op: "eq", value: "nobody"}}"""
FORWARD_ALONE = {
    **dict.fromkeys(("Journey.gaps", "Query.gaps"), "worst first: what is last is of no concern"),
    **dict.fromkeys(("Contact.timeline", "Query.timeline", "Query.events"), "read as they came"),
    **dict.fromkeys(("Contact.profiles", "Query.contactProfiles"), "no connections"),
    "Query.changes": "what is new stands at its end: it goes on for ever",
    "Journey.revisions": "the newest few: all are in `revisions`, both ways",
}
"""Lists that are paged forward only, and why."""


def sliced(every: list[Any], args: dict[str, Any]) -> list[Any]:
    """Relay's own algorithm: EdgesToReturn."""
    cursors = [edge["cursor"] for edge in every]
    begin = cursors.index(args["after"]) + 1 if args.get("after") else 0
    end = cursors.index(args["before"]) if args.get("before") else len(every)
    between = every[begin:end] if begin < end else []
    if args.get("last") is not None:
        return between[-args["last"] :]
    return between[: args.get("first")]


def fits(page: dict[str, Any], every: list[Any], args: dict[str, Any]) -> bool:
    """Whether a page is the one that Relay's algorithm gives, with what is told of it."""
    wanted = sliced(every, args)
    begin, end = sliced(every, {**args, "first": None, "last": None}), page["pageInfo"]
    if args.get("last") is None:
        told = len(begin) > len(wanted), args.get("after") is not None
    else:
        told = args.get("before") is not None, len(begin) > len(wanted)
    ends = (wanted[0]["cursor"], wanted[-1]["cursor"]) if wanted else (None, None)
    return (
        page["edges"] == wanted
        and page["nodes"] == [edge["node"] for edge in wanted]
        and (end["hasNextPage"], end["hasPreviousPage"]) == told
        and (end["startCursor"], end["endCursor"]) == ends
        and page["totalCount"] == len(every)
    )


@pytest.fixture
async def touchpoints(client: Client) -> None:
    for n in range(6):
        await client.made("/v1/touchpoints", {"name": f"T{n}"})


@pytest.mark.usefixtures("touchpoints")
@pytest.mark.parametrize("sort", ["name", "-name", "-created_at"])
@pytest.mark.parametrize("more", ["", FILTER], ids=["all", "filtered"])
async def test_every_page_is_relays(client: Client, sort: str, more: str) -> None:
    query = LIST % (sort, more)
    every = (await asked(client, query))["list"]["edges"]
    assert len(every) == 6
    cursors = [None, every[0]["cursor"], every[2]["cursor"], every[5]["cursor"]]
    for after, before, (way, size) in product(
        cursors, cursors, [("first", 2), ("last", 2), ("first", 9), ("last", 9), ("last", 1)]
    ):
        args = {"after": after, "before": before, way: size}
        page = (await asked(client, query, **args))["list"]
        assert fits(page, every, args), (args, page)


async def test_pages_of_what_belongs_to_a_map_go_both_ways(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    target = {"kind": "journey", "id": made["id"]}
    for n in range(5):
        await client.made("/v1/comments", {"target": target, "text": f"C{n}"})
    every = (await asked(client, OF_ONE, id=made["id"]))["journey"]["list"]["edges"]
    assert [edge["node"]["name"] for edge in every] == ["C4", "C3", "C2", "C1", "C0"]
    for place, size in product([None, 0, 2, 4], [1, 2, 9]):
        cursor = None if place is None else every[place]["cursor"]
        for args in ({"after": cursor, "first": size}, {"before": cursor, "last": size}):
            page = (await asked(client, OF_ONE, id=made["id"], **args))["journey"]["list"]
            assert fits(page, every, args), (args, page)
    both = {"id": made["id"], "first": 1, "before": every[2]["cursor"]}
    (error,) = (await answered(client, OF_ONE, **both))["errors"]
    assert [p["pointer"] for p in error["extensions"]["errors"]] == ["/before"]


@pytest.mark.usefixtures("touchpoints")
async def test_before_alone_is_the_page_in_front(client: Client) -> None:
    query = LIST % ("name", "")
    every = (await asked(client, query))["list"]["edges"]
    page = (await asked(client, query, before=every[3]["cursor"]))["list"]
    assert page["edges"] == every[:3]
    assert page["pageInfo"]["hasNextPage"]


@pytest.mark.usefixtures("touchpoints")
@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"first": 1, "last": 1}, [("/first", "one_of"), ("/last", "one_of")]),
        ({"last": 0}, [("/last", "greater_than_equal")]),
        ({"last": 201}, [("/last", "less_than_equal")]),
        ({"last": 1, "before": "nonsense"}, "before is not a cursor"),
        ({"last": 1, "before": "x" * 5000}, "before is not a cursor"),
        ({"last": 1, "after": "nonsense"}, "after is not a cursor"),
    ],
    ids=["both", "none", "many", "nonsense", "long", "after"],
)
async def test_what_no_page_can_be_is_refused(
    client: Client, args: dict[str, Any], said: Any
) -> None:
    found = await answered(client, LIST % ("name", ""), **args)
    assert found["data"] == {"list": None}
    (error,) = found["errors"]
    if isinstance(said, str):
        assert said in error["message"]
    else:
        problems = error["extensions"]["errors"]
        assert sorted((p["pointer"], p["code"]) for p in problems) == said


async def test_a_cursor_of_another_list_is_refused_in_front_too(client: Client) -> None:
    for name in ("A", "B"):
        await client.made("/v1/touchpoints", {"name": name})
    other = (await asked(client, LIST % ("-name", "")))["list"]["edges"][0]["cursor"]
    (error,) = (await answered(client, LIST % ("name", ""), last=1, before=other))["errors"]
    assert "before belongs to a list with other parameters" in error["message"]


async def test_the_last_parts_of_a_revision_are_told(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(4, 1))
    await client.made(f"/v1/journeys/{made['id']}/publish", {})
    query = """query ($id: ID!, $last: Int, $before: String) {
      stages(journeyId: $id, revision: "1", last: $last, before: $before) {
        edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage } } }"""
    page = (await asked(client, query, id=made["id"], last=2))["stages"]
    assert [edge["node"]["name"] for edge in page["edges"]] == ["Stage 2", "Stage 3"]
    assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}
    before = page["edges"][1]["cursor"]
    page = (await asked(client, query, id=made["id"], last=5, before=before))["stages"]
    assert [edge["node"]["name"] for edge in page["edges"]] == ["Stage 0", "Stage 1", "Stage 2"]
    assert page["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}


def test_every_list_is_paged_both_ways_but_these() -> None:
    one_way = {
        f"{kind.name}.{name}"
        for kind in CORE.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for name, field in kind.fields.items()
        if {"after", "before"} & field.args.keys()
        and not {"first", "after", "last", "before"} <= field.args.keys()
        and kind.name not in ("Mutation", "Subscription")
    }
    assert one_way - {"Query.contactExport"} == FORWARD_ALONE.keys()


def test_connections_are_as_relay_specifies_them() -> None:
    """Edges, their nodes and cursors, and the page's own ends; the rest is ours."""
    connections = [one for name, one in CORE.type_map.items() if name.endswith("Connection")]
    assert len(connections) > 30
    for one in connections:
        edge = get_named_type(one.fields["edges"].type)
        assert edge.name.endswith("Edge")
        assert {"node", "cursor"} <= edge.fields.keys()
        assert str(one.fields["pageInfo"].type) == "PageInfo!"
        assert str(edge.fields["cursor"].type) == "String!"
    ends = {name: str(field.type) for name, field in CORE.type_map["PageInfo"].fields.items()}
    assert ends == {
        **{"hasNextPage": "Boolean!", "hasPreviousPage": "Boolean!"},
        **{"startCursor": "String", "endCursor": "String"},
    }
