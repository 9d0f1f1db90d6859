"""Words renamed and merged: wherever they are used, at once."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from service.domain.ids import new_id
from service.domain.work import Caller
from service.settings import Settings
from tests.make import Client, journey, pointers
from tests.slices.words import steps_of, using, word


async def test_a_new_slug_is_written_wherever_the_old_one_was(client: Client) -> None:
    activity = {"name": "Mailing", "department": "sales"}
    body = {"key": "t", "name": "T", "department": "sales", "activities": [activity, activity]}
    touchpoint = await client.made("/v1/touchpoints", body)
    made = using(department="sales")
    edge = {"from": "step-0-0", "to": "step-0-1", "received_by": "sales"}
    made = await client.made("/v1/journeys", {**made, "transitions": [edge]})
    other = await client.made("/v1/journeys", using(department="service"))
    found = await word(client, "department", "sales")
    answer = await client.patch(f"/v1/vocabulary/{found['id']}", json={"slug": "distribution"})
    renamed = answer.json()
    assert answer.status_code == 200, answer.text
    assert (renamed["slug"], renamed["label"]) == ("distribution", "distribution")
    assert renamed["use_count"] == found["use_count"] == 8
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert {s["department"] for s in steps_of(now)} == {"distribution"}
    assert now["transitions"][0]["received_by"] == "distribution"
    assert now["version"] == made["version"] + 1
    for before, after in zip(made["stages"], now["stages"], strict=True):
        assert after["version"] == before["version"] + 1
        for step, changed in zip(before["steps"], after["steps"], strict=True):
            assert changed["version"] == step["version"] + 1
    shown = await client.got(f"/v1/touchpoints/{touchpoint['id']}")
    assert shown["department"] == "distribution"
    assert [a["department"] for a in shown["activities"]] == ["distribution"] * 2
    assert await client.got(f"/v1/journeys/{other['id']}") == other
    alias = await word(client, "department", "sales")
    assert (alias["alias_of"], alias["stands_for"]) == (renamed["id"], "distribution")
    assert alias["use_count"] == 0


async def test_a_word_may_have_its_old_slug_back(client: Client) -> None:
    made = await client.made("/v1/journeys", using(channel="web"))
    found = await word(client, "channel", "web")
    at = f"/v1/vocabulary/{found['id']}"
    for slug in ("net", "web", "net"):
        assert (await client.patch(at, json={"slug": slug})).status_code == 200
        now = await client.got(f"/v1/journeys/{made['id']}")
        assert {s["channel"] for s in steps_of(now)} == {slug}
    words = (await client.got("/v1/vocabulary?kind=channel"))["items"]
    assert [(w["slug"], w["stands_for"]) for w in words] == [("net", None), ("web", "net")]


async def test_a_word_merged_into_another_hands_over_its_uses_and_aliases(client: Client) -> None:
    made = await client.made("/v1/journeys", using(1, 2, actors=["wife", "ann", "ben"]))
    await client.made("/v1/journeys", using(1, 1, actors=["missus"]))
    missus, wife, ann = [await word(client, "actor", s) for s in ("missus", "wife", "ann")]
    for one, into in ((missus, wife), (wife, ann)):
        at = f"/v1/vocabulary/{one['id']}/merge"
        answer = await client.post(at, json={"into": into["id"]})
        assert answer.status_code == 200, answer.text
    target = answer.json()
    assert (target["id"], target["use_count"], target["declared"]) == (ann["id"], 3, True)
    now = await client.got(f"/v1/journeys/{made['id']}")
    assert [s["actors"] for s in steps_of(now)] == [["ann", "ben"]] * 2
    aliases = (await client.got(f"/v1/vocabulary?alias_of={ann['id']}"))["items"]
    assert [one["slug"] for one in aliases] == ["missus", "wife"]
    again = await client.post(f"/v1/vocabulary/{wife['id']}/merge", json={"into": ann["id"]})
    assert (again.status_code, again.json()["use_count"]) == (200, 3)


async def test_a_word_is_renamed_and_counted_wherever_evidence_uses_it(client: Client) -> None:
    story = {"kind": "anecdotal", "source_kind": "sales", "text": "Too slow"}
    body = {"source_kind": "poll", "title": "Fair", "department": "sales"}
    source = await client.made("/v1/evidence-sources", body)
    mine = {**story, "department": "sales", "topic": "parking"}
    start = await client.now()
    found = await client.made("/v1/evidence", mine)
    other = await client.made("/v1/evidence", {**story, "department": "service"})
    sales, parking = (
        await word(client, "department", "sales"),
        await word(client, "topic", "parking"),
    )
    assert {p: n for p, n in sales["uses"].items() if n} == {"evidence": 1, "evidence_sources": 1}
    assert {p: n for p, n in parking["uses"].items() if n} == {"evidence": 1}
    for one, slug in ((sales, "distribution"), (parking, "arrival")):
        answer = await client.patch(f"/v1/vocabulary/{one['id']}", json={"slug": slug})
        assert answer.status_code == 200, answer.text
        assert answer.json()["use_count"] == one["use_count"]
    now = await client.got(f"/v1/evidence/{found['id']}")
    assert (now["department"], now["topic"], now["version"]) == ("distribution", "arrival", 3)
    assert (await client.got(f"/v1/evidence-sources/{source['id']}"))[
        "department"
    ] == "distribution"
    assert await client.got(f"/v1/evidence/{other['id']}") == other
    again = await client.made("/v1/evidence", mine)
    assert (again["department"], again["topic"]) == ("distribution", "arrival")
    changes = await client.changed(start, kind="evidence")
    assert [one["version"] for one in changes if one["id"] == found["id"]][-1] == 3


async def test_who_signed_for_departments_that_become_one_stays(
    client: Client, workspace: Caller, settings: Settings
) -> None:
    made = await client.made("/v1/journeys", journey(1, 1))
    owner = await asyncpg.connect(settings.owner_database_url)
    review, mine = new_id(), workspace.workspace_id
    signed = "INSERT INTO waypost.review_sign_offs VALUES ($1, $2, $3, $4, $5, NULL, now())"
    try:
        await owner.execute(
            "INSERT INTO waypost.reviews (workspace_id, id, created_at, updated_at, journey_id, "
            "due_on) VALUES ($1, $2, now(), now(), $3, now())",
            *(mine, review, UUID(made["id"])),
        )
        for n, (department, person) in enumerate(
            [("selling", "Ann"), ("sales", "Ben"), ("service", "Eve"), ("field", "Kim")]
        ):
            await owner.execute(signed, mine, review, n, department, person)
        service = await word(client, "department", "service")
        assert service["uses"]["review_sign_offs"] == 1
        for slug in ("field", "selling", "sales"):
            one = await word(client, "department", slug)
            into = {"into": (await word(client, "department", "service"))["id"]}
            if slug == "field":
                into = {"into": (await word(client, "department", "selling"))["id"]}
            answer = await client.post(f"/v1/vocabulary/{one['id']}/merge", json=into)
            assert answer.status_code == 200, answer.text
        left = "SELECT department, person FROM waypost.review_sign_offs WHERE review_id = $1"
        signed_for = [("service", person) for person in ("Ann", "Ben", "Eve", "Kim")]
        assert sorted(tuple(row) for row in await owner.fetch(left, review)) == signed_for
        version = "SELECT version FROM waypost.reviews WHERE id = $1"
        assert await owner.fetchval(version, review) == 4
    finally:
        await owner.close()


async def test_what_cannot_be_merged_changes_nothing(client: Client) -> None:
    await client.made("/v1/journeys", using(channel="web", device="phone"))
    web, phone = await word(client, "channel", "web"), await word(client, "device", "phone")
    at = f"/v1/vocabulary/{web['id']}/merge"
    nobody = "01a201ea-0000-7000-8000-000000000000"
    for into, code in (
        (web["id"], "circular"),
        (phone["id"], "other_kind"),
        (nobody, "unknown_reference"),
    ):
        answer = await client.post(at, json={"into": into})
        assert (answer.status_code, pointers(answer)) == (422, {"/into"})
        assert answer.json()["errors"][0]["code"] == code
    answer = await client.post(f"/v1/vocabulary/{nobody}/merge", json={"into": web["id"]})
    assert answer.status_code == 404
    price = await client.made(
        "/v1/vocabulary", {"kind": "topic", "slug": "price", "label": "Preis"}
    )
    answer = await client.patch(f"/v1/vocabulary/{price['id']}", json={"slug": "cost"})
    assert (answer.status_code, pointers(answer)) == (422, {"/slug"})
    assert (await word(client, "channel", "web"))["declared"] is False


async def test_an_id_that_a_renamed_word_kept_is_not_given_to_another(client: Client) -> None:
    await client.made("/v1/journeys", using(channel="web"))
    web = await word(client, "channel", "web")
    await client.patch(f"/v1/vocabulary/{web['id']}", json={"slug": "net"})
    alias = await word(client, "channel", "web")
    await client.delete(f"/v1/vocabulary/{alias['id']}")
    await client.made("/v1/journeys", using(channel="web"))
    again = await word(client, "channel", "web")
    assert again["id"] not in (web["id"], alias["id"])
    assert (await client.got(f"/v1/vocabulary/{again['id']}"))["slug"] == "web"
    assert (await client.got(f"/v1/vocabulary/{web['id']}"))["slug"] == "net"


@pytest.mark.parametrize("kind", ["channel", "department", "actor"])
async def test_a_rename_takes_as_many_statements_whatever_uses_the_word(
    client: Client, kind: str
) -> None:
    counts = []
    for size in (1, 6):
        slug = f"w{size}"
        words = {"actors": [slug]} if kind == "actor" else {kind: slug}
        for _ in range(size):
            await client.made("/v1/journeys", using(size, 3, **words))
        found = await word(client, kind, slug)
        before = await client.statements()
        answer = await client.patch(f"/v1/vocabulary/{found['id']}", json={"slug": f"{slug}-new"})
        counts.append(await client.statements() - before)
        assert answer.json()["use_count"] == size * size * 3
    assert counts[0] == counts[1]


async def test_a_rename_is_told_and_audited_row_by_row(client: Client, settings: Settings) -> None:
    made = await client.made("/v1/journeys", using(1, 2, channel="web"))
    web = await word(client, "channel", "web")
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        seen = "SELECT kind, resource_id::text, version FROM waypost.{} WHERE at > $1"
        made_at = "SELECT max(at) FROM waypost.outbox WHERE whole_id = $1::uuid"
        since = await owner.fetchval(made_at, made["id"])
        headers = {"Waypost-Actor": "Ann"}
        at = f"/v1/vocabulary/{web['id']}"
        await client.patch(at, json={"slug": "net"}, headers=headers)
        mine = {step["id"] for step in steps_of(made)} | {web["id"]}
        for table in ("outbox", "audit"):
            rows = await owner.fetch(seen.format(table), since)
            told = {(row["kind"], row["version"]) for row in rows if row["resource_id"] in mine}
            changed = {("step.updated", 2), ("vocabulary_entry.updated", 2)}
            assert told == changed | {("vocabulary_entry.created", 1)}
        step = steps_of(made)[0]["id"]
        kept = "SELECT person, changed::jsonb #>> '{values,channel}' AS channel FROM waypost.audit"
        row = await owner.fetchrow(f"{kept} WHERE resource_id = $1::uuid AND version = 2", step)
        assert (row["person"], row["channel"]) == ("Ann", "net")
    finally:
        await owner.close()


async def test_many_who_rename_and_write_at_once_meet_no_deadlock(client: Client) -> None:
    maps = [await client.made("/v1/journeys", using(1, 3, channel="a", device="d")) for _ in "123"]
    steps = [step["id"] for one in maps for step in steps_of(one)]
    channel, device = await word(client, "channel", "a"), await word(client, "device", "d")

    async def rename(which: dict[str, Any], n: int) -> int:
        at = f"/v1/vocabulary/{which['id']}"
        return (await client.patch(at, json={"slug": f"{which['slug']}{n}"})).status_code

    async def write(step: str, n: int) -> int:
        body = {"emotion": n % 3 - 1, "touchpoints": []}
        return (await client.patch(f"/v1/steps/{step}", json=body)).status_code

    writing = [write(step, n) for n in range(3) for step in reversed(steps)]
    renaming = [rename(which, n) for n in range(4) for which in (channel, device)]
    answers = await asyncio.gather(*writing, *renaming)
    assert set(answers) == {200}
    for which in (channel, device):
        now = await client.got(f"/v1/vocabulary/{which['id']}")
        assert now["use_count"] == len(steps)
