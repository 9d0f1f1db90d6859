"""Published logs, loaded by the public API once for all tests that measure them."""

import csv
import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.make import Client
from tests.published import DATA

Json = dict[str, Any]
LOGS = {
    "ecom_clickstream": "expected.json",
    "weblog": "expected.json",
    "weblog humans": "expected_humans.json",
    "hospital_patients": "expected.json",
}
"""What was measured of which log, by other people's programs."""


def reference(log: str) -> Json:
    """The reference figures of a log, and by which configuration they were computed."""
    folder = log.partition(" ")[0]
    found: Json = json.loads((DATA / folder / LOGS[log]).read_text())
    return found


def those(config: Json) -> Json | None:
    """The filter that a reference was computed behind, if any."""
    out = [
        {"field": name, "op": "in", "value": values}
        for name, values in (config.get("exclude") or {}).items()
    ]
    return {"not": {"any": out}} if out else None


async def load(client: Client, log: str) -> None:
    """Send all rows that count, in the order of the file."""
    config = reference(log)["config"]
    body = "\n".join(json.dumps(one) for one in _messages(log, config))
    answer = await client.post("/v1/events", content=body, headers=_NDJSON)
    assert answer.status_code == 200, answer.text
    assert answer.json()["quarantined"] == 0


_NDJSON = {"Content-Type": "application/x-ndjson"}


def _messages(log: str, config: Json) -> Iterator[Json]:
    columns = config["columns"]
    only = config.get("only") or {}
    with gzip.open(DATA / log / "events.csv.gz", "rt", encoding="utf-8", newline="") as text:
        for number, row in enumerate(csv.DictReader(text)):
            if any(row[name] not in values for name, values in only.items()):
                continue
            time = row[columns["timestamp"]].replace(" ", "T").removesuffix("Z")
            dimensions = ("device", "channel", "department")
            told = {one: row[columns[one]] for one in dimensions if row.get(columns.get(one, ""))}
            yield {
                "type": "track",
                "messageId": f"{log} {number}",
                "userId": row[columns["user"]],
                "event": row[columns["event"]],
                "timestamp": time if "+" in time else time + "Z",
                "properties": told,
            }


def near(expected: Any) -> Any:
    """References are written with ten digits; what is null there is null."""
    return None if expected is None else pytest.approx(expected, abs=1e-9, rel=1e-9)
