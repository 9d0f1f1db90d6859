"""Lists over HTTP: pages, cursors, sorts, filters and text search, the same for every resource."""

import base64
import itertools
import json
from typing import Any

import pytest

from tests.make import Client, journey, pointers

SORTS = {
    "/v1/journeys": ("created_at", "updated_at", "title", "status"),
    "/v1/personas": ("created_at", "updated_at", "name"),
    "/v1/profiles": ("created_at", "updated_at", "name"),
    "/v1/touchpoints": ("created_at", "updated_at", "name", "key"),
    "/v1/profile-attributes": ("created_at", "updated_at", "key"),
    "/v1/evidence": ("created_at", "updated_at", "weight", "status", "kind"),
    "/v1/evidence-sources": ("created_at", "updated_at", "title"),
    "/v1/actions": ("created_at", "updated_at", "title", "status"),
    "/v1/kpis": ("created_at", "updated_at", "name", "key"),
    "/v1/alerts": ("created_at", "updated_at", "name", "checked_at"),
    "/v1/vocabulary": ("created_at", "updated_at", "slug", "label", "kind", "use_count"),
    "/v1/contacts": ("created_at", "updated_at"),
    "/v1/accounts": ("created_at", "updated_at", "name"),
}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/journeys": {"title": "A map"},
    "/v1/personas": {"name": "Ann"},
    "/v1/profiles": {"name": "Near retirement"},
    "/v1/touchpoints": {"name": "Hotline"},
    "/v1/profile-attributes": {"label": "Score", "type": "number"},
    "/v1/evidence": {"kind": "anecdotal", "source_kind": "poll", "text": "Yes"},
    "/v1/evidence-sources": {"source_kind": "poll", "title": "Fair"},
    "/v1/actions": {"title": "Act"},
    "/v1/kpis": {"name": "Buyers"},
    "/v1/alerts": {"name": "Look", "watches": {"gap": {}}, "condition": {"above": 0}},
    "/v1/vocabulary": {"kind": "channel"},
    "/v1/contacts": {"traits": {"name": "Ann"}},
    "/v1/accounts": {"name": "Harbour"},
}
NAMES = {"/v1/profile-attributes": "key", "/v1/vocabulary": "slug"}
"""Members that must differ."""


BUILT_IN = {"/v1/profile-attributes": 23, "/v1/kpis": 36}
"""Rows that every workspace has."""


async def some(client: Client, path: str, many: int) -> list[dict[str, Any]]:
    own = [{NAMES[path]: f"own_{n}"} if path in NAMES else {} for n in range(many)]
    return [await client.made(path, BODIES[path] | one) for one in own]


async def walked(client: Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """Every row of a list, page by page."""
    rows: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = await client.got(path, params=query | ({"after": after} if after else {}))
        rows += page["items"]
        after = page["next"]
        if after is None:
            return rows


@pytest.mark.parametrize("path", BODIES)
async def test_a_walk_visits_each_row_once_in_either_direction(client: Client, path: str) -> None:
    ids = {row["id"] for row in await some(client, path, 5)}
    for name, descending in itertools.product(SORTS[path], ("", "-")):
        found = await walked(client, path, sort=descending + name, limit=2)
        assert len(found) == len({row["id"] for row in found}) == 5 + BUILT_IN.get(path, 0)
        assert {row["id"] for row in found} >= ids
        keys = [(row[name], row["id"]) for row in found]
        assert keys == sorted(keys, reverse=bool(descending))


async def test_a_walk_is_not_led_astray_by_new_rows(client: Client) -> None:
    before = await some(client, "/v1/personas", 3)
    page = await client.got("/v1/personas", params={"sort": "created_at", "limit": 2})
    later = await client.made("/v1/personas", {"name": "Later"})
    rest = await client.got(
        "/v1/personas", params={"sort": "created_at", "limit": 2, "after": page["next"]}
    )
    assert [row["id"] for row in rest["items"]] == [before[2]["id"], later["id"]]


async def test_without_a_sort_the_newest_comes_first(client: Client) -> None:
    made = await some(client, "/v1/profiles", 3)
    page = await client.got("/v1/profiles")
    assert [row["id"] for row in page["items"]] == [row["id"] for row in reversed(made)]
    assert page["next"] is None
    assert "total" not in page


async def test_texts_sort_by_code_point(client: Client) -> None:
    for name in ("éa", "a", "Z", "客", "_"):
        await client.made("/v1/personas", {"name": name})
    found = await walked(client, "/v1/personas", sort="name", limit=2)
    assert [row["name"] for row in found] == ["Z", "_", "a", "éa", "客"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "", "1.5"])
async def test_a_limit_out_of_bounds_is_refused(client: Client, limit: str) -> None:
    answer = await client.get("/v1/journeys", params={"limit": limit})
    assert answer.status_code == 422
    assert pointers(answer) == {"/query/limit"}


@pytest.mark.parametrize("path", BODIES)
async def test_count_adds_the_total_of_all_pages(client: Client, path: str) -> None:
    await some(client, path, 3)
    page = await client.got(path, params={"limit": 1, "count": "true"})
    assert page["total"] == 3 + BUILT_IN.get(path, 0)
    assert len(page["items"]) == 1


async def test_a_cursor_belongs_to_its_question(client: Client) -> None:
    await some(client, "/v1/journeys", 3)
    asked = {"limit": 1, "sort": "title", "status": "draft", "q": "map"}
    page = await client.got("/v1/journeys", params=asked)
    after = {"after": page["next"]}
    assert (await client.get("/v1/journeys", params=asked | after)).status_code == 200
    for other in (
        {"sort": "-title"},
        {"status": "live"},
        {"q": "other"},
        {"filter": '{"field": "title", "op": "exists", "value": true}'},
    ):
        answer = await client.get("/v1/journeys", params=asked | after | other)
        assert answer.status_code == 400, other
        assert answer.json()["code"] == "malformed"
    wider = await client.get("/v1/journeys", params=asked | after | {"limit": 50})
    assert len(wider.json()["items"]) == 2, "the page's size is no part of the question"


def cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "after",
    [
        "garbage",
        "!!!",
        "客户",
        "a",
        cursor({}),
        cursor([]),
        cursor(["-created_at", "x", "2026-01-01", "no id"]),
        cursor(["-created_at", 1, None, []]),
        cursor("x") + "====",
        "A" * 3_999,
    ],
)
async def test_what_is_no_cursor_is_malformed(client: Client, after: str) -> None:
    answer = await client.get("/v1/journeys", params={"after": after})
    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed"


@pytest.mark.parametrize("value", ["", "soon", "0", "2026-13-45", "\x00", "1e999"])
async def test_a_forged_cursor_is_malformed(client: Client, value: str) -> None:
    await some(client, "/v1/journeys", 2)
    page = await client.got("/v1/journeys", params={"limit": 1})
    raw = base64.urlsafe_b64decode(page["next"] + "=" * (-len(page["next"]) % 4))
    sort, asked, _, which = json.loads(raw)
    forged = cursor([sort, asked, value, which])
    answer = await client.get("/v1/journeys", params={"limit": 1, "after": forged})
    assert answer.status_code == 400


@pytest.mark.parametrize("sort", ["color", "--title", "-", "title,status", "search", "id"])
async def test_an_unknown_sort_is_malformed(client: Client, sort: str) -> None:
    answer = await client.get("/v1/journeys", params={"sort": sort})
    assert answer.status_code == 400
    assert "title" in answer.json()["detail"]


async def test_typed_filters_choose_rows(client: Client) -> None:
    persona = await client.made("/v1/personas", {"name": "Ann"})
    other = await client.made("/v1/journeys", {"title": "As it is"})
    mine = await client.made(
        "/v1/journeys",
        {
            "title": "As it shall be",
            "status": "live",
            "perspective": "to_be",
            "tags": ["pilot", "b2b"],
            "campaigns": ["autumn"],
            "persona_ids": [persona["id"]],
            "as_is_id": other["id"],
            "variant_of": other["id"],
        },
    )
    for query in (
        {"status": "live"},
        {"perspective": "to_be"},
        {"tag": "b2b"},
        {"campaign": "autumn"},
        {"persona_id": persona["id"]},
        {"as_is_id": other["id"]},
        {"variant_of": other["id"]},
        {"tag": "pilot", "status": "live"},
    ):
        page = await client.got("/v1/journeys", params=query | {"count": True})
        assert [row["id"] for row in page["items"]] == [mine["id"]], query
        assert page["total"] == 1
    none = await client.got("/v1/journeys", params={"tag": "pilot", "status": "draft"})
    assert none["items"] == []


async def test_the_filter_language_chooses_rows(client: Client) -> None:
    adviser = await client.made("/v1/journeys", {"title": "An adviser", "tags": ["pilot"]})
    await client.made("/v1/journeys", {"title": "A broker", "status": "live"})
    for condition, rows in (
        ({"field": "title", "op": "starts_with", "value": "An"}, 1),
        ({"field": "tags", "op": "contains", "value": "pilot"}, 1),
        ({"not": {"field": "title", "op": "contains", "value": "broker"}}, 1),
        ({"all": [{"field": "title", "op": "exists", "value": True}]}, 2),
        ({"any": []}, 0),
        ({"field": "id", "op": "eq", "value": adviser["id"]}, 1),
        ({"field": "created_at", "op": "lt", "value": "2000-01-01T00:00:00Z"}, 0),
    ):
        page = await client.got("/v1/journeys", params={"filter": json.dumps(condition)})
        assert len(page["items"]) == rows, condition


async def test_a_filter_names_its_offending_members(client: Client) -> None:
    wrong = {"all": [{"field": "colour", "op": "eq", "value": 1}, {"field": "title", "op": "is"}]}
    answer = await client.get("/v1/journeys", params={"filter": json.dumps(wrong)})
    assert answer.status_code == 422
    assert pointers(answer) == {
        "/query/filter/all/0/field",
        "/query/filter/all/1/op",
        "/query/filter/all/1/value",
    }


@pytest.mark.parametrize("word", ["客户", "жур", "ΠΕΛΆΤ", "زبون", "100%", "_", "\\", "O'Brien"])
async def test_text_is_found_in_any_script(client: Client, word: str) -> None:
    found = await client.made("/v1/journeys", {"title": f"the {word} map"})
    await client.made("/v1/journeys", {"title": "something else"})
    page = await client.got("/v1/journeys", params={"q": word.lower(), "count": True})
    assert [row["id"] for row in page["items"]] == [found["id"]]
    assert page["total"] == 1


async def test_a_list_shows_parts_only_when_asked(client: Client) -> None:
    made = await client.made("/v1/journeys", journey())
    (flat,) = (await client.got("/v1/journeys"))["items"]
    (whole,) = (await client.got("/v1/journeys", params={"view": "whole"}))["items"]
    parts = {"stages", "transitions"}
    assert whole == made
    assert flat == {name: value for name, value in made.items() if name not in parts}


async def test_parts_come_in_their_order_and_by_the_page(client: Client) -> None:
    made = await client.made("/v1/journeys", journey(stages=4))
    at = f"/v1/journeys/{made['id']}/stages"
    assert [row["id"] for row in await walked(client, at, limit=1)] == [
        stage["id"] for stage in made["stages"]
    ]
    backwards = await walked(client, at, limit=3, sort="-position", view="whole")
    assert backwards == list(reversed(made["stages"]))


async def test_a_parameter_nobody_knows_is_refused(client: Client) -> None:
    answer = await client.get("/v1/journeys", params={"colour": "blue", "limit": 0})
    assert answer.status_code == 422
    assert pointers(answer) == {"/query/colour", "/query/limit"}


async def test_a_parameter_is_given_once(client: Client) -> None:
    answer = await client.get("/v1/journeys?status=a&status=b&limit=1&limit=2&q=x")
    assert answer.status_code == 422
    assert pointers(answer) == {"/query/status", "/query/limit"}


@pytest.mark.parametrize(
    "query", ["q=%E5%AE%A2%E6%88%B7", "q=%e5%ae%a2+%E6%97%85", "&q=%E5%AE%A2&"]
)
async def test_a_query_is_read_as_urls_are(client: Client, query: str) -> None:
    made = await client.made("/v1/journeys", {"title": "客户 客 旅"})
    (found,) = (await client.got(f"/v1/journeys?{query}"))["items"]
    assert found["id"] == made["id"]


async def test_a_cursor_of_another_list_is_refused(client: Client) -> None:
    for name in ("One", "Two"):
        await client.made("/v1/journeys", {"title": name})
        await client.made("/v1/personas", {"name": name})
    after = (await client.got("/v1/journeys?limit=1"))["next"]
    assert len((await client.got("/v1/journeys", params={"after": after}))["items"]) == 1
    answer = await client.get("/v1/personas", params={"after": after})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
