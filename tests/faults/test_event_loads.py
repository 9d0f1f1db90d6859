"""`waypost load-events`, against the running service."""

import csv
import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Served
from tests.make import Client
from tests.published import DATA, figures, needs_data, table

Json = dict[str, Any]


def loading(client: Client, served: Served, file: Path, *options: str) -> Json:
    """What became of the rows of a file."""
    return said(client, served, file, *options)[0]


def said(client: Client, served: Served, file: Path, *options: str) -> tuple[Json, list[str]]:
    """The same, and which rows were put aside."""
    key = client.headers["authorization"].removeprefix("Bearer ")
    command = [sys.executable, "-m", "service.cli", "load-events", str(file), *options]
    command += ["--url", served.url, "--key", key]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # A progress bar is drawn over itself.
    told = [line.rpartition("\r")[2] for line in done.stderr.splitlines()]
    return json.loads(done.stdout), [line for line in told if line.startswith(file.name)]


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


async def test_rows_that_are_put_aside_are_named_by_their_line(
    client: Client, served: Served, tmp_path: Path
) -> None:
    rows = "userId,event,timestamp,note\nu1,Seen,2026-01-01,plain\n"
    rows += 'u2,Seen,2026-01-01,"two\nlines"\n\nu3,,2026-01-01,\nu4,Seen,soon,\n'
    file = tmp_path / "visits.csv"
    file.write_text(rows)
    done, aside = said(client, served, file)
    assert (done["accepted"], done["quarantined"]) == (2, 2)
    assert aside == [
        "visits.csv:6: event_missing: A track needs the name of its event.",
        "visits.csv:7: invalid_time: timestamp must be a time as in 2026-05-01T09:30:00Z, in the"
        " years 1 to 9999.",
    ]
    again = tmp_path / "visits.ndjson"
    again.write_text('{"userId": "u5", "event": "Seen"}\n\n{"event": "Seen"}\n')
    (line,) = said(client, served, again)[1]
    assert line.startswith("visits.ndjson:3: id_missing: ")


async def test_the_first_hundred_lines_that_are_put_aside_are_named(client: Client) -> None:
    line = '{"type": "track", "userId": "u"}\n'
    body = '{"type": "page", "userId": "u"}\n\n' + line * 2_500
    headers = {"Content-Type": "application/x-ndjson"}
    answer = (await client.post("/v1/events", content=body, headers=headers)).json()
    assert (answer["accepted"], answer["quarantined"]) == (1, 2_500)
    named = [one["index"] for one in answer["rejected"]]
    assert named == list(range(1, 101))


LOGS = {
    "ecom_clickstream": ("events.csv.gz", "userId=user_id,device=platform", ()),
    "hospital_patients": (
        "events.csv.gz",
        "userId=patient,event=handling,timestamp=time,department=employee",
        ("--only", "registration_type=complete"),
    ),
    "weblog": ("events.csv.gz", "messageId=event_id,userId=user_id", ()),
}


def told(lines: list[Json], by: str) -> dict[str, int]:
    return dict(Counter(one[by] for one in lines))


def users_by_event(lines: list[Json]) -> dict[str, int]:
    return dict(Counter(event for event, _ in {(one["event"], one["user_id"]) for one in lines}))


@needs_data
@pytest.mark.parametrize("name", LOGS)
async def test_a_published_log_is_loaded_whole(client: Client, served: Served, name: str) -> None:
    file, mapped, more = LOGS[name]
    expected = figures(name, "expected.json")
    done, aside = said(client, served, DATA / name / file, "--map", mapped, *more)
    rejected = sum(expected["file"]["rejected"].values())
    assert (done["accepted"], done["duplicates"]) == (expected["rows"], 0)
    assert done["quarantined"] == rejected == len(aside)
    found = await counted(client)
    assert len(found["users"]) == expected["unique_users"]
    lines = found["lines"]
    assert found["events"] == expected["events_per_type"]
    assert users_by_event(lines) == expected["users_per_type"]
    days = Counter(one["timestamp"][:10] for one in lines)
    assert days == expected["events_per_day"]
    times = sorted(one["timestamp"] for one in lines)
    assert (times[0], times[-1]) == (expected["first_timestamp"], expected["last_timestamp"])
    for by in ("device", "channel", "department"):
        if f"events_per_{by}" in expected:
            assert told(lines, by) == expected[f"events_per_{by}"]
    again = loading(client, served, DATA / name / file, "--map", mapped, *more)
    assert (again["accepted"], again["duplicates"]) == (0, expected["rows"])


@needs_data
async def test_the_humans_of_a_web_log_are_found_by_a_filter(
    client: Client, served: Served
) -> None:
    file, mapped, _ = LOGS["weblog"]
    loading(client, served, DATA / "weblog" / file, "--map", mapped)
    expected = figures("weblog", "expected_humans.json")
    out = [
        {"field": name, "op": "in", "value": values}
        for name, values in expected["file"]["exclude"].items()
    ]
    asked = {"filter": json.dumps({"not": {"any": out}})}
    headers = {"Accept": "application/x-ndjson"}
    answer = await client.get("/v1/events", params=asked, headers=headers)
    *lines, _ = [json.loads(line) for line in answer.text.splitlines()]
    assert len(lines) == expected["rows"]
    assert len({one["user_id"] for one in lines}) == expected["unique_users"]
    assert told(lines, "event") == expected["events_per_type"]
    assert users_by_event(lines) == expected["users_per_type"]
    assert Counter(one["timestamp"][:10] for one in lines) == expected["events_per_day"]


@needs_data
async def test_the_events_of_a_web_tracker_count_once_by_their_id(
    client: Client, served: Served
) -> None:
    expected = figures("snowplow_web", "expected_extra.json")
    mapped = "messageId=event_id,anonymousId=domain_userid,userId=user_id,event=event_name"
    mapped += ",timestamp=derived_tstamp,campaign=mkt_campaign"
    file = DATA / "snowplow_web" / "source_events.csv.gz"
    done = loading(client, served, file, "--map", mapped)
    distinct = expected["source_distinct_event_id"]
    assert done["rows"] == expected["source_rows"]
    assert (done["accepted"], done["quarantined"]) == (distinct, 0)
    assert done["duplicates"] == expected["source_rows"] - distinct
    found = {one["message_id"]: one for one in (await counted(client))["lines"]}
    assert len(found) == distinct
    # The publisher counts a page view for each page_view_id: every one of them is there, once, and
    # whose it was. (Of a person whose cookie was renewed it shows one id; here each stays.)
    views = table("snowplow_web", "expected_page_views.csv.gz")
    assert len(views) == expected["third_party:page_views"]
    for view in views:
        stored = found[view["event_id"]]
        assert (stored["event"], stored["user_id"]) == ("page_view", view["user_id"])
        page = json.loads(stored["properties"][WEB_PAGE])
        assert page[0]["id"] == view["page_view_id"]
    users = table("snowplow_web", "expected_users.csv.gz")
    known = {one["anonymous_id"] for one in found.values()}
    assert {user["domain_userid"] for user in users} <= known


WEB_PAGE = "contexts_com_snowplowanalytics_snowplow_web_page_1_0_0"
