"""People as callers keep them: by id, by identifier, many at once, archived and back."""

from typing import Any

from tests.make import Client, pointers

PATH = "/v1/contacts"


def crm(value: str) -> dict[str, str]:
    return {"source": "crm", "value": value}


def mail(value: str) -> dict[str, str]:
    return {"source": "email", "value": value}


async def made(client: Client, *identifiers: dict[str, str], **members: Any) -> dict[str, Any]:
    return await client.made(PATH, {"identifiers": identifiers, **members})


async def upserted(client: Client, *items: Any) -> list[dict[str, Any]]:
    answer = await client.post(f"{PATH}/batch/upsert", json={"items": items})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_contact_is_made_read_changed_and_replaced(client: Client) -> None:
    one = await made(
        client, crm("7"), mail("ann@harbour.example"), traits={"name": "Ann", "age": 40}
    )
    assert one["traits"] == {"name": "Ann", "age": 40}
    assert one["identifiers"] == [crm("7"), mail("ann@harbour.example")]
    assert (one["archived_at"], one["merged_ids"], one["version"]) == (None, [], 1)
    at = f"{PATH}/{one['id']}"
    assert await client.got(at) == one
    patch = {"traits": {"age": None, "address": {"city": "Ulm", "zip": "89073"}}}
    assert (await client.patch(at, json=patch)).json()["traits"] == {
        **{"name": "Ann", "address": {"city": "Ulm", "zip": "89073"}}
    }
    patched = (await client.patch(at, json={"traits": {"address": {"zip": None}}})).json()
    assert patched["traits"] == {"name": "Ann", "address": {"city": "Ulm"}}
    replaced = (await client.put(at, json={"traits": {"name": "Anna"}})).json()
    assert (replaced["traits"], replaced["identifiers"]) == ({"name": "Anna"}, one["identifiers"])
    same = (await client.put(at, json=replaced)).json()
    assert same["traits"] == replaced["traits"]


async def test_an_identifier_is_one_contacts(client: Client) -> None:
    one = await made(client, crm("7"))
    again = await client.post(PATH, json={"identifiers": [crm("8"), crm("7")]})
    assert (again.status_code, pointers(again)) == (409, {"/identifiers/1"})
    other = await made(client, crm("8"))
    taken = await client.patch(f"{PATH}/{other['id']}", json={"identifiers": [crm("7")]})
    assert (taken.status_code, pointers(taken)) == (409, {"/identifiers/0"})
    twice = await client.post(PATH, json={"identifiers": [crm("9"), crm("9")]})
    assert (twice.status_code, pointers(twice)) == (422, {"/identifiers/1"})
    freed = await client.patch(f"{PATH}/{one['id']}", json={"identifiers": [crm("9")]})
    assert freed.json()["identifiers"] == [crm("9")]
    assert (await client.put(f"{PATH}/by-external-id/crm/7", json={})).status_code == 201


async def test_a_system_syncs_by_its_own_identifiers(client: Client) -> None:
    at = f"{PATH}/by-external-id/crm/7"
    first = await client.put(at, json={"traits": {"name": "Ann"}})
    assert first.status_code == 201
    body = {"identifiers": [mail("ann@harbour.example")], "traits": {"plan": "gold"}}
    second = await client.put(at, json=body)
    assert (second.status_code, second.json()["id"]) == (200, first.json()["id"])
    assert second.json()["identifiers"] == [crm("7"), mail("ann@harbour.example")]
    assert second.json()["traits"] == {"plan": "gold"}
    patched = await client.patch(at, json={"traits": {"name": "Ann"}})
    assert patched.json()["traits"] == {"plan": "gold", "name": "Ann"}
    by_mail = await client.got(f"{PATH}/by-external-id/email/ann@harbour.example")
    assert by_mail["id"] == first.json()["id"]
    assert (await client.delete(at)).status_code == 204
    assert (await client.got(at))["archived_at"] is not None
    assert (await client.get(f"{PATH}/by-external-id/crm/8")).status_code == 404


async def test_what_was_archived_is_left_out_and_comes_back(client: Client) -> None:
    one, other = await made(client, crm("7")), await made(client, crm("8"))
    assert (await client.delete(f"{PATH}/{one['id']}")).status_code == 204
    listed = {
        asked: [
            row["id"]
            for row in (await client.got(f"{PATH}?archived={asked}&sort=created_at"))["items"]
        ]
        for asked in ("without", "with", "only")
    }
    assert listed == {
        "without": [other["id"]],
        "with": [one["id"], other["id"]],
        "only": [one["id"]],
    }
    back = await client.post(f"{PATH}/{one['id']}/restore")
    assert (back.status_code, back.json()["archived_at"]) == (200, None)
    assert (await client.got(f"{PATH}?count=true"))["total"] == 2
    outcomes = await client.post(
        f"{PATH}/batch/archive",
        json={"items": [crm("7"), crm("none"), {"id": other["id"]}, crm("7")]},
    )
    assert [(one["index"], one["outcome"]) for one in outcomes.json()["items"]] == [
        *((0, "archived"), (1, "not_found"), (2, "archived"), (3, "unchanged"))
    ]
    assert (await client.got(PATH))["items"] == []


async def test_older_words_of_a_system_change_nothing(client: Client) -> None:
    at = f"{PATH}/by-external-id/crm/7"
    new, old = "2026-05-02T00:00:00Z", "2026-05-01T00:00:00Z"
    await client.put(at, json={"traits": {"plan": "new"}, "source_updated_at": new})
    for method in ("PUT", "PATCH"):
        body = {"traits": {"plan": "old"}, "source_updated_at": old, "identifiers": [crm("9")]}
        answer = await client.request(method, at, json=body)
        assert (answer.status_code, answer.json()["traits"]) == (200, {"plan": "new"})
    item = {"identifiers": [crm("7")], "traits": {"plan": "old"}, "source_updated_at": old}
    assert [one["outcome"] for one in await upserted(client, item)] == ["unchanged"]
    assert (await client.got(at))["identifiers"] == [crm("7")]


async def test_a_change_that_was_overtaken_changes_nothing(client: Client) -> None:
    one = await made(client, crm("7"))
    for at in (f"{PATH}/{one['id']}", f"{PATH}/by-external-id/crm/7"):
        stale = await client.patch(at, json={"test": True}, headers={"If-Match": '"9"'})
        assert stale.status_code == 412
    held = await client.patch(
        f"{PATH}/{one['id']}", json={"test": True}, headers={"If-Match": '"1"'}
    )
    assert (held.status_code, held.json()["version"]) == (200, 2)


async def test_traits_keep_to_the_catalogue(client: Client) -> None:
    sent = {"occupation": 7, "age_range": 44, "annual_income": 50_000.5, "Lieblingsfarbe": "blau"}
    refused = await client.post(PATH, json={"traits": sent})
    assert (refused.status_code, pointers(refused)) == (422, {"/traits/occupation"})
    own = {"key": "risk", "label": "Risk", "type": "integer"}
    await client.made("/v1/profile-attributes", own)
    one = await made(client, crm("7"), traits={"risk": 3, "Lieblingsfarbe": "blau"})
    at = f"{PATH}/{one['id']}"
    wrong = await client.patch(at, json={"traits": {"risk": "high", "religion": "any"}})
    assert (wrong.status_code, pointers(wrong)) == (422, {"/traits/risk"})
    sensitive = await client.patch(at, json={"traits": {"religion": "any"}})
    assert (sensitive.status_code, pointers(sensitive)) == (422, {"/traits/religion"})
    assert sensitive.json()["errors"][0]["code"] == "consent_required"
    nobody = await client.patch(at, json={"account_id": "0198c7f0-0000-7000-8000-000000000001"})
    assert (nobody.status_code, pointers(nobody)) == (422, {"/account_id"})


async def test_a_batch_answers_for_each_item(client: Client) -> None:
    await made(client, crm("1"), traits={"plan": "gold"})
    await made(client, crm("2"))
    came = await upserted(
        client,
        {"identifiers": [crm("1")], "traits": {"plan": "gold"}},
        {"identifiers": [crm("1")], "traits": {"plan": None, "age": 3}},
        {"identifiers": [crm("1"), crm("2")], "traits": {"age": 4}},
        {"identifiers": [crm("3"), mail("c@x.example")], "traits": {"name": "C"}},
        {"identifiers": [mail("c@x.example")], "traits": {"plan": "new"}},
        {"identifiers": [{"source": "crm"}], "traits": []},
        {"identifiers": [crm("4")], "traits": {"occupation": 9}},
        {"identifiers": [crm("5")], "unknown": 1},
        {"id": "0198c7f0-0000-7000-8000-000000000001"},
        {"traits": {"name": "Nobody"}},
    )
    assert [one["outcome"] for one in came] == [
        *("unchanged", "updated", "conflict", "created", "updated"),
        *("rejected", "rejected", "rejected", "conflict", "rejected"),
    ]
    assert [e["pointer"] for one in came for e in one["errors"]] == [
        "/items/2/identifiers/1",
        "/items/5/identifiers/0/value",
        "/items/5/traits",
        "/items/6/traits/occupation",
        "/items/7/unknown",
        "/items/8/id",
        "/items/9/identifiers",
    ]
    assert came[3]["id"] == came[4]["id"]
    assert (await client.got(f"{PATH}/by-external-id/crm/1"))["traits"] == {"age": 3}
    third = await client.got(f"{PATH}/by-external-id/crm/3")
    assert third["traits"] == {"name": "C", "plan": "new"}


async def test_a_batch_takes_the_same_statements_whatever_its_size(client: Client) -> None:
    counts = []
    await upserted(client, {"identifiers": [crm("first")]})
    for start, size in ((0, 2), (1000, 300)):
        before = await client.statements()
        items = [{"identifiers": [crm(str(start + n))], "traits": {"n": n}} for n in range(size)]
        await upserted(client, *items)
        counts.append(await client.statements() - before)
    assert counts[0] == counts[1]


async def test_contacts_are_looked_up_by_any_identifier(client: Client) -> None:
    one = await made(client, crm("7"))
    items = [crm("none"), crm("7"), {"id": one["id"]}]
    found = (await client.post(f"{PATH}/lookup", json={"items": items})).json()["items"]
    assert [row["id"] for row in found] == [None, one["id"], one["id"]]
    assert found[1]["contact"] == one
    broken = await client.post(f"{PATH}/lookup", json={"items": [{"source": "crm"}, {}]})
    assert (broken.status_code, pointers(broken)) == (422, {"/items/0", "/items/1"})


async def test_contacts_are_listed_by_traits_account_and_words(client: Client) -> None:
    account = await client.made("/v1/accounts", {"name": "Harbour", "traits": {"size": 4}})
    gold = await made(client, crm("1"), traits={"plan": "gold", "name": "客户 Ann"})
    await made(client, crm("2"), traits={"plan": "free"}, account_id=account["id"])
    asked = '{"field": "traits.plan", "op": "eq", "value": "gold"}'
    assert [row["id"] for row in (await client.got(PATH, params={"filter": asked}))["items"]] == [
        gold["id"]
    ]
    assert [row["id"] for row in (await client.got(f"{PATH}?q=客户"))["items"]] == [gold["id"]]
    assert len((await client.got(f"{PATH}?account_id={account['id']}"))["items"]) == 1
    lines = await client.get(PATH, headers={"Accept": "application/x-ndjson"})
    assert len(lines.text.strip().split("\n")) == 3
    used = await client.delete(f"/v1/accounts/{account['id']}")
    assert (used.status_code, used.json()["users"][0]["kind"]) == (409, "contact")


async def test_an_account_by_a_name_of_the_callers(client: Client) -> None:
    at = "/v1/accounts/by-external-id/crm/h"
    first = await client.put(at, json={"name": "Harbour", "traits": {"size": 4, "old": 1}})
    assert first.status_code == 201
    patched = await client.patch(at, json={"traits": {"old": None, "city": "Ulm"}})
    assert patched.json()["traits"] == {"size": 4, "city": "Ulm"}


async def test_merged_contacts_are_shown_as_one_and_part_again(client: Client) -> None:
    winner = await made(client, crm("1"), traits={"plan": "gold", "email": "a@x.example"})
    loser = await made(client, crm("2"), traits={"plan": "free", "email": "b@x.example", "age": 3})
    body = {"winner_id": winner["id"], "loser_id": loser["id"], "rules": {"email": "loser"}}
    merge = await client.made("/v1/contacts/merge", body)
    assert (merge["rules"], merge["default"], merge["by"]) == (
        *({"email": "loser"}, "winner", "api"),
    )
    shown = await client.got(f"{PATH}/{loser['id']}")
    assert shown["id"] == winner["id"]
    assert shown["traits"] == {"plan": "gold", "email": "b@x.example", "age": 3}
    assert (shown["identifiers"], shown["merged_ids"]) == ([crm("1"), crm("2")], [loser["id"]])
    assert [row["id"] for row in (await client.got(PATH))["items"]] == [winner["id"]]
    again = await client.post("/v1/contacts/merge", json=body)
    assert again.status_code == 409
    # What comes by the loser's identifier is the loser's; what comes by id is whom it is shown as.
    await upserted(client, {"identifiers": [crm("2")], "traits": {"city": "Ulm"}})
    patched = await client.patch(f"{PATH}/{loser['id']}", json={"traits": {"age": None}})
    assert (patched.json()["id"], "age" in patched.json()["traits"]) == (winner["id"], False)
    undone = await client.post(f"/v1/merges/{merge['id']}/undo")
    assert undone.status_code == 200 and undone.json()["undone_at"]
    one, other = [await client.got(f"{PATH}/{row['id']}") for row in (winner, loser)]
    assert one["traits"] == winner["traits"]
    assert other["traits"] == {**loser["traits"], "city": "Ulm"}
    assert (await client.post(f"/v1/merges/{merge['id']}/undo")).status_code == 409
    listed = (await client.got("/v1/merges"))["items"]
    assert [row["id"] for row in listed] == [merge["id"]]
    unknown = {**body, "loser_id": merge["id"]}
    refused = await client.post("/v1/contacts/merge", json=unknown)
    assert (refused.status_code, pointers(refused)) == (422, {"/loser_id"})


async def test_followers_hear_of_merges_and_archives(client: Client) -> None:
    winner, loser = await made(client, crm("1")), await made(client, crm("2"))
    start = await client.now()
    body = {"winner_id": winner["id"], "loser_id": loser["id"]}
    await client.made("/v1/contacts/merge", body)
    await client.delete(f"{PATH}/{winner['id']}")
    told = await client.changed(start)
    assert sorted((row["op"], row["id"], row["kind"]) for row in told) == sorted(
        [
            ("merge", loser["id"], "contact"),
            ("upsert", winner["id"], "contact"),
            ("archive", winner["id"], "contact"),
        ]
    )


async def test_what_is_anothers_is_nobodys(client: Client, stranger: Client) -> None:
    theirs, mine = await made(stranger, crm("7")), await made(client, crm("8"))
    account = await stranger.made("/v1/accounts", {"name": "Theirs"})
    came = await upserted(
        client,
        {"id": theirs["id"], "traits": {"name": "Mine now"}},
        {"identifiers": [crm("8")], "account_id": account["id"]},
        {"identifiers": [crm("7")]},
    )
    assert [one["outcome"] for one in came] == ["conflict", "rejected", "created"]
    assert [e["pointer"] for one in came for e in one["errors"]] == [
        *("/items/0/id", "/items/1/account_id")
    ]
    items = {"items": [{"id": theirs["id"]}]}
    assert (await client.post(f"{PATH}/lookup", json=items)).json()["items"][0]["id"] is None
    archived = await client.post(f"{PATH}/batch/archive", json=items)
    assert archived.json()["items"][0]["outcome"] == "not_found"
    for pair in ((mine, theirs), (theirs, mine)):
        body = dict(zip(("winner_id", "loser_id"), (one["id"] for one in pair), strict=True))
        refused = await client.post("/v1/contacts/merge", json=body)
        assert (refused.status_code, len(pointers(refused))) == (422, 1)
    assert await stranger.got(f"{PATH}/{theirs['id']}") == theirs
