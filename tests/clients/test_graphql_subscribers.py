"""Subscriptions, as npm's graphql-ws and graphql-sse follow them."""

import asyncio
import json
from pathlib import Path

from tests.clients import node
from tests.clients.conftest import FOLDER
from tests.conftest import Served
from tests.make import Client, journey


async def test_graphql_ws_and_graphql_sse_follow_a_map(
    clients: Path, served: Served, client: Client, key: str
) -> None:
    made = await client.made("/v1/journeys", journey(1, 1, title="Map"))
    program = node.needed("node", "Node")
    command = (program, FOLDER / "subscriptions.mjs", f"{served.url}/graphql", key, made["id"])
    told = await asyncio.to_thread(node.run, *command, within=clients)
    before, expected = "Map", []
    for name in ("graphql-ws", "graphql-sse"):
        expected += [
            {"name": name, "title": before, "changes": 0},
            {"name": name, "title": f"{name} once", "changes": 1},
            {"name": name, "title": f"{name} twice", "changes": 1},
            {"name": name, "refused": "BAD_REQUEST"},
        ]
        before = f"{name} twice"
    expected.append({"name": "graphql-ws", "closed": 4403})
    assert [json.loads(line) for line in told.splitlines()] == expected
