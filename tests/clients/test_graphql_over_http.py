"""GraphQL over HTTP, as the audits of its reference implementation see it."""

import asyncio
import json
from pathlib import Path

from tests.clients import node
from tests.clients.conftest import FOLDER
from tests.conftest import Served

BY_GET = "nothing is run by GET, which browsers repeat and logs keep; a server may leave it out"
LEFT_OUT = {"5A70": BY_GET, "D6D5": BY_GET, "6A70": BY_GET}
"""Audits of what a server may do and ours does not, and why."""


async def test_the_audits_of_graphql_over_http_pass(
    clients: Path, served: Served, key: str
) -> None:
    program = node.needed("node", "Node")
    command = (program, FOLDER / "graphql_audit.mjs", f"{served.url}/graphql", key)
    told = await asyncio.to_thread(node.run, *command, within=clients)
    found = [json.loads(line) for line in told.splitlines()]
    assert len(found) > 50
    failed = {one["id"]: (one["name"], one["reason"]) for one in found if one["status"] != "ok"}
    assert failed.keys() == LEFT_OUT.keys(), failed
    assert all(name.startswith("MAY ") for name, _ in failed.values())
