"""NUL and half a surrogate pair, in every position where text can stand."""

import json
from typing import Any

import pytest

from tests.faces.full import BODIES, Path, having, objects, pointer_to, texts
from tests.make import Client, pointers

ENDS = {"/transitions/0/from", "/transitions/0/to"}
"""Name steps, and so are wrong as well when a step's key is."""


@pytest.mark.parametrize("path", BODIES)
async def test_a_nul_in_any_text(empty: Client, path: str) -> None:
    for at in texts(BODIES[path]):
        answer = await empty.post(path, json=having(BODIES[path], at, "a\0b"))
        assert answer.status_code == 422, (at, answer.text)
        assert {pointer_to(at)} <= pointers(answer) <= {pointer_to(at), *ENDS}


@pytest.mark.parametrize("path", BODIES)
async def test_half_a_surrogate_pair_in_any_text(empty: Client, path: str) -> None:
    for at in texts(BODIES[path]):
        for half in ("\ud800", "\udfff"):
            body = json.dumps(having(BODIES[path], at, f"a{half}b"))
            answer = await empty.post(path, content=body)
            assert answer.status_code in {400, 422}, (at, answer.text)
            assert pointers(answer) in ({""}, {pointer_to(at)})


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("name", ["colour", "a\0b", "\udc00", "", "客户"])
async def test_a_name_that_is_no_member_in_any_object(empty: Client, path: str, name: str) -> None:
    for at in objects(BODIES[path]):
        if is_free(path, at) and name in {"colour", "客户"}:
            continue
        body = json.dumps(having(BODIES[path], (*at, name), "x"))
        answer = await empty.post(path, content=body)
        assert answer.status_code in {400, 422}, (at, answer.text)
        assert pointers(answer) & {"", pointer_to(at), pointer_to((*at, name))}


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("name", ["a\0b", "\ud800", "", "客户"])
async def test_the_same_in_a_patch(client: Client, path: str, name: str) -> None:
    made = await client.made(path, BODIES[path])
    bodies = [{name: "x"}, *({at: {name: "x"}} for at in objects_of(path))]
    for body in bodies:
        answer = await client.patch(f"{path}/{made['id']}", content=json.dumps(body))
        if name == "客户" and is_free(path, tuple(body)):
            continue
        assert answer.status_code in {400, 422}, (body, answer.text)
    if name != "客户":
        assert await client.got(f"{path}/{made['id']}") == made


@pytest.mark.parametrize("path", BODIES)
async def test_what_cannot_be_stored_in_a_query(empty: Client, path: str) -> None:
    searched = {} if path in {"/v1/profile-attributes", "/v1/vocabulary"} else {"q": "a\0b"}
    asked = searched | {"filter": "\0"}
    answer = await empty.get(path, params=asked)
    assert answer.status_code == 422
    assert pointers(answer) == {f"/query/{name}" for name in asked}
    for query in ("q=%FF", "q=%ED%A0%80", "%C3=1", "sort=%FF"):
        assert (await empty.get(f"{path}?{query}")).status_code == 400
    assert (await empty.get(path, params={"sort": "\0"})).status_code in {400, 422}


FREE = {
    ("/v1/accounts", "traits"),
    ("/v1/contacts", "traits"),
    ("/v1/journeys", "variant_axes"),
    ("/v1/personas", "attributes"),
    ("/v1/personas", "demographics"),
    ("/v1/profiles", "attributes"),
}
"""Members that are objects of any members."""


def is_free(path: str, at: Path) -> bool:
    return bool(at) and (path, at[0]) in FREE


def objects_of(path: str) -> list[str]:
    return [str(at[0]) for at in objects(BODIES[path]) if len(at) == 1]


BAD = [
    ({"traits": {"name": "a?b"}}, "/traits/name"),
    ({"traits": {"name": {"first": ["a", "?"]}}}, "/traits/name/first/1"),
    ({"traits": {"a?b": "x"}}, "/traits/a?b"),
    ({"identifiers": [{"source": "user_id", "value": "?"}]}, "/identifiers/0/value"),
    ({"identifiers": [{"source": "crm?", "value": "x"}]}, "/identifiers/0/source"),
    ({"account_id": "?"}, "/account_id"),
    ({"source_updated_at": "?"}, "/source_updated_at"),
    ({"col?our": "x"}, "/col?our"),
]


@pytest.mark.parametrize(("bad", "at"), BAD)
@pytest.mark.parametrize("no_text", ["\\u0000", "\\ud800", "\\uDFFF", "\\udc00\\ud83d"])
async def test_what_is_no_text_spoils_its_own_item_alone(
    client: Client, bad: dict[str, Any], at: str, no_text: str
) -> None:
    """Pairs, and what only looks like halves, are texts as ever."""
    fine = {"name": "\U0001f600", "path": "C:\\ud800"}
    first, last = (
        {"identifiers": [{"source": "user_id", "value": value}], "traits": fine}
        for value in ("ann", "cleo")
    )
    named = {"identifiers": [{"source": "user_id", "value": "ben"}]}
    body = json.dumps({"items": [first, {**named, **bad}, last]}).replace("?", no_text)
    answer = await client.post("/v1/contacts/batch/upsert", content=body)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [one["outcome"] for one in items] == ["created", "rejected", "created"]
    (error,) = items[1]["errors"]
    start, question, end = f"/items/1{at}".partition("?")
    assert error["pointer"].startswith(start) and error["pointer"].endswith(end)
    assert question or error["pointer"] == start
    shown = (await client.got(f"/v1/contacts/{items[0]['id']}"))["traits"]
    assert shown == fine


async def test_a_body_that_is_no_json_for_other_reasons_is_told_so(client: Client) -> None:
    for body in ('{"items": [{"traits": {"a": "\\ud800"}}', '{"items": ["\\ud800", \ud800]}'):
        raw = body.encode("utf-8", "surrogatepass")
        answer = await client.post("/v1/contacts/batch/upsert", content=raw)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
