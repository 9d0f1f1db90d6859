"""Problem documents and request ids: what every refusal over HTTP looks like."""

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.make import Client, journey, pointers

NOBODY = "019e0000-0000-7000-8000-000000000000"
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id"}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The document, held to its shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert MEMBERS <= set(document) <= MEMBERS | {"errors", "users"}
    assert document["status"] == status
    assert document["code"] == code
    assert document["type"] == f"urn:waypost:problem:{code}"
    assert document["instance"] == answer.request.url.path
    assert document["request_id"] == answer.headers["x-request-id"]
    assert document["detail"]
    for error in document.get("errors", []):
        assert set(error) == {"pointer", "code", "detail"}
    return document


async def test_every_offending_member_is_named_at_once(client: Client) -> None:
    body = {
        "title": "",
        "colour": "red",
        "perspective": "sideways",
        "persona_ids": [NOBODY, "x"],
        "value_per_conversion": {"amount": "much", "currency": "euro"},
        "stages": [
            {"name": "ok", "steps": [{"action": "ok"}, {"action": 7, "emotion": 0.3}]},
            {"steps": [{}]},
        ],
        "transitions": [{"from": "a b", "probability": 2}],
    }
    answer = await client.post("/v1/journeys", json=body)
    problem(answer, 422, "invalid")
    assert pointers(answer) == {
        "/title",
        "/colour",
        "/perspective",
        "/persona_ids/1",
        "/value_per_conversion/amount",
        "/value_per_conversion/currency",
        "/stages/0/steps/1/action",
        "/stages/0/steps/1/emotion",
        "/stages/1/name",
        "/stages/1/steps/0/action",
        "/transitions/0/from",
        "/transitions/0/to",
        "/transitions/0/probability",
    }


async def test_every_reference_to_nothing_is_named_at_once(client: Client) -> None:
    step = {
        "action": "call",
        "journey_id": NOBODY,
        "touchpoints": [{"key": "none"}, {"touchpoint_id": NOBODY}],
        "emotions": [{"persona_id": NOBODY, "rating": 1}],
        "binding": {"field": "nothing", "op": "is"},
    }
    body = {
        "title": "A map",
        "persona_ids": [NOBODY],
        "next_journey_ids": [NOBODY],
        "stages": [{"name": "a", "key": "x", "steps": [step]}, {"name": "b", "key": "x"}],
        "transitions": [{"from": "call", "to": "nowhere"}],
    }
    answer = await client.post("/v1/journeys", json=body)
    problem(answer, 422, "invalid")
    assert pointers(answer) >= {
        "/persona_ids/0",
        "/next_journey_ids/0",
        "/stages/1/key",
        "/stages/0/steps/0/journey_id",
        "/stages/0/steps/0/touchpoints/0/key",
        "/stages/0/steps/0/touchpoints/1/touchpoint_id",
        "/stages/0/steps/0/emotions/0/persona_id",
        "/stages/0/steps/0/binding/field",
        "/transitions/0/to",
    }
    assert (await client.got("/v1/journeys"))["items"] == []


async def test_a_pointer_escapes_what_a_pointer_must(client: Client) -> None:
    answer = await client.post("/v1/personas", json={"name": "Ann", "a/b": 1, "c~d": 2, "客": 3})
    problem(answer, 422, "invalid")
    assert pointers(answer) == {"/a~1b", "/c~0d", "/客"}


async def test_a_body_with_a_thousand_offences_names_some_and_counts_all(client: Client) -> None:
    answer = await client.post("/v1/personas", json={f"member-{n}": n for n in range(1500)})
    document = problem(answer, 422, "invalid")
    assert len(document["errors"]) == 1000
    assert "1501" in document["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"/v1/journeys/{NOBODY}", 404, "not_found"),
        ("DELETE", f"/v1/steps/{NOBODY}", 404, "not_found"),
        ("GET", f"/v1/journeys/{NOBODY}/stages", 404, "not_found"),
        ("GET", "/v1/nothing", 404, "no_such_route"),
        ("GET", "/v1/journeys/not-an-id", 404, "no_such_route"),
        ("GET", "/v1/journeys/", 404, "no_such_route"),
        ("POST", "/", 405, "method_not_allowed"),
        ("DELETE", "/v1/journeys", 405, "method_not_allowed"),
        ("PUT", "/v1/journeys", 405, "method_not_allowed"),
        ("POST", f"/v1/journeys/{NOBODY}", 405, "method_not_allowed"),
        ("POST", "/v1/profile-attributes/import", 404, "no_such_route"),
    ],
)
async def test_what_is_not_there(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    problem(await client.request(method, path), status, code)


async def test_a_refused_method_says_which_are_not(client: Client) -> None:
    answer = await client.delete("/v1/journeys")
    assert {m.strip() for m in answer.headers["allow"].split(",")} >= {"GET", "POST"}
    answer = await client.post(f"/v1/journeys/{NOBODY}")
    allowed = {m.strip() for m in answer.headers["allow"].split(",")}
    assert allowed >= {"GET", "PATCH", "PUT", "DELETE"}


async def test_who_shows_no_key_learns_nothing(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://waypost") as nobody:
        for headers in (
            {},
            {"Authorization": "Basic abc"},
            {"Authorization": "Bearer"},
            {"Authorization": f"Bearer wp_{'0' * 64}_{'a' * 59}"},
        ):
            answer = await nobody.get(f"/v1/journeys/{NOBODY}", headers=headers)
            problem(answer, 401, "unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "x", "a/b;c"])
async def test_another_media_type_is_not_supported(client: Client, media: str) -> None:
    headers = {"content-type": media}
    answer = await client.post("/v1/personas", content=b'{"name": "Ann"}', headers=headers)
    problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "media",
    ["application/json", "APPLICATION/JSON; charset=utf-8", "application/vnd.crm+json", None],
)
async def test_json_may_be_called_what_it_is(client: Client, media: str | None) -> None:
    headers = {} if media is None else {"content-type": media}
    answer = await client.post("/v1/personas", content=b'{"name": "Ann"}', headers=headers)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{'a': 1}", b'{"name": "Ann"} x', b"\xff\xfe", b"\x00"]
)
async def test_what_is_not_json_is_malformed(client: Client, body: bytes) -> None:
    answer = await client.post("/v1/personas", content=body)
    document = problem(answer, 400, "malformed")
    assert document["errors"][0]["pointer"] == ""
    assert "column" in document["errors"][0]["detail"]


@pytest.mark.parametrize("media", ["application/json", "application/x-www-form-urlencoded", None])
async def test_nothing_is_sent_where_no_member_is_needed(client: Client, media: str | None) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    headers = {} if media is None else {"content-type": media}
    at = f"/v1/journeys/{made['id']}"
    published = await client.post(f"{at}/publish", headers=headers)
    assert (published.status_code, published.json().get("label")) == (201, None)
    for garbage in (b" ", b"x", b"{"):
        problem(await client.post(f"{at}/publish", content=garbage), 400, "malformed")
    # A change that says nothing is rather one that was lost on its way.
    for method in ("PATCH", "PUT"):
        problem(await client.request(method, at), 400, "malformed")


async def test_the_contract_says_which_bodies_may_be_empty(client: Client) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    needed = {
        path: operations["post"]["requestBody"].get("required", False)
        for path, operations in paths.items()
        if "requestBody" in operations.get("post", ())
    }
    assert needed["/v1/journeys/{journey_id}/publish"] is False
    assert needed["/v1/reviews/{review_id}/complete"] is False
    assert needed["/v1/journeys"] is needed["/v1/journeys/{journey_id}/restore"] is True
    patched = paths["/v1/journeys/{resource_id}"]["patch"]["requestBody"]
    assert patched["required"] is True


async def test_what_is_nowhere_is_called_as_callers_call_it(client: Client) -> None:
    nobody = "0198c7f0-0000-7000-8000-000000000000"
    answer = await client.post("/v1/journeys", json=journey(1, 1, variant_of=nobody))
    (error,) = problem(answer, 422, "invalid")["errors"]
    assert error["detail"] == "there is no such journey"
    answer = await client.post("/v1/personas", json={"name": "Ann", "profile_id": nobody})
    (error,) = problem(answer, 422, "invalid")["errors"]
    assert error["detail"] == "there is no such profile"


@pytest.mark.parametrize("sent", ["abc", "A.b_c-9", "x" * 128])
async def test_a_request_id_comes_back(client: Client, sent: str) -> None:
    answer = await client.get("/v1/journeys", headers={"X-Request-Id": sent})
    assert answer.headers["x-request-id"] == sent
    refused = await client.get("/v1/nothing", headers={"X-Request-Id": sent})
    assert problem(refused, 404, "no_such_route")["request_id"] == sent


@pytest.mark.parametrize("sent", ["", "a b", "x" * 129, "a\tb", "<script>", 'a"b', None])
async def test_what_is_no_request_id_is_replaced(client: Client, sent: str | None) -> None:
    headers = {} if sent is None else {"X-Request-Id": sent}
    one = await client.get("/v1/journeys", headers=headers)
    other = await client.get("/v1/journeys", headers=headers)
    for answer in (one, other):
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    assert one.headers["x-request-id"] != other.headers["x-request-id"]


async def test_an_answer_is_never_sniffed(client: Client) -> None:
    for path in ("/v1/journeys", "/v1/nothing", f"/v1/journeys/{NOBODY}"):
        assert (await client.get(path)).headers["x-content-type-options"] == "nosniff"


async def test_what_is_private_is_cached_nowhere_else(client: Client) -> None:
    made = await client.made("/v1/personas", {"name": "Ann"})
    for path in ("/v1/personas", f"/v1/personas/{made['id']}"):
        headers = (await client.get(path)).headers
        assert headers["cache-control"] == "private, no-cache"
        assert "Authorization" in headers["vary"]
