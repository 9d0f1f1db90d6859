"""Examples that load an export, run as they are told, and tables written by hand."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import Served
from tests.house.source import ROOT
from tests.make import Client

Json = dict[str, Any]


def load(
    served: Served, client: Client, example: str, path: Path, *options: str
) -> tuple[int, list[str]]:
    """The exit code of an example, and the lines that it prints."""
    key = client.headers["authorization"].removeprefix("Bearer ")
    ran = subprocess.run(
        [sys.executable, str(ROOT / "examples" / example), str(path), *options],
        env={**os.environ, "WAYPOST_URL": served.url, "WAYPOST_KEY": key},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in ran.stderr, ran.stderr
    return ran.returncode, ran.stdout.splitlines()


def table(folder: Path, name: str, *rows: Json) -> None:
    """Write a table of an export: the columns of its rows, in the order in which they come."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with (folder / f"{name}_data.csv").open("w", newline="") as text:
        writer = csv.DictWriter(text, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


async def lines(client: Client, path: str) -> list[Json]:
    """Every row of a list."""
    answer = await client.get(path, headers={"Accept": "application/x-ndjson"})
    assert answer.status_code == 200, answer.text
    *found, _ = [json.loads(line) for line in answer.text.splitlines()]
    return found


async def count(client: Client, condition: Json | None = None) -> int:
    """How many contacts there are for whom a condition holds."""
    body = {"filter": condition, "count": True, "limit": 1}
    answer = await client.post("/v1/contacts/search", json=body)
    assert answer.status_code == 200, answer.text
    total: int = answer.json()["total"]
    return total


def trait(name: str, value: Any) -> Json:
    """A test of a trait."""
    return {"field": f"traits.{name}", "op": "eq", "value": value}
