"""Tables of events (CSV) over HTTP: mapped, stored while they come, counted once."""

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from service.domain.event_tables import Columns
from service.loading import Counts, bodies
from tests.make import Client

TABLE = "text/csv; charset=utf-8"
MAP = "userId=card,event=visit,timestamp=at"
VISITS = (
    "card,visit,at,note,price,void\r\n"
    '7,Paid,2026-05-01T10:00:00Z,"said ""so"",\nand left",12.5,no\r\n'
    "8,Paid,2026-05-01T11:00:00Z,,3,yes\r\n"
    "\r\n"
    "7,Left,2026-05-01T12:00:00Z,,,no\r\n"
    "7,Left,2026-05-01T12:00:00Z,,,no\r\n"
)


async def sent(client: Client, body: Any, **query: str) -> dict[str, Any]:
    answer = await client.post(
        "/v1/events", params=query, content=body, headers={"Content-Type": TABLE}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def found(client: Client) -> list[dict[str, Any]]:
    return list((await client.got("/v1/events"))["items"])


async def test_a_table_is_taken_as_its_mapping_says_and_once(client: Client) -> None:
    """Rows that are the same count as often as they stand in it."""
    asked = {"map": MAP, "json": "price", "only": "void=no", "set": "channel=till"}
    told = await sent(client, "\ufeff" + VISITS, **asked)
    assert told == {"accepted": 3, "duplicates": 0, "quarantined": 0, "left_out": 1}
    first, *rest = await found(client)
    assert (first["user_id"], first["event"], first["channel"]) == ("7", "Paid", "till")
    assert first["timestamp"] == "2026-05-01T10:00:00+00:00"
    note = 'said "so",\nand left'
    assert first["properties"] == {"note": note, "price": 12.5, "void": "no"}
    assert [one["event"] for one in rest] == ["Left", "Left"]
    again = await sent(client, gzip.compress(VISITS.encode()), **asked)
    assert again == {"accepted": 0, "duplicates": 3, "quarantined": 0, "left_out": 1}


async def test_the_command_and_the_call_know_a_row_by_the_same_name(
    client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "visits.csv"
    path.write_text(VISITS, newline="")
    mapping = Columns({"userId": "card", "event": "visit", "timestamp": "at"}, {}, {})
    ((_, body),) = bodies(path, mapping, Counts())
    answer = await client.post("/v1/events", content=body)
    assert answer.json()["accepted"] == 4
    assert (await sent(client, VISITS, map=MAP))["duplicates"] == 4


async def test_however_a_table_is_cut_it_is_the_same(client: Client) -> None:
    async def bytewise() -> AsyncIterator[bytes]:
        for byte in VISITS.rstrip().encode():
            yield bytes([byte])

    assert (await sent(client, bytewise(), map=MAP))["accepted"] == 4
    assert (await sent(client, VISITS, map=MAP))["duplicates"] == 4
    many = "userId,event,n\n" + "".join(f'u,E,"{n}\n"\n' for n in range(5_000))
    assert (await sent(client, many))["accepted"] == 5_000


async def test_a_bad_row_spoils_no_other_and_is_named_by_its_place(client: Client) -> None:
    rows = ["a,E,1", ",E,2", "b,E,3,more", "c,E,x", "d,E,\udcff", "e,E,5"]
    body = "\n".join(["userId,event,n", *rows]).encode("utf-8", "surrogateescape")
    told = await sent(client, body, json="n")
    assert (told["accepted"], told["quarantined"]) == (2, 4)
    assert [(one["index"], one["code"], one.get("pointer")) for one in told["rejected"]] == [
        (1, "id_missing", "/userId"),
        (2, "surplus_cells", None),
        (3, "json_invalid", "/properties/n"),
        (4, "json_invalid", "/properties/n"),
    ]
    kept = (await client.got("/v1/quarantine", params={"code": "surplus_cells"}))["items"]
    assert json.loads(kept[0]["message"])["properties"] == {"n": "3"}


async def test_a_wrong_row_takes_no_good_ones_name(client: Client, tmp_path: Path) -> None:
    body = "userId,event\nu,a,extra\nu,a\n"
    assert (await sent(client, body))["accepted"] == 1
    path = tmp_path / "rows.csv"
    path.write_text(body)
    ((_, lines),) = bodies(path, Columns(), Counts())
    answer = await client.post("/v1/events", content=lines)
    assert (answer.json()["accepted"], answer.json()["duplicates"]) == (0, 1)


async def test_rows_are_chosen_by_what_is_written_and_lines_end_as_in_files(client: Client) -> None:
    body = "userId,event,paid,void\r\nu,a,true,\ru,b,false,\nu,c,true,x\n"
    told = await sent(client, body, only="paid=true,void=", json="paid")
    assert (told["accepted"], told["left_out"]) == (1, 2)
    assert [one["event"] for one in await found(client)] == ["a"]


@pytest.mark.parametrize(
    ("query", "body", "status", "at"),
    [
        ({"map": "userId"}, VISITS, 422, "/query/map"),
        ({"map": "userId=nobody"}, VISITS, 422, "/query/map"),
        ({"only": "nothing=1"}, VISITS, 422, "/query/only"),
        ({"json": "nothing"}, VISITS, 422, "/query/json"),
        ({"maps": MAP}, VISITS, 422, "/query/maps"),
        ({"map": MAP}, "x" * 2_000_000, 413, None),
        ({}, VISITS, 422, "/query/map"),
        ({}, "userId;event\nu;a\n", 422, "/query/map"),
        ({"map": "userId=nobody"}, "\udcff\udcfe,event\nu,a\n", 422, "/query/map"),
        ({}, "userId,event,n,n\nu,a,1,2\n", 400, None),
        ({}, "userId,event,\udcfc,\udcfc\nu,a,1,2\n", 400, None),
        ({}, ",".join(f"c{n}" for n in range(3_000)) + "\n", 400, None),
        ({}, "userId,event\nu" + (',"' + "x\n" * 450_000 + '"') * 2, 413, None),
    ],
)
async def test_what_cannot_be_read_as_a_table_is_refused(
    client: Client, query: dict[str, str], body: str, status: int, at: str | None
) -> None:
    raw, table = body.encode("utf-8", "surrogateescape"), {"Content-Type": TABLE}
    answer = await client.post("/v1/events", params=query, content=raw, headers=table)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["pointer"] for one in answer.json().get("errors", ())] == ([at] if at else [])
    assert await found(client) == []


async def test_a_row_that_is_no_message_for_its_size_spoils_no_other(client: Client) -> None:
    told = await sent(client, f"userId,event,note\nu,E,{'x' * 900_000}\nu,E,\n")
    assert (told["accepted"], told["rejected"][0]["code"]) == (1, "too_large")


async def test_a_mapping_goes_with_a_table(client: Client) -> None:
    answer = await client.post("/v1/events", params={"map": MAP}, content=b"{}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/map")
    assert (await sent(client, "")) == {"accepted": 0, "duplicates": 0, "quarantined": 0}
