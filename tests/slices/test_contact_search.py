"""Contacts by what they did and agreed to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from service.database import Database
from service.domain import contacts
from service.domain.events import Message, Sorted
from service.domain.ids import new_id
from service.domain.work import Caller
from tests.make import Client, pointers
from tests.slices.test_contacts import PATH, made

NOW = datetime.now(UTC)


class Past:
    """What people of a workspace did."""

    def __init__(self, app: FastAPI, caller: Caller) -> None:
        self.app = app
        self.caller = caller

    def message(self, user: str, event: str, days_ago: float = 0, **members: Any) -> Message:
        who = contacts.identity(self.caller.workspace_id, "user_id", user).bytes
        name = str(new_id())
        key = contacts.identity(self.caller.workspace_id, "message", name).bytes
        at = NOW - timedelta(days=days_ago)
        given = {"type": "track", "event": event, "user_id": user, "raw": b"{}"} | members
        return Message(key=key, message_id=name, who=who, timestamp=at, **given)

    async def did(self, user: str, event: str, days_ago: float = 0, **members: Any) -> None:
        message = self.message(user, event, days_ago, **members)
        await self.app.state.intake.take(self.caller, Sorted([message], []))


@pytest.fixture
def past(app: FastAPI, workspace: Caller) -> Past:
    return Past(app, workspace)


async def found(client: Client, filter: Any, **more: Any) -> set[str]:
    answer = await client.post(f"{PATH}/search", json={"filter": filter, **more})
    assert answer.status_code == 200, answer.text
    return {row["traits"]["name"] for row in answer.json()["items"]}


async def people(client: Client, *names: str) -> dict[str, str]:
    ids = {}
    for name in names:
        known = {"source": "user_id", "value": name}
        ids[name] = (await made(client, known, traits={"name": name}))["id"]
    return ids


async def test_contacts_are_found_by_what_they_did(client: Client, past: Past) -> None:
    await people(client, "ann", "ben", "cleo")
    for user, days in (("ann", 1), ("ann", 2), ("ann", 90), ("ben", 80)):
        await past.did(user, "Order Completed", days)
    await past.did("cleo", "Order Completed", 1, type="identify")
    assert await found(client, {"did": "Order Completed"}) == {"ann", "ben"}
    recent = {"did": "Order Completed", "within_days": 30}
    assert await found(client, recent) == {"ann"}
    assert await found(client, {**recent, "times": {"at_least": 2, "at_most": 2}}) == {"ann"}
    assert await found(client, {**recent, "times": {"at_least": 3}}) == set()
    assert await found(client, {"did": "Order Completed", "times": {"at_most": 1}}) == {
        *("ben", "cleo")
    }
    assert await found(client, {"not": {"did": "Order Completed"}}) == {"cleo"}
    both = {
        "all": [{"did": "Order Completed"}, {"field": "traits.name", "op": "eq", "value": "ben"}]
    }
    assert await found(client, both) == {"ben"}


async def test_what_an_event_says_is_asked_inside(client: Client, past: Past) -> None:
    await people(client, "ann", "ben")
    await past.did("ann", "Paid", properties=b'{"value": 90}', device="mobile")
    await past.did("ben", "Paid", properties=b'{"value": 10}')
    large = {"field": "properties.value", "op": "gt", "value": 50}
    paid = {"field": "event", "op": "eq", "value": "Paid"}
    mobile = {"field": "device", "op": "eq", "value": "mobile"}
    assert await found(client, {"did": {"all": [paid, large, mobile]}}) == {"ann"}
    outside = await client.post(f"{PATH}/search", json={"filter": large})
    assert (outside.status_code, pointers(outside)) == (422, {"/filter/field"})


async def test_what_one_did_counts_for_whom_they_are_shown_as(client: Client, past: Past) -> None:
    ids = await people(client, "ann", "anna")
    await past.did("anna", "Paid")
    await past.did("ann", "Paid")
    twice = {"did": "Paid", "times": {"at_least": 2}}
    assert await found(client, twice) == set()
    body = {"winner_id": ids["ann"], "loser_id": ids["anna"]}
    merge = await client.made(f"{PATH}/merge", body)
    assert await found(client, twice) == {"ann"}
    await client.post(f"/v1/merges/{merge['id']}/undo")
    assert await found(client, {"did": "Paid"}) == {"ann", "anna"}
    assert await found(client, twice) == set()


async def test_contacts_are_found_by_what_they_agreed_to(
    client: Client, database: Database, workspace: Caller
) -> None:
    ids = await people(client, "granted", "withdrawn", "over", "silent")
    now = datetime.now(UTC)
    said = {
        "granted": [(False, 9, None), (True, 8, None)],
        "withdrawn": [(True, 9, None), (False, 8, None)],
        "over": [(True, 9, now - timedelta(days=1))],
    }
    mail = {"key": "mail", "name": "Mail", "legal_basis": "consent"}
    await client.made("/v1/consent-purposes", mail)
    async with database.write(workspace) as work:
        await contacts.one_at_a_time(work)
        for key in ("mail", "analytics"):
            for name, words in said.items():
                for granted, days, until in words:
                    await work.connection.fetch(
                        "INSERT INTO waypost.consents (workspace_id, id, contact_id, purpose, "
                        "granted, at, recorded_at, until) "
                        "VALUES ($1, gen_random_uuid(), $2, $3, $4, $5, $5, $6)",
                        *(workspace.workspace_id, ids[name], key, granted),
                        *(now - timedelta(days=days), until),
                    )
    both = {"all": [{"consent": "mail"}, {"consent": "analytics"}]}
    assert await found(client, both) == await found(client, {"consent": "mail"}) == {"granted"}
    assert await found(client, {"consent": "analytics"}) == {"granted", "over", "silent"}
    assert await found(client, {"not": {"consent": "analytics"}}) == {"withdrawn"}
    assert await found(client, {"consent": "unheard of"}) == set()
    assert await found(client, {"not": {"consent": "unheard of"}}) == set()


async def test_a_search_is_paged_and_bounded(client: Client) -> None:
    await people(client, "ann", "ben", "cleo")
    body: dict[str, Any] = {"filter": {"all": []}, "limit": 2, "sort": "created_at", "count": True}
    first = (await client.post(f"{PATH}/search", json=body)).json()
    assert (first["total"], len(first["items"])) == (3, 2)
    rest = (await client.post(f"{PATH}/search", json={**body, "after": first["next"]})).json()
    assert [row["traits"]["name"] for row in rest["items"]] == ["cleo"]
    assert rest["next"] is None
    for refused in ({"sort": "traits"}, {"limit": 0}, {"filter": {"x": 1}}, {"unknown": 1}):
        answer = await client.post(f"{PATH}/search", json=refused)
        assert answer.status_code in (400, 422), refused


async def test_a_search_takes_one_statement(client: Client, past: Past) -> None:
    await people(client, "ann")
    await past.did("ann", "Paid")
    await found(client, {"did": "Paid"})
    before = await client.statements()
    await found(client, {"any": [{"did": "Paid"}, {"consent": "mail"}]})
    assert await client.statements() - before == 1


async def test_nothing_of_others_is_found(stranger: Client, past: Past) -> None:
    await people(stranger, "ann")
    await past.did("ann", "Paid")
    assert await found(stranger, {"did": "Paid"}) == set()


async def test_what_is_unknown_is_not_selected_by_its_opposite(client: Client) -> None:
    await made(client, traits={"name": "ann", "plan": "gold"})
    await made(client, traits={"name": "ben"})
    gold = {"field": "traits.plan", "op": "eq", "value": "gold"}
    assert await found(client, {"not": gold}) == set()
    assert await found(client, {**gold, "op": "ne"}) == set()
    assert await found(client, {**gold, "op": "ne", "value": "free"}) == {"ann"}
    assert await found(client, {"not": {**gold, "value": "free"}}) == {"ann"}
