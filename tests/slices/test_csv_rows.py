"""Profiles, personas and touchpoints as CSV: whole lists out, many rows in."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.characters import fit
from tests.faces.full import BODIES, having, texts
from tests.make import Client, pointers

CSV = {"content-type": "text/csv"}
KINDS = ("profiles", "personas", "touchpoints")
NAMED = "external_ids,name\ncrm:1,Ann\n"

awkward = (
    st.text(
        st.characters(exclude_characters="\0", exclude_categories=["Cs"])
        | st.sampled_from("'=+-@\t\r\n\",;[{客"),
        min_size=1,
        max_size=12,
    )
    .map(fit)
    .filter(lambda text: text.strip())
)


async def exported(client: Client, kind: str, query: str = "") -> str:
    answer = await client.get(f"/v1/{kind}{query}", headers={"Accept": "text/csv"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return answer.text


async def imported(client: Client, kind: str, text: str | bytes) -> list[dict[str, Any]]:
    answer = await client.post(f"/v1/{kind}/import", content=text, headers=CSV)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def outcomes(items: list[dict[str, Any]]) -> list[str]:
    return [one["outcome"] for one in items]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_list_comes_back_in_another_workspace(
    client: Client, stranger: Client, kind: str
) -> None:
    body = BODIES[f"/v1/{kind}"]
    for n in range(3):
        names = [{"source": source, "id": f"{n}:x"} for source in ("crm", "erp")]
        more = {"key": f"k{n}"} if kind == "touchpoints" else {}
        await client.made(f"/v1/{kind}", body | {"external_ids": names} | more)
    text = await exported(client, kind, "?sort=created_at")
    items = await imported(stranger, kind, text)
    assert outcomes(items) == ["created"] * 3
    assert [one["line"] for one in items] == [2, 3, 4]
    found = [await stranger.got(f"/v1/{kind}/{one['id']}") for one in items]
    there = (await client.got(f"/v1/{kind}?sort=created_at"))["items"]
    own = {"id", "created_at", "updated_at", "version"}
    assert [{n: v for n, v in one.items() if n not in own} for one in found] == [
        {n: v for n, v in one.items() if n not in own} for one in there
    ]
    assert sorted((await exported(stranger, kind)).splitlines()) == sorted(text.splitlines())
    assert outcomes(await imported(stranger, kind, text)) == ["unchanged"] * 3


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(awkward)
async def test_any_text_in_any_member_comes_back(
    client: Client, stranger: Client, text: str
) -> None:
    body = BODIES["/v1/personas"] | {"external_ids": [{"source": "a:b", "id": text}]}
    free = ("demographics", "attributes", "external_ids", "role")
    for at in texts(body):
        if at[0] not in free and at[-1] not in ("key", "topic"):
            body = having(body, at, text)
    made = await client.made("/v1/personas", body)
    filter_ = '{"field":"id","op":"eq","value":"' + made["id"] + '"}'
    (one,) = await imported(
        stranger, "personas", await exported(client, "personas", f"?filter={filter_}")
    )
    copy = await stranger.got(f"/v1/personas/{one['id']}")
    own = {"id": None, "created_at": None, "updated_at": None, "version": None}
    assert copy | own == made | own


@pytest.mark.parametrize(
    ("kind", "lost"), [("profiles", ""), ("personas", "avatar"), ("touchpoints", "")]
)
async def test_what_a_list_does_not_carry_is_said(client: Client, kind: str, lost: str) -> None:
    answer = await client.get(f"/v1/{kind}?format=csv")
    assert answer.headers["waypost-not-carried"] == lost
    assert len(answer.text.splitlines()) == 1


async def test_a_row_is_known_by_its_names_and_only_what_is_said_changes(client: Client) -> None:
    (ann,) = await imported(client, "personas", NAMED)
    assert ann["outcome"] == "created"
    await client.patch(f"/v1/personas/{ann['id']}", json={"quote": "Soon", "goals": ["rest"]})
    names = [{"source": "crm", "id": "1"}, {"source": "erp", "id": "9"}]
    await client.patch(f"/v1/personas/{ann['id']}", json={"external_ids": names})
    text = "Name ;EXTERNAL_ID;goals\nAnna;crm:1;a; b\n".replace("a; b", '"a; b"')
    (same,) = await imported(client, "personas", b"\xff\xfe" + text.encode("utf-16-le"))
    assert same == {"line": 2, "id": ann["id"], "outcome": "updated"}
    found = await client.got(f"/v1/personas/{ann['id']}")
    assert (found["name"], found["quote"], found["goals"]) == ("Anna", "Soon", ["a", "b"])
    assert found["external_ids"] == names
    pains = "name,external_id,pains\nAnna,crm:1,fees; queues\n"
    for _ in ("added", "given keys before"):
        assert outcomes(await imported(client, "personas", pains)) == ["updated"]
    found = await client.got(f"/v1/personas/{ann['id']}")
    assert [one["key"] for one in found["pains"]] == ["fees", "queues"]
    assert outcomes(await imported(client, "personas", text)) == ["unchanged"]
    assert await client.got(f"/v1/personas/{ann['id']}") == found
    await imported(client, "personas", "external_id,name,quote,goals\ncrm:1,Anna,,\n")
    found = await client.got(f"/v1/personas/{ann['id']}")
    assert (found["quote"], found["goals"]) == (None, [])


async def test_touchpoints_are_known_by_key(client: Client) -> None:
    first = await imported(
        client, "touchpoints", "key,name,channel\nhotline,Hotline,phone\n,Mail,\n"
    )
    assert outcomes(first) == ["created", "created"]
    again = await imported(client, "touchpoints", "key,name\nhotline,Hot line\nmail,Mail\n")
    assert [one["id"] for one in again] == [one["id"] for one in first]
    assert outcomes(again) == ["updated", "unchanged"]
    found = await client.got(f"/v1/touchpoints/{first[0]['id']}")
    assert (found["key"], found["name"], found["channel"]) == ("hotline", "Hot line", "phone")


async def test_rows_name_each_other_in_any_order(client: Client, stranger: Client) -> None:
    text = "name,external_id,parent_id\nNarrow,crm:3,crm:2\nMiddle,crm:2,crm:1\nWide,crm:1,\n"
    narrow, middle, wide = await imported(client, "profiles", text)
    found = await client.got(f"/v1/profiles/{narrow['id']}")
    assert found["parent_id"] == middle["id"] != wide["id"]
    out = await exported(client, "profiles", "?sort=name")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [(row["name"], row["parent_id"]) for row in rows] == [
        ("Middle", "crm:1"),
        ("Narrow", "crm:2"),
        ("Wide", ""),
    ]
    assert outcomes(await imported(stranger, "profiles", out)) == ["created"] * 3
    people = "name,profile_id\nAnn,crm:3\nBen," + narrow["id"] + "\n"
    ann, ben = await imported(client, "personas", people)
    for one in (ann, ben):
        found = await client.got(f"/v1/personas/{one['id']}")
        assert found["profile_id"] == narrow["id"]
    answer = await stranger.post("/v1/personas/import", content=people, headers=CSV)
    assert (answer.status_code, pointers(answer)) == (422, {"/lines/3/profile_id"})


@pytest.mark.parametrize(
    ("kind", "text", "status", "found"),
    [
        ("personas", "id,nom\n", 422, {"/lines/1/id", "/lines/1/nom", "/lines/1/name"}),
        ("personas", "name,external_id,external_ids\n", 422, {"/lines/1/external_ids"}),
        (
            "personas",
            'name,role,goals\n,x,"[1,"\nAnn,user,[1]\n',
            422,
            {"/lines/2/name", "/lines/2/role", "/lines/2/goals", "/lines/3/goals/0"},
        ),
        ("personas", "name,profile_id\nA,crm:1\nB,x\n", 422, {"/lines/3/profile_id"}),
        ("personas", "name,profile_id\nA,crm:1\nB,crm:2\n", 422, None),
        ("personas", "name,external_id\nA,crm:1\nB,crm:1\n", 422, {"/lines/3/external_ids"}),
        ("personas", "name,external_id\nA,crm\n", 422, {"/lines/2/external_ids/0/id"}),
        (
            "profiles",
            "name,external_id,parent_id\nA,crm:1,crm:2\nB,crm:2,crm:1\n",
            422,
            None,
        ),
        ("profiles", 'name,attributes\nA,"{""age_range"":1}"\nB,x\n', 422, {"/lines/3/attributes"}),
        (
            "profiles",
            'name,attributes,criteria\nA,"{""age_range"":1}",\nB,,x\n',
            422,
            {"/lines/2/attributes/age_range", "/lines/3/criteria"},
        ),
        ("touchpoints", "key,name\na,A\na,B\n", 422, {"/lines/3/key"}),
        ("touchpoints", "name\n" + "A\n" * 1001, 413, None),
        ("touchpoints", b"name\n\xff", 400, {"/lines/2"}),
    ],
)
async def test_every_cell_that_is_not_acceptable_is_named_and_nothing_is_stored(
    client: Client, kind: str, text: str | bytes, status: int, found: set[str] | None
) -> None:
    answer = await client.post(f"/v1/{kind}/import", content=text, headers=CSV)
    assert answer.status_code == status, answer.text
    assert found is None or pointers(answer) == found, answer.text
    assert (await client.got(f"/v1/{kind}"))["items"] == []


async def test_names_are_texts_unless_a_source_holds_a_colon(
    client: Client, stranger: Client
) -> None:
    text = ({"source": "crm", "id": "f:2"}, {"source": "erp", "id": "客;1"})
    for n, names in enumerate((text, ({"source": "a:b", "id": "1"}, {"source": "c", "id": "2"}))):
        await client.made("/v1/personas", {"name": f"P{n}", "external_ids": names})
    out = await exported(client, "personas", "?sort=name")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert rows[0]["external_ids"] == '["crm:f:2","erp:客;1"]'
    assert json.loads(rows[1]["external_ids"])[0] == {"source": "a:b", "id": "1"}
    assert outcomes(await imported(stranger, "personas", out)) == ["created"] * 2
    assert await exported(stranger, "personas", "?sort=name") == out


async def test_names_of_two_rows_are_not_one(client: Client) -> None:
    await imported(client, "personas", "name,external_id\nA,crm:1\nB,crm:2\n")
    text = "name,external_ids\nA,crm:1; crm:2\n"
    answer = await client.post("/v1/personas/import", content=text, headers=CSV)
    assert (answer.status_code, pointers(answer)) == (422, {"/lines/2/external_ids"})


@pytest.mark.parametrize("media", ["application/json", "text/plain", ""])
async def test_rows_come_as_csv_alone(client: Client, media: str) -> None:
    headers = {"content-type": media}
    answer = await client.post("/v1/personas/import", content="name\nA\n", headers=headers)
    assert answer.status_code == 415


async def test_the_whole_filtered_list_is_there_past_one_page(client: Client) -> None:
    rows = "".join(f"k{n:04},T{n}\n" for n in range(450))
    await imported(client, "touchpoints", f"key,name\n{rows}other,Other\n")
    text = await exported(client, "touchpoints", "?q=T&sort=key&count=true")
    keys = [row["key"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert keys == [f"k{n:04}" for n in range(450)] + ["other"]
    assert len((await exported(client, "touchpoints", "?q=T&sort=key&limit=7")).splitlines()) == 8
    page = await client.got("/v1/touchpoints?sort=key&limit=200&format=json")
    rest = await exported(client, "touchpoints", f"?sort=key&format=csv&after={page['next']}")
    assert len(rest.splitlines()) == 1 + 251
    before = await client.statements()
    await exported(client, "touchpoints")
    assert await client.statements() - before == 3


@pytest.mark.parametrize("query", ["?sort=colour", "?filter={", "?after=x", "?format=xml"])
async def test_what_is_wrong_with_a_list_is_said_before_it_begins(
    client: Client, query: str
) -> None:
    answer = await client.get(f"/v1/personas{query}", headers={"Accept": "text/csv"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_nobody_elses_rows_are_found_by_name(client: Client, stranger: Client) -> None:
    (mine,) = await imported(client, "personas", NAMED)
    (theirs,) = await imported(stranger, "personas", NAMED)
    assert (theirs["outcome"], theirs["id"] == mine["id"]) == ("created", False)
    assert len((await exported(stranger, "personas")).splitlines()) == 2
