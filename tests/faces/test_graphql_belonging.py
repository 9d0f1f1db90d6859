"""What belongs to a map, a page at a time: each row once, also when some go in between."""

from typing import Any

import pytest

from tests.faces.asking import answered, asked
from tests.make import Client, journey

MANY = 5


async def made(client: Client, kind: str, whole: dict[str, Any], n: int) -> str:
    """A thing of this kind that belongs to a map; its id."""
    of, stage = whole["id"], whole["stages"][0]
    to, about = {"journey_id": of}, {"kind": "journey", "id": of}
    part, asks = {"stage_id": stage["id"]}, {"stage_key": stage["key"], "item_key": "x"}
    story = {"kind": "anecdotal", "source_kind": "interview", "text": str(n)}
    path, body = {
        "actions": ("actions", {"title": str(n), "targets": [to, part]}),
        "reviews": ("reviews", to),
        "comments": ("comments", {"target": about, "text": str(n)}),
        "variants": ("journeys", journey(1, 1, variant_of=of, variant_axes={"n": str(n)})),
        "toBe": ("journeys", journey(1, 1, perspective="to_be", as_is_id=of)),
        "evidence": ("evidence", {**story, "targets": [to, part]}),
        "content": ("content", {"title": str(n), "answers": [to | asks]}),
    }[kind]
    which: str = (await client.made(f"/v1/{path}", body))["id"]
    return which


async def asking(client: Client) -> dict[str, Any]:
    """A map that asks something."""
    body = journey(1, 1)
    body["stages"][0]["questions"] = [{"key": "x", "text": "What?"}]
    return await client.made("/v1/journeys", body)


async def page(client: Client, of: str, kind: str, **arguments: Any) -> dict[str, Any]:
    query = f"""query ($id: ID!, $first: Int, $after: String) {{ journey(id: $id) {{
      {kind}(first: $first, after: $after) {{ totalCount nodes {{ uuid }} edges {{ cursor }}
      pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }} }}"""
    found: dict[str, Any] = (await asked(client, query, id=of, **arguments))["journey"][kind]
    return found


KINDS = ("actions", "reviews", "comments", "variants", "toBe", "evidence", "content")


@pytest.mark.parametrize("kind", KINDS)
async def test_each_row_is_told_once_also_behind_one_that_went(client: Client, kind: str) -> None:
    whole, other = await asking(client), await asking(client)
    ids = [await made(client, kind, whole, n) for n in range(MANY)]
    await made(client, kind, other, 9)
    newest = ids[::-1]
    first = await page(client, whole["id"], kind, first=2)
    assert [one["uuid"] for one in first["nodes"]] == newest[:2]
    assert first["totalCount"] == MANY
    assert first["pageInfo"]["hasNextPage"] and not first["pageInfo"]["hasPreviousPage"]
    # The row that the cursor stands behind goes.
    path = "journeys" if kind in ("variants", "toBe") else kind
    gone = await client.delete(f"/v1/{path}/{newest[1]}?dependents=detach")
    assert gone.status_code == 204, gone.text
    after = first["pageInfo"]["endCursor"]
    second = await page(client, whole["id"], kind, first=2, after=after)
    assert [one["uuid"] for one in second["nodes"]] == newest[2:4]
    assert second["totalCount"] == MANY - 1
    assert second["pageInfo"]["hasPreviousPage"]
    last = await page(client, whole["id"], kind, after=second["edges"][-1]["cursor"])
    assert [one["uuid"] for one in last["nodes"]] == newest[4:]
    assert not last["pageInfo"]["hasNextPage"]
    assert (await page(client, other["id"], kind))["totalCount"] == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_a_cursor_of_no_such_list_is_refused(client: Client, kind: str) -> None:
    whole, other = await asking(client), await asking(client)
    for n in range(2):
        await made(client, kind, other, n)
    theirs = await page(client, other["id"], kind, first=1)
    query = f"""query ($id: ID!, $after: String) {{ journey(id: $id) {{
      title {kind}(after: $after) {{ nodes {{ uuid }} }} }} }}"""
    foreign = theirs["pageInfo"]["endCursor"]
    for after in (foreign, "x", whole["id"], "01a203d4-9aa2-74a4-8ee7-369692018fbd"):
        found = await answered(client, query, id=whole["id"], after=after)
        (error,) = found["errors"]
        (wrong,) = error["extensions"]["errors"]
        assert (wrong["pointer"], wrong["code"]) == ("/after", "cursor")
        assert found["data"]["journey"] == {"title": whole["title"], kind: None}


@pytest.mark.parametrize(
    ("besides", "beside", "statements"),
    [
        pytest.param("", "", 1, id="all of it stored"),
        pytest.param("coverage { __typename }", "", 2, id="some of it computed"),
        pytest.param("", "workspace { name }", 2 + 2 * len(KINDS), id="without a plan"),
    ],
)
async def test_no_number_of_maps_and_pages_takes_more_statements(
    client: Client, besides: str, beside: str, statements: int
) -> None:
    fields = " ".join(f"{kind}(first: 3) {{ nodes {{ uuid }} totalCount }}" for kind in KINDS)
    counts = []
    for _ in range(2):
        for _ in range(3):
            whole = await asking(client)
            for kind in KINDS:
                await made(client, kind, whole, 1)
        before = await client.statements()
        rows = f"journeys(first: 40) {{ nodes {{ {fields} {besides} }} }}"
        await asked(client, f"{{ {rows} {beside} }}")
        counts.append(await client.statements() - before)
    assert counts == [statements, statements]
