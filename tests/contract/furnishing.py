"""A workspace with one of everything, each pointing at all it can."""

import io
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from PIL import Image

from service import folding
from service.database import Database
from tests.faces.full import BODIES
from tests.make import BY_ANN, Client, journey

KINDS = {
    "journeys": "journey",
    "stages": "stage",
    "steps": "step",
    "transitions": "transition",
    "touchpoints": "touchpoint",
    "content": "content",
    "profiles": "profile",
    "personas": "persona",
    "profile-attributes": "profile_attribute",
    "templates": "template",
    "vocabulary": "vocabulary_entry",
    "actions": "action",
    "reviews": "review",
    "comments": "comment",
    "overview": "overview",
    "revisions": "revision",
    "acknowledgements": "acknowledgement",
    "publish": "revision",
    "restore": "restoring",
    "copy": "copy",
    "diff": "journey",
    "variants": "journey",
    "api-keys": "api_key",
    "trusted-documents": "trusted_document",
    "workspaces": "workspace",
    "changes": "change",
    "evidence": "evidence",
    "evidence-sources": "evidence_source",
    "themes": "theme",
    "gaps": "gap",
    "consent-purposes": "consent_purpose",
    "consents": "consent",
    "erasures": "erasure",
    "settings": "settings",
    "events": "event",
    "quarantine": "quarantined_message",
    **dict.fromkeys(("batch", "identify", "track", "page", "screen"), "message"),
    **dict.fromkeys(("group", "alias"), "message"),
    "contacts": "contact",
    "accounts": "account",
    "merges": "merge",
    "enrolments": "enrolment",
    "bindings": "binding",
    "kpis": "kpi",
    "alerts": "alert",
    "firings": "alert_firing",
    "alert-firings": "alert_firing",
    "history": "gap_sighting",
    "values": "kpi_value",
}
"""The kind of what a collection's path holds."""

NAME = {"source": "crm", "external_id": "7"}
"""What the callers of every workspace call each of theirs."""


def portrait() -> bytes:
    """A small picture."""
    raw = io.BytesIO()
    Image.new("RGB", (32, 32)).save(raw, "PNG")
    return raw.getvalue()


def workspace_of(client: Client) -> UUID:
    """The workspace that a client's key names."""
    return UUID(client.headers["authorization"].split("_")[1][:32])


async def furnished(client: Client) -> Mapping[str, str]:
    """One of each kind, known as `NAME` where callers may name it: ids by kind."""
    wide = (await client.made("/v1/profiles", {"name": "Savers"}))["id"]
    ids = dict.fromkeys(("workspace", "settings"), str(workspace_of(client)))
    ids["profile"] = await _made(client, "/v1/profiles", parent_id=wide)
    ids["profile_attribute"] = await _made(client, "/v1/profile-attributes")
    ids["persona"] = persona = await _made(client, "/v1/personas", profile_id=ids["profile"])
    avatar = await client.put(f"/v1/personas/{persona}/avatar", content=portrait())
    assert avatar.status_code == 200, avatar.text
    ids["touchpoint"] = await _made(client, "/v1/touchpoints")
    before = (await client.made("/v1/journeys", journey(1, 1)))["id"]
    body = {**BODIES["/v1/journeys"], "as_is_id": before, "variant_of": before}
    body |= {"persona_ids": [persona], "next_journey_ids": [before]}
    step, *others = body["stages"][0]["steps"]
    step = {**step, "journey_id": before, "emotions": [{"persona_id": persona, "rating": 1}]}
    step["touchpoints"] = [{"touchpoint_id": ids["touchpoint"]}]
    body["stages"] = [{**body["stages"][0], "steps": [step, *others]}]
    made = await client.made("/v1/journeys", body, headers={"Idempotency-Key": "furnished"})
    ids["journey"], ids["stage"] = made["id"], made["stages"][0]["id"]
    ids["step"] = made["stages"][0]["steps"][0]["id"]
    ids["transition"] = made["transitions"][0]["id"]
    answer = {"journey_id": made["id"], "step_key": "call", "item_key": "fees"}
    people = {"profile_ids": [ids["profile"]], "persona_ids": [persona]}
    met = {"touchpoint_ids": [ids["touchpoint"]], "audience": people, "answers": [answer]}
    ids["content"] = await _made(client, "/v1/content", **met)
    own = {"journey_id": made["id"], "external_ids": [{"source": "crm", "id": "7"}]}
    revision = await client.made(f"/v1/journeys/{made['id']}/publish", {"label": "First"})
    ids["revision"], whom = revision["id"], revision["departments"][0]
    known = f"/v1/journeys/{made['id']}/revisions/1/acknowledgements"
    assert (await client.post(known, json={"department": whom}, headers=BY_ANN)).status_code == 200
    ids["template"] = (await client.made("/v1/templates", own))["id"]
    into = await client.made("/v1/vocabulary", {"kind": "channel", "slug": "telephone"})
    ids["vocabulary_entry"] = await _made(client, "/v1/vocabulary", alias_of=into["id"])
    ids["evidence_source"] = source = await _made(client, "/v1/evidence-sources")
    named = ("persona", "journey", "stage", "step", "transition", "touchpoint")
    ids["evidence"] = await _made(
        client,
        "/v1/evidence",
        source_id=source,
        subject={"profile_id": ids["profile"]},
        targets=[{f"{name}_id": ids[name]} for name in named],
    )
    ids |= await _planned(client, ids)
    ids |= await _agreed(client)
    ids["kpi"] = await _measured(client, ids)
    ids["gap"] = (await client.got(f"/v1/journeys/{made['id']}/gaps"))["items"][0]["id"]
    judged = await client.patch(f"/v1/gaps/{ids['gap']}", json={"status": "accepted"})
    assert judged.status_code == 200, judged.text
    ids |= await _alerted(client, ids)
    ids |= await _known(client)
    ids["enrolment"] = await _enrolled(client, ids)
    key = await client.made("/v1/api-keys", {"name": "Reader", "scopes": ["maps:read"]})
    ids["trusted_document"] = await _made(client, "/v1/trusted-documents")
    ids["quarantined_message"] = await _tracked(client)
    return {**ids, "api_key": key["id"]}


async def furnished_and_folded(client: Client, database: Database) -> Mapping[str, str]:
    """The same after the worker has passed, and what waits for it since."""
    ids = await furnished(client)
    await folding.folded(database, workspace_of(client))
    await _merged(client, ids["contact"], "9")
    return ids


async def _tracked(client: Client) -> str:
    """What somebody did under two names, and a message that is put aside, whose id this answers."""
    done = {"type": "track", "event": "Order Completed", "messageId": "m-4711"}
    known = {"type": "identify", "userId": "4711", "anonymousId": "browser-4711"}
    seen = {"type": "page", "anonymousId": "browser-4711"}
    batch = {"batch": [{**done, "userId": "4711"}, known, seen, done]}
    answer = await client.post("/v1/batch", json=batch)
    assert answer.json() == {"accepted": 3, "duplicates": 0, "quarantined": 1}, answer.text
    return str((await client.got("/v1/quarantine"))["items"][0]["id"])


async def _agreed(client: Client) -> dict[str, str]:
    """Somebody who agreed to something, and somebody who was erased."""
    purpose = await _made(client, "/v1/consent-purposes")
    said = [{"purpose": "newsletter", "granted": True}]
    ann, ben = [
        await client.made(
            "/v1/contacts/capture",
            {"identifiers": [{"source": "fair", "value": value}], "consents": said},
        )
        for value in ("ann", "ben")
    ]
    erased = await client.made(f"/v1/contacts/{ben['id']}/erase", None)
    return {
        "consent": ann["id"],
        "consent_purpose": purpose,
        "erasure": erased["id"],
    }


async def _planned(client: Client, ids: Mapping[str, str]) -> dict[str, str]:
    """What is done about a map, a look at it, and what is said of it."""
    known = {"external_ids": [{"source": "crm", "id": "7"}]}
    used = {f"{kind}_ids": [ids[kind]] for kind in ("evidence", "content") if kind in ids}
    targets = [{"stage_id": ids["stage"]}, {"step_id": ids["step"], "item_key": "fees"}]
    action = await _made(client, "/v1/actions", targets=targets, **used)
    body = {"journey_id": ids["journey"], "departments": ["service", "branch"], **known}
    review = (await client.made("/v1/reviews", body))["id"]
    at = f"/v1/reviews/{review}/sign-offs"
    answer = await client.post(at, json={"department": "service"}, headers=BY_ANN)
    assert answer.status_code == 200, answer.text
    about = {"target": {"kind": "step", "id": ids["step"]}, "text": "Look here"}
    above = (await client.made("/v1/comments", about))["id"]
    comment = await client.made("/v1/comments", {**about, "parent_id": above, **known})
    return {"action": action, "review": review, "comment": comment["id"]}


async def _measured(client: Client, ids: Mapping[str, str]) -> str:
    """A KPI that stands on a map, and another of which a figure was posted."""
    posted = (await client.made("/v1/kpis", {"name": "Posted", "owner": "service"}))["id"]
    items = [{"at": "2026-05-01T00:00:00Z", "value": 1, "keys": {"device": "mobile"}}]
    answer = await client.post(f"/v1/kpis/{posted}/values", json={"items": items})
    assert answer.status_code == 200, answer.text
    places = [{"stage_id": ids["stage"]}, {"step_id": ids["step"]}]
    return await _made(client, "/v1/kpis", places=places)


async def _known(client: Client) -> dict[str, str]:
    """Somebody of an organisation, and another who was merged into them."""
    account = await _made(client, "/v1/accounts")
    contact = await _made(client, "/v1/contacts", account_id=account)
    return {"account": account, "contact": contact, "merge": await _merged(client, contact, "8")}


async def _merged(client: Client, into: str, value: str) -> str:
    """Somebody else, who is merged into this contact."""
    other = await client.made("/v1/contacts", {"identifiers": [{"source": "crm", "value": value}]})
    both = {"winner_id": into, "loser_id": other["id"]}
    return str((await client.made("/v1/contacts/merge", both))["id"])


async def _enrolled(client: Client, ids: Mapping[str, str]) -> str:
    """Somebody put on the map, and another entry that was taken back."""
    at = f"/v1/contacts/{ids['contact']}/journeys"
    body = {"journey_id": ids["journey"], "step_id": ids["step"], "note": "Called us"}
    wrong = (await client.made(at, body))["id"]
    assert (await client.delete(f"/v1/enrolments/{wrong}")).status_code == 204
    return str((await client.made(at, body))["id"])


async def _alerted(client: Client, ids: Mapping[str, str]) -> dict[str, str]:
    """A rule on the gaps of a stage, and what it fired when the worker passed."""
    places = {"journey_id": ids["journey"], "stage_id": ids["stage"]}
    watches, condition = {"gap": {"min_severity": 0}}, {"above": 0}
    rule = await _made(client, "/v1/alerts", watches=watches, condition=condition, **places)
    await client.watched()
    (fired,) = (await client.got(f"/v1/alerts/{rule}/firings"))["items"]
    return {"alert": rule, "alert_firing": fired["id"]}


async def _made(client: Client, path: str, **members: Any) -> str:
    made = await client.made(path, {**BODIES[path], **members})
    return str(made["id"])
