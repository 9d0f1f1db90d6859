"""`waypost load-events`, against the running service."""

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Served
from tests.make import Client

DATA = Path(os.environ.get("WAYPOST_TEST_DATA", "/nowhere"))
Json = dict[str, Any]


def loading(client: Client, served: Served, file: Path, *options: str) -> Json:
    key = client.headers["authorization"].removeprefix("Bearer ")
    command = [sys.executable, "-m", "service.cli", "load-events", str(file), *options]
    command += ["--url", served.url, "--key", key]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: Json = json.loads(done.stdout)
    return found


async def counted(client: Client) -> Json:
    """How many there are of each event, and by whom."""
    answer = await client.get("/v1/events", headers={"Accept": "application/x-ndjson"})
    *lines, _ = [json.loads(line) for line in answer.text.splitlines()]
    events: dict[str, int] = {}
    for line in lines:
        events[line["event"]] = events.get(line["event"], 0) + 1
    return {"events": events, "users": {line["user_id"] for line in lines}, "lines": lines}


async def test_a_table_is_loaded_by_its_columns_and_once(
    client: Client, served: Served, tmp_path: Path
) -> None:
    file = tmp_path / "visits.csv.gz"
    with gzip.open(file, "wt", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(["case", "activity", "time", "desk", "stage"])
        writer.writerow(["7", "Registration", "2017-01-02 11:41:53", "r1", "complete"])
        writer.writerow(["7", "Registration", "2017-01-02 11:41:53", "r1", "complete"])
        writer.writerow(["7", "Check-out", "2017-01-02T13:00:00Z", "r2", "start"])
        writer.writerow(["", "Check-out", "2017-01-02T13:00:00Z", "r2", "complete"])
    options = ["--map", "userId=case,event=activity,timestamp=time,department=desk"]
    options += ["--only", "stage=complete", "--set", "channel=branch"]
    first = loading(client, served, file, *options)
    again = loading(client, served, file, *options)
    assert first == {
        "rows": 3,
        "accepted": 2,
        "duplicates": 0,
        "quarantined": 1,
        "left_out": 1,
    }
    assert (again["accepted"], again["duplicates"]) == (0, 2)
    found = (await counted(client))["lines"][0]
    assert (found["user_id"], found["event"], found["channel"]) == ("7", "Registration", "branch")
    assert (found["department"], found["timestamp"]) == ("r1", "2017-01-02T11:41:53+00:00")
    (rejected,) = (await client.got("/v1/quarantine"))["items"]
    assert rejected["code"] == "id_missing"


LOGS = {
    "ecom_clickstream": ("events.csv.gz", "userId=user_id,device=platform", ()),
    "hospital_patients": (
        "events.csv.gz",
        "userId=patient,event=handling,timestamp=time,department=employee",
        ("--only", "registration_type=complete"),
    ),
    "weblog": ("events.csv.gz", "messageId=event_id,userId=user_id", ()),
}


@pytest.mark.skipif(not DATA.exists(), reason="WAYPOST_TEST_DATA names no folder")
@pytest.mark.parametrize("name", LOGS)
async def test_a_published_log_is_loaded_whole(client: Client, served: Served, name: str) -> None:
    file, mapped, more = LOGS[name]
    figures = json.loads((DATA / name / "expected.json").read_text())["figures"]
    done = loading(client, served, DATA / name / file, "--map", mapped, *more)
    rejected = sum(figures["file"]["rejected"].values())
    assert (done["accepted"], done["duplicates"]) == (figures["rows"], 0)
    assert done["quarantined"] == rejected
    found = await counted(client)
    assert len(found["users"]) == figures["unique_users"]
    again = loading(client, served, DATA / name / file, "--map", mapped, *more)
    assert (again["accepted"], again["duplicates"]) == (0, figures["rows"])


@pytest.mark.skipif(not DATA.exists(), reason="WAYPOST_TEST_DATA names no folder")
async def test_the_events_of_a_web_tracker_count_once_by_their_id(
    client: Client, served: Served
) -> None:
    figures = json.loads((DATA / "snowplow_web" / "expected_extra.json").read_text())["figures"]
    mapped = "messageId=event_id,anonymousId=domain_userid,userId=user_id,event=event_name"
    mapped += ",timestamp=derived_tstamp,campaign=mkt_campaign"
    file = DATA / "snowplow_web" / "source_events.csv.gz"
    done = loading(client, served, file, "--map", mapped)
    assert done["rows"] == figures["source_rows"]
    told = done["accepted"] + done["duplicates"] + done["quarantined"]
    assert told == figures["source_rows"]
    assert done["accepted"] + done["quarantined"] == figures["source_distinct_event_id"]
