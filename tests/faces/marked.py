"""A resource of each kind, marked: what calls of root fields name as another's."""

from typing import Any

from tests.faces.asking import answered
from tests.make import Client, journey

MARK = "belongs-elsewhere"
KNOWN = {"source": "crm", "id": MARK}


async def one_of_everything(client: Client) -> dict[str, dict[str, Any]]:
    """A resource of each kind, marked by its name and its external id."""
    names = {"external_ids": [KNOWN]}
    profile = await client.made("/v1/profiles", {"name": MARK, **names})
    persona = await client.made(
        "/v1/personas", {"name": MARK, "profile_id": profile["id"], **names}
    )
    attribute = await client.made(
        "/v1/profile-attributes", {"key": "elsewhere", "label": MARK, "type": "text", **names}
    )
    touchpoint = await client.made("/v1/touchpoints", {"name": MARK, **names})
    body = journey(2, 2, title=MARK, persona_ids=[persona["id"]], **names)
    body["stages"][0] |= {"name": MARK}
    body["stages"][0]["steps"][0] |= {
        "action": MARK,
        "touchpoints": [{"touchpoint_id": touchpoint["id"]}],
    }
    whole = await client.made("/v1/journeys", body)
    template = await client.made(
        "/v1/templates", {"journey_id": whole["id"], "name": MARK, "key": MARK, **names}
    )
    entry = await client.made("/v1/vocabulary", {"kind": "channel", "slug": MARK, **names})
    people = await _people(client)
    at = f"/v1/contacts/{people['Contact']['id']}/journeys"
    own = await answered(client, "{ workspace { uuid } apiKeys { nodes { uuid } } }")
    return {
        "Profile": profile,
        "Persona": persona,
        "ProfileAttribute": attribute,
        "Touchpoint": touchpoint,
        "Journey": whole,
        "Stage": whole["stages"][0],
        "Step": whole["stages"][0]["steps"][0],
        "Transition": whole["transitions"][0],
        "Template": template,
        "VocabularyEntry": entry,
        **await _about(client, whole, touchpoint),
        "QuarantinedMessage": await _put_aside(client),
        **people,
        "Enrolment": await client.made(at, {"journey_id": whole["id"], "step_key": "step-0-1"}),
        "TrustedDocument": await client.made(
            "/v1/trusted-documents", {"name": MARK, "document": "{ __typename }"}
        ),
        "Workspace": {"id": own["data"]["workspace"]["uuid"]},
        "ApiKey": {"id": own["data"]["apiKeys"]["nodes"][0]["uuid"]},
    }


async def _put_aside(client: Client) -> dict[str, Any]:
    """A message of nobody's."""
    await client.post("/v1/batch", json={"batch": [{"type": "track", "event": MARK}]})
    found: dict[str, Any] = (await client.got("/v1/quarantine"))["items"][0]
    return found


async def _about(
    client: Client, whole: dict[str, Any], touchpoint: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """What is said of a map, and done about it."""
    names = {"external_ids": [KNOWN]}
    content = await client.made(
        "/v1/content", {"title": MARK, "touchpoint_ids": [touchpoint["id"]], **names}
    )
    source = await client.made(
        "/v1/evidence-sources", {"source_kind": "poll", "title": MARK, **names}
    )
    story = {"kind": "anecdotal", "source_id": source["id"], "text": MARK, **names}
    about = [{"step_id": whole["stages"][0]["steps"][0]["id"]}]
    finding = await client.made("/v1/evidence", {**story, "targets": about})
    action = await client.made(
        "/v1/actions",
        {"title": MARK, "targets": [{"journey_id": whole["id"]}], **names},
    )
    review = await client.made(
        "/v1/reviews", {"journey_id": whole["id"], "departments": [MARK], **names}
    )
    target = {"kind": "journey", "id": whole["id"]}
    comment = await client.made("/v1/comments", {"target": target, "text": MARK, **names})
    places = [{"journey_id": whole["id"]}]
    kpi = await client.made("/v1/kpis", {"name": MARK, "places": places, **names})
    posted = {"items": [{"at": "2026-05-01T00:00:00Z", "value": 1}]}
    answer = await client.post(f"/v1/kpis/{kpi['id']}/values", json=posted)
    assert answer.status_code == 200, answer.text
    values = (await client.got(f"/v1/kpis/{kpi['id']}/values"))["items"]
    gap = (await client.got(f"/v1/journeys/{whole['id']}/gaps"))["items"][0]["id"]
    judged = await client.patch(f"/v1/gaps/{gap}", json={"status": "accepted"})
    assert judged.status_code == 200, judged.text
    return {
        "Gap": judged.json(),
        "Content": content,
        "EvidenceSource": source,
        "Evidence": finding,
        "Action": action,
        "Review": review,
        "Comment": comment,
        "Kpi": {**kpi, "value_id": values[0]["id"]},
        **await _alerted(client, whole),
    }


async def _alerted(client: Client, whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A rule that fires when the worker looks, and what it fired."""
    rule = {"watches": {"gap": {}}, "condition": {"above": 0}, "journey_id": whole["id"]}
    alert = await client.made("/v1/alerts", {"name": MARK, "external_ids": [KNOWN], **rule})
    await client.watched()
    (fired,) = (await client.got(f"/v1/alerts/{alert['id']}/firings"))["items"]
    return {"Alert": alert, "AlertFiring": fired}


async def _people(client: Client) -> dict[str, dict[str, Any]]:
    """Somebody of an organisation, and who was merged into them."""
    account = await client.made("/v1/accounts", {"name": MARK, "external_ids": [KNOWN]})
    known = {"source": KNOWN["source"], "value": KNOWN["id"]}
    contact = await client.made(
        "/v1/contacts",
        {"identifiers": [known], "traits": {"name": MARK}, "account_id": account["id"]},
    )
    other = await client.made("/v1/contacts", {"traits": {"name": "Other"}})
    both = {"winner_id": contact["id"], "loser_id": other["id"]}
    merge = await client.made("/v1/contacts/merge", both)
    made = {"Account": account, "Contact": contact, "Merge": merge}
    return {**made, **await _agreed(client)}


async def _agreed(client: Client) -> dict[str, dict[str, Any]]:
    """What people may agree to, and the receipt of somebody who was erased."""
    asked = {"key": MARK, "name": MARK, "legal_basis": "consent", "external_ids": [KNOWN]}
    purpose = await client.made("/v1/consent-purposes", asked)
    erased = await client.made("/v1/contacts", {})
    erasure = await client.made(f"/v1/contacts/{erased['id']}/erase", None)
    return {"ConsentPurpose": purpose, "Erasure": erasure}
