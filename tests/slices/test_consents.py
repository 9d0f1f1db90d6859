"""Purposes, and the ledger of what people agreed to."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import Text, bindparam, func, select

from service.database import Database
from service.domain import contacts
from service.domain.contacts.tables import contacts as people
from service.domain.filters import Consent
from service.domain.ids import new_id
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client, pointers
from tests.people import person

PURPOSES = "/v1/consent-purposes"


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(settings.owner_database_url)
    yield connection
    await connection.close()


async def purpose(client: Client, key: str) -> dict[str, object]:
    (found,) = (await client.got(PURPOSES, params={"key": key}))["items"]
    return dict(found)


async def states(client: Client, who: UUID) -> dict[str, dict[str, object]]:
    page = await client.got(f"/v1/contacts/{who}/consents")
    return {one["purpose"]: one for one in page["states"]}


async def test_every_workspace_has_three_purposes(client: Client) -> None:
    found = (await client.got(PURPOSES, params={"sort": "key"}))["items"]
    assert {one["key"]: one["legal_basis"] for one in found} == {
        "analytics": "legitimate_interests",
        "email_marketing": "consent",
        "sensitive_data": "consent",
    }
    assert all(one["built_in"] for one in found)
    for one in found:
        assert (await client.got(f"{PURPOSES}/{one['id']}"))["key"] == one["key"]


async def test_a_built_in_purpose_changes_in_its_workspace_alone(
    client: Client, stranger: Client
) -> None:
    one = await purpose(client, "analytics")
    at = f"{PURPOSES}/{one['id']}"
    answer = await client.patch(at, json={"legal_basis": "consent"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == 2
    again = await purpose(client, "analytics")
    assert (again["legal_basis"], again["id"], again["built_in"]) == ("consent", one["id"], True)
    assert (await purpose(stranger, "analytics"))["legal_basis"] == "legitimate_interests"
    assert len((await client.got(PURPOSES))["items"]) == 3
    put = {"key": "analytics", "name": "Figures", "legal_basis": "public_task"}
    assert (await client.put(at, json=put)).json()["name"] == "Figures"
    stale = await client.patch(at, json={"name": "x"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    gone = await client.delete(at)
    assert (gone.status_code, gone.json()["code"]) == (403, "built_in")


async def test_a_key_is_one_purposes_and_stays(client: Client) -> None:
    made = await client.made(PURPOSES, {"key": "fair", "name": "Fair", "legal_basis": "contract"})
    for key in ("fair", "analytics"):
        body = {"key": key, "name": "Other", "legal_basis": "consent"}
        answer = await client.post(PURPOSES, json=body)
        assert answer.status_code == 409
        assert pointers(answer) == {"/key"}
    at = f"{PURPOSES}/{made['id']}"
    for which in (at, f"{PURPOSES}/{(await purpose(client, 'analytics'))['id']}"):
        answer = await client.patch(which, json={"key": "other"})
        assert (answer.status_code, pointers(answer)) == (422, {"/key"})
    assert (await client.patch(at, json={"key": "fair", "name": "The fair"})).status_code == 200
    assert (await client.delete(at)).status_code == 204


async def test_what_somebody_said_keeps_its_purpose(
    client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    made = await client.made(PURPOSES, {"key": "fair", "name": "Fair", "legal_basis": "consent"})
    who = await person(owner, workspace.workspace_id)
    await client.made(f"/v1/contacts/{who}/consents", {"purpose": "fair", "granted": True})
    answer = await client.delete(f"{PURPOSES}/{made['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")


async def test_the_ledger_keeps_everything_and_says_how_they_stand(
    client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    who = await person(owner, workspace.workspace_id)
    at, yes = f"/v1/contacts/{who}/consents", {"purpose": "email_marketing", "granted": True}
    assert (await states(client, who))["email_marketing"]["reason"] == "never_granted"
    said = {**yes, "at": "2026-05-02T10:00:00Z", "means": "form", "text_version": "3"}
    made = await client.made(at, said, headers={"Waypost-Actor": "Ann <ann@example.org>"})
    assert made["contact_id"] == str(who)
    assert (made["means"], made["text_version"], made["until"]) == ("form", "3", None)
    assert made["person"] == "Ann <ann@example.org>"
    assert (await states(client, who))["email_marketing"]["usable"] is True
    # Written down later, said before: it changes nothing.
    await client.made(at, {**yes, "granted": False, "at": "2026-05-01T10:00:00Z"})
    assert (await states(client, who))["email_marketing"]["state"] == "granted"
    await client.made(at, {**yes, "granted": False})
    await client.made(at, {"purpose": "analytics", "granted": False})
    now = await states(client, who)
    assert now["email_marketing"]["state"] == "withdrawn"
    assert (now["analytics"]["usable"], now["analytics"]["reason"]) == (False, "withdrawn")
    page = await client.got(at, params={"purpose": "email_marketing", "limit": 2, "count": "true"})
    assert page["total"] == 3
    rest = await client.got(
        at, params={"purpose": "email_marketing", "limit": 2, "after": page["next"]}
    )
    told = [one["at"][:10] for one in (*page["items"], *rest["items"])]
    assert told[1:] == ["2026-05-02", "2026-05-01"]


async def test_merged_contacts_are_one_person(
    client: Client, workspace: Caller, owner: asyncpg.Connection
) -> None:
    root = await person(owner, workspace.workspace_id)
    other = await person(owner, workspace.workspace_id, root=root)
    body = {"purpose": "email_marketing", "granted": True}
    await client.made(f"/v1/contacts/{other}/consents", body)
    for who in (root, other):
        page = await client.got(f"/v1/contacts/{who}/consents")
        assert [one["contact_id"] for one in page["items"]] == [str(other)]
        assert {one["purpose"]: one["usable"] for one in page["states"]}["email_marketing"]


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"purpose": "nothing", "granted": True}, "/purpose"),
        ({"purpose": "analytics", "granted": "yes"}, "/granted"),
        ({"purpose": "analytics", "granted": True, "at": "2999-01-01T00:00:00Z"}, "/at"),
        ({"purpose": "analytics", "granted": False, "until": "2999-01-01T00:00:00Z"}, "/until"),
        ({"purpose": "analytics", "granted": True, "until": "2001-01-01T00:00:00Z"}, "/until"),
        ({"purpose": "analytics", "granted": True, "colour": 1}, "/colour"),
    ],
)
async def test_what_cannot_have_been_said_is_refused(
    client: Client, workspace: Caller, owner: asyncpg.Connection, body: object, at: str
) -> None:
    who = await person(owner, workspace.workspace_id)
    answer = await client.post(f"/v1/contacts/{who}/consents", json=body)
    assert (answer.status_code, pointers(answer)) == (422, {at})


async def test_nobodys_ledger_is_not_found(client: Client, stranger: Client) -> None:
    del stranger
    at = f"/v1/contacts/{new_id()}/consents"
    assert (await client.get(at)).status_code == 404
    body = {"purpose": "analytics", "granted": True}
    assert (await client.post(at, json=body)).status_code == 404


START = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TERMS = {
    "analytics": contacts.Terms("legitimate_interests"),
    "email_marketing": contacts.Terms("consent"),
    "short": contacts.Terms("consent", 2),
    "contract": contacts.Terms("contract", 2),
}
_PURPOSE, _AT = bindparam("purpose", type_=Text), bindparam("at", type_=instant)
_EXCLUDED = contacts.exclusions(_PURPOSE, _AT)
OUT = Statement(select(_EXCLUDED.c.root_id, func.isfinite(_EXCLUDED.c.since), _EXCLUDED.c.since))


def _may_be_used(key: str) -> Statement:
    """The people of the workspace, and whether the filter lets each in."""
    answer = contacts.may_be_used(people.c.id, Consent(key))
    asked = select(people.c.id, answer)
    return Statement(
        asked.where(people.c.workspace_id == WORKSPACE, people.c.id == people.c.root_id)
    )


def ledger(random_: random.Random) -> list[contacts.Entry]:
    """What somebody may have said, in few days, so that times meet."""
    return [
        contacts.Entry(
            random_.random() < 0.6,
            at := START + random_.randrange(8) * DAY,
            START + random_.randrange(8) * DAY,
            new_id(),
            at + random_.randrange(1, 6) * DAY if random_.random() < 0.3 else None,
        )
        for _ in range(random_.choice([0, 1, 1, 2, 3, 5]))
    ]


async def test_the_rule_in_sql_is_the_rule(
    client: Client, workspace: Caller, owner: asyncpg.Connection, database: Database
) -> None:
    """Over generated ledgers of people of one contact and of two, some of them restricted."""
    random_ = random.Random(20260501)
    for key, terms in TERMS.items():
        if key not in ("analytics", "email_marketing"):
            body = {"key": key, "name": key, "legal_basis": terms.legal_basis}
            await client.made(PURPOSES, body | {"expires_after_days": terms.expires_after_days})
    said: dict[UUID, dict[str, list[contacts.Entry]]] = {}
    restricted: dict[UUID, datetime] = {}
    rows = []
    for _ in range(150):
        root = await person(owner, workspace.workspace_id)
        ids = [root]
        if random_.random() < 0.3:
            ids.append(await person(owner, workspace.workspace_id, root=root))
        said[root] = {key: ledger(random_) for key in TERMS}
        rows += [
            (
                *(workspace.workspace_id, one.id, random_.choice(ids), key),
                *(one.granted, one.at, one.recorded_at, one.until),
            )
            for key, entries in said[root].items()
            for one in entries
        ]
        if random_.random() < 0.1:
            restricted[root] = START + random_.randrange(8) * DAY
            await owner.execute(
                "UPDATE waypost.contacts SET restricted_at = $1 WHERE id = $2",
                restricted[root],
                ids[-1],
            )
    await owner.executemany(
        "INSERT INTO waypost.consents (workspace_id, id, contact_id, purpose, granted, at, "
        "recorded_at, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        rows,
    )
    outs = 0
    for key, terms in TERMS.items():
        for day in (0, 0.5, 1, 3, 5, 7, 9):
            now = START + day * DAY
            async with database.write(workspace) as work:
                found = await work.rows(OUT, purpose=key, at=now)
                work.now = now
                may = dict(map(tuple, await work.rows(_may_be_used(key))))
            computed = {
                root: since
                for root in said
                if (
                    since := contacts.standing(
                        said[root][key], terms, restricted.get(root), now
                    ).excluded_since
                )
            }
            told = {one[0]: one[2] if one[1] else contacts.ALWAYS for one in found}
            assert told == computed, (key, day)
            assert may == {root: root not in computed for root in said}, (key, day)
            outs += len(told)
    assert outs > 500


async def test_a_filter_by_consent_selects_whom_the_rule_lets_in(
    client: Client, workspace: Caller, owner: asyncpg.Connection, database: Database
) -> None:
    agreed, silent, objecting = [await person(owner, workspace.workspace_id) for _ in range(3)]
    for who, key, granted in (
        (agreed, "email_marketing", True),
        (objecting, "analytics", False),
    ):
        body = {"purpose": key, "granted": granted}
        await client.made(f"/v1/contacts/{who}/consents", body)
    for key, whom in (
        ("email_marketing", {agreed}),
        ("analytics", {agreed, silent}),
        ("nothing", None),
    ):
        answer = contacts.may_be_used(people.c.root_id, Consent(key))
        asked = select(people.c.id, answer).where(people.c.workspace_id == WORKSPACE)
        async with database.write(workspace) as work:
            found = await work.rows(Statement(asked))
        told = {one[0]: one[1] for one in found}
        if whom is None:
            assert set(told.values()) == {None}
        else:
            assert {one for one, may in told.items() if may} == whom
            assert None not in told.values()
