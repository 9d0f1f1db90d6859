"""The sample workspace: four stories, told in profiles, personas, touchpoints, maps and content.

A couple near retirement looks for an adviser; three people of one firm buy software; a runner buys
shoes on the phone; a bank answers stage by stage, answers a pain found in data, and treats three
micro-segments each in its own way; and what the adviser plans to do. One file tells one story in
bodies as callers would send them, with the ids they get, so that one body can name another. Last
come those who bought shoes and software, and what they did: a few told one by one in `people.json`,
and a crowd of runners; the shop says what its figures should be, and watches two.
People and figures are made up.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from service.domain import alerts, audiences, contacts, evidence, journeys, measures, plans
from service.domain.inputs import checked
from service.domain.resources import Resource
from service.domain.work import Work
from service.sample import crowd

WORKSPACE = UUID("0198c7f0-0000-7000-8000-000000000001")
"""Always the same, so that it is known whether the sample was ever loaded."""
JOURNEY = UUID("0198c7f0-0000-7000-8000-000000000040")
"""The map that a newcomer is shown first: the couple's."""

PUBLISHED = {
    JOURNEY: "As the couple told it",
    UUID("0198c7f0-0000-7000-8000-000000000341"): "The week of the fall",
}
"""Maps that everybody may rely on, by the label of their revision."""
SHOP = UUID("0198c7f0-0000-7000-8000-000000000240")
"""The shop's map, on which the crowd is."""
CHANGED_AGO = timedelta(days=120)
WAS: Mapping[str, Mapping[str, Any]] = {
    "see-postage": {"emotion": -2, "actual_outcome": "8.90 more"},
    "make-account": {"emotion": -2, "form_fields": 26},
    "wait-for-parcel": {"emotion": -1},
}
"""What steps of it were like before it changed, so long ago."""

STORIES = ("adviser", "software", "shop", "banks", "findings", "people")
# In this order: each kind names those before it.
_KINDS: dict[str, Resource] = {
    "profiles": audiences.PROFILES,
    "personas": audiences.PERSONAS,
    "touchpoints": journeys.TOUCHPOINTS,
    "journeys": journeys.JOURNEYS,
    "kpis": measures.KPIS,
    "alerts": alerts.ALERTS,
    "evidence_sources": evidence.EVIDENCE_SOURCES,
    "evidence": evidence.EVIDENCE,
    "content": evidence.CONTENT,
    "actions": plans.ACTIONS,
    "reviews": plans.REVIEWS,
    "comments": plans.COMMENTS,
    "accounts": contacts.ACCOUNTS,
    "contacts": contacts.CONTACTS,
}
_FOLDER = Path(__file__).parent


def told(story: str) -> dict[str, list[dict[str, Any]]]:
    """The bodies of one story, by kind; within a kind none names a later one."""
    found: dict[str, list[dict[str, Any]]] = msgspec.json.decode(
        (_FOLDER / f"{story}.json").read_bytes()
    )
    return found


async def load(work: Work) -> None:
    """Write the sample into the work's workspace, which must not have it yet.

    What its people did is apart, in `did`: events are never part of another transaction.
    """
    places: dict[tuple[str, str], str] = {}
    for story in STORIES:
        bodies = told(story)
        for kind, resource in _KINDS.items():
            for body in bodies.get(kind, ()):
                sent = _placed(body, places, work.now.date())
                made = await resource.create(work, checked(resource.new, sent), UUID(body["id"]))
                if kind == "journeys":
                    places |= _places(msgspec.json.decode(made.json))
    for journey_id, label in PUBLISHED.items():
        await journeys.REVISIONS.publish(work, journey_id, journeys.NewRevision(label=label))
    await _changed(work, places)
    await _meet(work)


async def _changed(work: Work, places: Mapping[tuple[str, str], str]) -> None:
    """The shop's map as it was, and since when it is as it is told."""
    told_of = {step["key"]: step for step in _steps_of(told("shop"), SHOP)}
    was = {key: {name: told_of[key].get(name) for name in members} for key, members in WAS.items()}
    since = work.now - CHANGED_AGO
    states = ((WAS, "Before the summer", None), (was, "The week of the order", since))
    for steps, label, effective_from in states:
        # Two states of the map, of a few steps each.
        for key, members in steps.items():
            which = UUID(places[str(SHOP), key])
            patch = checked(journeys.STEPS.patch_input, members)
            await journeys.STEPS.patch(work, which, patch)
        data = journeys.NewRevision(label=label, effective_from=effective_from)
        await journeys.REVISIONS.publish(work, SHOP, data)


def _steps_of(bodies: Mapping[str, Any], journey_id: UUID) -> list[dict[str, Any]]:
    (one,) = (body for body in bodies["journeys"] if body["id"] == str(journey_id))
    return [step for stage in one["stages"] for step in stage["steps"]]


async def _meet(work: Work) -> None:
    """The crowd, what people agreed to, and who was put on a map by hand."""
    batch = contacts.ContactBatch.model_validate({"items": crowd.runners()})
    await contacts.upsert_contacts(work, batch)
    bodies = _placed(told("people"), {}, work.now.date())
    for body in bodies["consents"]:
        said = contacts.NewConsent.model_validate(body)
        await contacts.record_consent(work, UUID(body["contact_id"]), said)
    for body in bodies["enrolments"]:
        put = contacts.NewEnrolment.model_validate(body)
        await contacts.ENROLMENTS.enrol(work, UUID(body["contact_id"]), put)


def did(today: date) -> bytes:
    """What people did until a day: a body of the tracking protocol, which counts once for ever."""
    told_of: list[dict[str, Any]] = _placed(told("people")["messages"], {}, today)
    named = [{"type": "track", "messageId": f"told-{n}"} | one for n, one in enumerate(told_of)]
    return msgspec.json.encode({"batch": [*named, *crowd.messages(today)]})


def _places(journey: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The ids of a map's steps by their keys, and of its stages by theirs."""
    which, stages = journey["id"], journey["stages"]
    steps = {(which, step["key"]): step["id"] for stage in stages for step in stage["steps"]}
    return steps | {(which, f"stage {stage['key']}"): stage["id"] for stage in stages}


def _placed(told: Any, places: Mapping[tuple[str, str], str], today: date) -> Any:
    """What is told of a step or stage by its key, and of a day by its distance, as callers send
    it."""
    if isinstance(told, list):
        return [_placed(one, places, today) for one in told]
    if not isinstance(told, dict):
        return told
    if "days" in told:
        day = (today + timedelta(days=told["days"])).isoformat()
        return f"{day}T{told['time']}:00Z" if "time" in told else day
    sent = {name: _placed(value, places, today) for name, value in told.items()}
    if "step" in sent:
        named = "id" if "kind" in sent else "step_id"
        sent[named] = places[sent.pop("journey_id"), sent.pop("step")]
    if "at_stage" in sent:
        sent["stage_id"] = places[sent.pop("journey_id"), f"stage {sent.pop('at_stage')}"]
    return sent
