"""Who belongs to which profile: yes, no, and nobody can tell."""

import json
from typing import Any

import pytest

from service.domain.ids import new_id
from tests.make import Client, pointers
from tests.slices.test_contact_search import Past, found, past, people  # noqa: F401
from tests.slices.test_contacts import made

AGE: dict[str, Any] = {"field": "traits.age", "op": "ge", "value": 55}
COUNTRY: dict[str, Any] = {"field": "traits.country", "op": "ne", "value": "AT"}


async def profile(client: Client, name: str, **members: Any) -> str:
    body = {"name": name, **members}
    return str((await client.made("/v1/profiles", body))["id"])


async def listed(client: Client, which: str, **query: Any) -> set[str]:
    page = await client.got(f"/v1/profiles/{which}/contacts", params=query)
    return {row["traits"]["name"] for row in page["items"]}


async def counts(client: Client, which: str) -> tuple[int, int, int]:
    told = await client.got(f"/v1/profiles/{which}/preview")
    return tuple(told[word]["numerator"] for word in ("yes", "no", "unknown"))  # type: ignore[return-value]


async def reasons(client: Client, contact: str) -> dict[str, dict[str, Any]]:
    told = await client.got(f"/v1/contacts/{contact}/profiles")
    return {one["name"]: one for one in told["items"]}


async def somebody(client: Client, name: str, **traits: Any) -> str:
    return str((await made(client, traits={"name": name, **traits}))["id"])


async def test_a_profile_has_members_others_and_those_nobody_can_tell(client: Client) -> None:
    for name, traits in (
        ("ann", {"age": 60, "country": "AT"}),
        ("ben", {"age": 40, "country": "AT"}),
        ("cleo", {"age": 60, "country": "DE"}),
        ("dora", {"age": 60}),
        ("emil", {"country": "DE"}),
        ("finn", {"age": "60", "country": "AT"}),
    ):
        await somebody(client, name, **traits)
    which = await profile(client, "Savers", criteria=AGE, exclusions=COUNTRY)
    assert await listed(client, which) == {"ann"}
    assert await listed(client, which, membership="no") == {"ben", "cleo", "emil"}
    assert await listed(client, which, membership="unknown") == {"dora", "finn"}
    told = await client.got(f"/v1/profiles/{which}/preview")
    assert await counts(client, which) == (1, 3, 2)
    assert told["contacts"] == told["yes"]["denominator"] == 6
    assert (told["yes"]["value"], told["yes"]["low"] > 0) == (pytest.approx(1 / 6), True)
    assert told["missing"] == [
        {"field": "traits.age", "unknown": 1},
        {"field": "traits.country", "unknown": 1},
    ]
    assert (told["excluded"], told["untested"]) == ([], [])


async def test_a_member_satisfies_all_wider_profiles(client: Client) -> None:
    await somebody(client, "ann", age=60, plan="gold")
    await somebody(client, "ben", age=40, plan="gold")
    await somebody(client, "cleo", plan="gold")
    wide = await profile(client, "Wide", criteria=AGE)
    gold = {"field": "traits.plan", "op": "eq", "value": "gold"}
    narrow = await profile(client, "Narrow", criteria=gold, parent_id=wide)
    assert (await listed(client, narrow), await counts(client, narrow)) == ({"ann"}, (1, 1, 1))
    within = (await client.got(f"/v1/profiles/{narrow}/preview"))["definition"]["within"]
    assert within == [wide]


async def test_a_profile_without_criteria_tests_nobody(client: Client) -> None:
    await somebody(client, "ann", country="AT")
    await somebody(client, "ben", country="DE")
    which = await profile(client, "Described", exclusions=COUNTRY)
    assert await counts(client, which) == (0, 1, 1)
    told = await client.got(f"/v1/profiles/{which}/preview")
    why = {"profile_id": which, "name": "Described", "reason": "no_criteria"}
    assert told["untested"] == [why]
    everybody = await profile(client, "All", criteria={"all": []})
    assert await counts(client, everybody) == (2, 0, 0)


async def test_figures_leave_some_contacts_out_and_say_so(client: Client) -> None:
    which = await profile(client, "All", criteria={"all": []})
    ids = {name: await somebody(client, name) for name in ("ann", "gone", "held", "objects")}
    await made(client, traits={"name": "staff"}, test=True)
    await client.delete(f"/v1/contacts/{ids['gone']}")
    await client.post(f"/v1/contacts/{ids['held']}/restrict")
    said = {"purpose": "analytics", "granted": False}
    await client.post(f"/v1/contacts/{ids['objects']}/consents", json=said)
    told = await client.got(f"/v1/profiles/{which}/preview")
    assert {one["reason"]: one["count"] for one in told["excluded"]} == dict.fromkeys(
        ("archived", "test", "restricted", "not_for_analytics"), 1
    )
    assert (told["contacts"], await listed(client, which)) == (1, {"ann"})
    about = await client.got(f"/v1/contacts/{ids['objects']}/profiles")
    assert (about["items"], about["excluded"][0]["reason"]) == ([], "not_for_analytics")


async def test_conditions_are_tried_before_they_are_stored(client: Client) -> None:
    await somebody(client, "ann", age=60)
    wide = await profile(client, "Wide", criteria=AGE)
    body = {"criteria": {"all": []}, "parent_id": wide}
    told = (await client.post("/v1/profiles/preview", json=body)).json()
    assert (told["yes"]["numerator"], told["definition"]["profile_id"]) == (1, None)
    nobody = str(new_id())
    bad = {"criteria": {"field": "nothing", "op": "eq", "value": 1}, "parent_id": nobody}
    answer = await client.post("/v1/profiles/preview", json=bad)
    assert (answer.status_code, pointers(answer)) == (422, {"/criteria/field", "/parent_id"})
    empty = (await client.post("/v1/profiles/preview", json={})).json()
    assert empty["untested"] == [{"profile_id": None, "name": None, "reason": "no_criteria"}]


async def test_each_test_says_what_it_answered(client: Client, past: Past) -> None:  # noqa: F811
    wide = await profile(client, "Wide", criteria=AGE)
    narrow = await profile(
        client,
        "Narrow",
        parent_id=wide,
        criteria={"all": [{"did": "Paid"}, {"field": "traits.plan", "op": "eq", "value": "gold"}]},
        exclusions={"any": [{"consent": "unheard of"}]},
    )
    ids = await people(client, "ann")
    await client.patch(f"/v1/contacts/{ids['ann']}", json={"traits": {"age": 60}})
    await past.did("ann", "Paid")
    told = await reasons(client, ids["ann"])
    assert told["Wide"]["membership"] == "yes"
    assert told["Narrow"]["membership"] == "unknown"
    assert told["Narrow"]["reasons"] == [
        {"profile_id": narrow, "profile": "Narrow", **rest}
        for rest in (
            {"pointer": "/criteria/all/0", "field": "did", "outcome": "held"},
            {"pointer": "/criteria/all/1", "field": "traits.plan", "outcome": "unknown"}
            | {"reason": "missing"},
            {"pointer": "/exclusions/any/0", "field": "consent", "outcome": "unknown"}
            | {"reason": "no_such_purpose"},
        )
    ] + [
        {"profile_id": wide, "profile": "Wide", "pointer": "/criteria", "field": "traits.age"}
        | {"outcome": "held"}
    ]


async def test_membership_is_asked_in_filters(client: Client) -> None:
    for name, traits in (("ann", {"age": 60}), ("ben", {"age": 40}), ("cleo", {})):
        await somebody(client, name, **traits)
    old = await profile(client, "Old", criteria=AGE)
    member = {"field": "member_of", "op": "eq", "value": old}
    assert await found(client, member) == {"ann"}
    assert await found(client, {**member, "op": "ne"}) == {"ben"}
    assert await found(client, {"not": member}) == {"ben"}
    young = await profile(client, "Young", criteria={"not": member})
    assert await counts(client, young) == (1, 1, 1)
    both = {**member, "op": "in", "value": [old, young]}
    assert await found(client, both) == {"ann", "ben"}
    gone = {**member, "op": "in", "value": [old, str(new_id())]}
    refused = await client.post("/v1/contacts/search", json={"filter": {"all": [gone]}})
    assert (refused.status_code, pointers(refused)) == (422, {"/filter/all/0/value/1"})
    page = await client.got("/v1/contacts", params={"filter": json.dumps(member)})
    assert [row["traits"]["name"] for row in page["items"]] == ["ann"]
    for field, op, value, code in (
        ("member_of", "exists", True, "op_not_for_field"),
        ("persona", "eq", old, "not_a_filter_field"),
    ):
        leaf = {"all": [{"field": field, "op": op, "value": value}]}
        answer = await client.post("/v1/contacts/search", json={"filter": leaf})
        assert [e["code"] for e in answer.json()["errors"]] == [code]
        answer = await client.post("/v1/profiles", json={"name": "x", "criteria": leaf})
        assert [e["code"] for e in answer.json()["errors"]] == [code]


async def test_consent_is_asked_as_a_field_too(client: Client) -> None:
    ids = {name: await somebody(client, name) for name in ("ann", "ben")}
    said = {"purpose": "email_marketing", "granted": True}
    await client.post(f"/v1/contacts/{ids['ann']}/consents", json=said)
    asked = {"field": "consent", "op": "contains", "value": "email_marketing"}
    assert await found(client, asked) == {"ann"}
    assert await found(client, {**asked, "op": "ne"}) == {"ben"}


async def test_profiles_do_not_go_round_in_circles(client: Client) -> None:
    one = await profile(client, "One", criteria=AGE)
    member = {"field": "member_of", "op": "eq", "value": one}
    two = await profile(client, "Two", criteria={"any": [AGE, member]})
    within = await profile(client, "Within", parent_id=two, criteria=AGE)
    for body, at in (
        ({"criteria": {**member, "op": "in", "value": [one]}}, "/criteria/value/0"),
        ({"exclusions": {"not": {**member, "value": two}}}, "/exclusions/not/value"),
        ({"parent_id": within}, "/parent_id"),
        ({"criteria": {**member, "value": within}}, "/criteria/value"),
    ):
        answer = await client.patch(f"/v1/profiles/{one}", json=body)
        (problem,) = answer.json()["errors"]
        assert (answer.status_code, problem["pointer"], problem["code"]) == (422, at, "circular")
    answer = await client.post(
        "/v1/profiles", json={"name": "x", "criteria": {**member, "value": str(new_id())}}
    )
    (problem,) = answer.json()["errors"]
    assert (problem["pointer"], problem["code"]) == ("/criteria/value", "unknown_reference")


async def test_a_line_of_profiles_has_an_end(client: Client) -> None:
    which = await profile(client, "0", criteria=AGE)
    for n in range(1, 15):
        member = {"field": "member_of", "op": "eq", "value": which}
        which = await profile(client, str(n), criteria=member)
    body = {"name": "x", "criteria": {"field": "member_of", "op": "eq", "value": which}}
    await client.made("/v1/profiles", {"name": "last", "parent_id": which})
    answer = await client.post("/v1/profiles", json=body)
    assert answer.status_code == 201
    body["criteria"] = {**body["criteria"], "value": answer.json()["id"]}  # type: ignore[dict-item]
    answer = await client.post("/v1/profiles", json=body)
    (problem,) = answer.json()["errors"]
    assert (problem["pointer"], problem["code"]) == ("/criteria/value", "chain_too_long")
    answer = await client.post("/v1/contacts/search", json={"filter": body["criteria"]})
    assert answer.status_code == 200
    deep = {"any": [{"field": "member_of", "op": "eq", "value": which}] * 100}
    answer = await client.post("/v1/contacts/search", json={"filter": deep})
    assert answer.status_code == 200


async def test_many_tests_behind_few_words_are_counted(client: Client) -> None:
    which = await profile(client, "0", criteria={"all": [AGE] * 90})
    twelve = {"any": [{"field": "member_of", "op": "eq", "value": which}] * 12}
    answer = await client.post("/v1/profiles", json={"name": "x", "criteria": twelve})
    assert "chain_too_long" in {e["code"] for e in answer.json()["errors"]}
    answer = await client.post("/v1/contacts/search", json={"filter": twelve})
    (problem,) = answer.json()["errors"]
    assert (answer.status_code, problem["code"]) == (422, "chain_too_long")


async def test_what_is_stored_from_earlier_days_tests_nobody(client: Client, owner: Any) -> None:
    await somebody(client, "ann")
    which = await profile(client, "Old", criteria=AGE)
    await owner.execute(
        "UPDATE waypost.profiles SET criteria = $2 WHERE id = $1",
        *(which, '{"field": "event", "op": "exists", "value": true}'),
    )
    told = await client.got(f"/v1/profiles/{which}/preview")
    assert (told["unknown"]["numerator"], told["untested"][0]["reason"]) == (1, "not_readable")


async def test_statements_are_few_however_many_there_are(client: Client, past: Past) -> None:  # noqa: F811
    async def once(path: str) -> int:
        before = await client.statements()
        await client.got(path)
        return await client.statements() - before

    async def spent(path: str) -> int:
        # What the process does beside it is counted as well, now and then.
        return min([await once(path) for _ in range(4)])

    ids = await people(client, "ann", "ben")
    await past.did("ann", "Paid")
    wide = await profile(client, "Wide", criteria={"did": "Paid"})
    at = f"/v1/contacts/{ids['ann']}/profiles"
    few = [await spent(f"/v1/profiles/{wide}/{what}") for what in ("contacts", "preview")]
    assert (few, await spent(at)) == ([2, 3], 3)
    for n in range(5):
        wide = await profile(client, str(n), criteria={"did": f"Paid {n}"}, parent_id=wide)
    await people(client, *(f"p{n}" for n in range(10)))
    many = [await spent(f"/v1/profiles/{wide}/{what}") for what in ("contacts", "preview")]
    assert (many, await spent(at)) == (few, 3)


async def test_a_list_of_members_goes_on_where_it_ended(client: Client) -> None:
    which = await profile(client, "All", criteria={"all": []})
    for n in range(5):
        await somebody(client, f"p{n}")
    at = f"/v1/profiles/{which}/contacts"
    first = await client.got(at, params={"limit": 2, "count": True, "sort": "created_at"})
    assert (first["total"], len(first["items"])) == (5, 2)
    rest = await client.got(at, params={"after": first["next"], "sort": "created_at"})
    assert [row["traits"]["name"] for row in rest["items"]] == ["p2", "p3", "p4"]
    lines = await client.get(at, headers={"Accept": "application/x-ndjson"})
    assert len(lines.text.splitlines()) == 6
    wrong = {"after": first["next"], "sort": "created_at", "membership": "no"}
    assert (await client.get(at, params=wrong)).status_code == 400


async def test_nobody_of_others_is_judged(client: Client, stranger: Client) -> None:
    theirs = await profile(stranger, "Theirs", criteria={"all": []})
    contact = await somebody(stranger, "ann")
    for path in (f"profiles/{theirs}/contacts", f"profiles/{theirs}/preview"):
        assert (await client.get(f"/v1/{path}")).status_code == 404
    for path in (f"contacts/{contact}/profiles", f"contacts/{contact}/persona"):
        assert (await client.get(f"/v1/{path}")).status_code == 404
    ours = await profile(client, "Ours", criteria={"all": []})
    assert await counts(client, ours) == (0, 0, 0)
    told = await client.got(f"/v1/profiles/{ours}/preview")
    assert told["yes"]["value"] is None and told["yes"]["reason"]
