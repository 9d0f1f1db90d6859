"""What the OpenAPI document says of the whole, and of what every resource can do."""

from typing import Any

DESCRIPTION = """
The service behind customer-experience tools: ideal-client profiles, personas and journey maps, and
what a map alone cannot show.

Every resource has `id`, `version`, `created_at` and `updated_at`. Lists answer pages: `next` goes
into `after`. PATCH is JSON merge patch (RFC 7396), PUT replaces; what was read can be sent back.
An `ETag` goes into `If-Match`, so that nobody's change is lost, and an `Idempotency-Key` makes a
POST safe to repeat. Whatever is refused is answered with a problem document (RFC 9457) that names
every offending member.
""".strip()

ABOUT: dict[str, Any] = {
    "summary": "Personas, journey maps and what they leave unsaid.",
    "description": DESCRIPTION,
    "license_info": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "contact": {"name": "Whoever operates this service"},
    "servers": [{"url": "/", "description": "The service that answered this document."}],
}

TAGS: dict[str, str] = {
    "journeys": "Maps of what clients do, stage by stage and step by step, and what is computed of"
    " them.",
    "stages": "The phases of a map, each with its steps.",
    "steps": "What somebody does in a stage: action, emotion, questions, touchpoints.",
    "transitions": "The edges between the steps of a map.",
    "touchpoints": "The catalogue of the places where client and firm cross.",
    "content": "What clients are given: articles, videos, webinars, and the questions, pains and"
    " objections they answer.",
    "templates": "Stages to begin a map with: ready ones, and one's own.",
    "vocabulary": "The words that maps use for channels, devices, departments, actors and topics.",
    "evidence": "Research findings: stories and figures about maps, their parts, personas and"
    " touchpoints.",
    "evidence-sources": "Interviews, surveys, review pages: each the source of many findings.",
    "themes": "Worries that findings about several maps share.",
    "profiles": "Ideal-client profiles: whom a map is for.",
    "personas": "Fictional representatives of a profile, each with a face.",
    "profile-attributes": "The catalogue of what describes a profile: built-in attributes and own"
    " ones.",
    "consent-purposes": "What people are addressed or analysed for, and what allows it.",
    "erasures": "Receipts of erasures: how much was erased, and of nobody's name.",
    "actions": "The plan: what is done about gaps and opportunities, and what it changed.",
    "reviews": "Looks at a map by the departments it concerns, with their sign-offs.",
    "comments": "What people say about maps, their parts, and all else.",
    "overview": "All maps at a glance: how they feel, what they lack, and what is done about it.",
    "gaps": "Where clients may go elsewhere, and what maps do not know; computed, and judged by"
    " people.",
    "events": "What people did: sent by clients of analytics, loaded from files, and read.",
    "quarantine": "Messages that could not be taken, kept with the reason until they are mended.",
    "contacts": "Real people, by what other systems call them; merged where two are one.",
    "accounts": "The organisations that they belong to.",
    "merges": "Who was merged into whom, and how to undo it.",
    "kpis": "A workspace's own KPIs and targets, figures posted of them, and how they stand.",
    "alerts": "Rules on KPIs and gaps: how they stand, and what fired.",
    "measures": "Figures computed of what people did: sessions, funnels, paths, KPIs.",
    "bindings": "What ties real events to steps and touchpoints, tried on the past.",
    "enrolments": "Contacts put at a place of a map by hand; one that was wrong is taken back.",
    "settings": "Time zone, weights and limits of what is computed in a workspace.",
    "api-keys": "The keys by which callers enter a workspace.",
    "trusted-documents": "GraphQL documents that callers may ask for by their hash, or must.",
    "changes": "Everything that changed in a workspace, in order, nothing skipped.",
    "workspaces": "Tenants, to which all their maps, people and keys belong.",
}
"""What each tag holds."""

LIKE = "0198c7f0-0000-7000-8000-0000000000{}"
_IDS = {
    "workspace": "01",
    "api_key": "02",
    "trusted_document": "03",
    "profile": "10",
    "profile_attribute": "15",
    "persona": "20",
    "journey": "40",
    "stage": "50",
    "step": "60",
    "touchpoint": "70",
    "content": "90",
    "transition": "80",
    "template": "85",
    "vocabulary_entry": "86",
    "evidence_source": "87",
    "evidence": "88",
    "action": "a0",
    "kpi": "f0",
    "value": "f1",
    "alert": "f7",
    "alert_firing": "f8",
    "gap_sighting": "f9",
    "review": "b0",
    "comment": "c0",
    "consent_purpose": "e0",
    "consent": "e1",
    "erasure": "e2",
    "revision": "89",
    "contact": "d0",
    "account": "d5",
    "merge": "d9",
    "enrolment": "da",
    "quarantined_message": "f5",
}


def id_like(kind: str) -> str:
    """What the id of a resource of this kind looks like: the same wherever it is spoken of."""
    return LIKE.format(_IDS.get(kind, "99"))


def kind_of(collection: str) -> str:
    """The kind of resource that a collection's path holds."""
    kind = collection.replace("-", "_").removesuffix("s")
    return {"vocabulary": "vocabulary_entry"}.get(kind, kind)


def named(kind: str) -> str:
    """A kind of resource as people call it."""
    return kind.replace("_", " ").replace("-", " ").replace("api ", "API ")


def one(kind: str) -> str:
    """The same with its article."""
    name = named(kind)
    return f"{'an' if name[0] in 'aeiouA' else 'a'} {name}"


OPERATIONS: dict[str, tuple[str, str]] = {
    "list": (
        "List {}s",
        "A page of them in the order asked for, with `next` for the page behind it. A row has the"
        " resource's own members; `view=whole` adds its parts.",
    ),
    "create": (
        "Create {}",
        "Answers the new resource as it is stored, with defaults filled in and ids given.",
    ),
    "read": (
        "Read {}",
        "The whole of it, with its parts. If-None-Match with the ETag of what you have spares the"
        " answer.",
    ),
    "patch": (
        "Change some members of {}",
        "JSON merge patch (RFC 7396): what is absent stays, null takes the default, objects merge,"
        " lists are replaced whole.",
    ),
    "replace": (
        "Replace {}",
        "Gives all members anew; those not sent take their defaults. What was read can be sent"
        " back: `id`, times and `version` are ignored.",
    ),
    "delete": (
        "Delete {}",
        "Refused with 409 and the list of its users while others use it, unless"
        " `dependents=detach` lets them forget it.",
    ),
    "read by_external_id": (
        "Read {} by a name of your own",
        "The same as by id, for callers who know it as `external_id` in their system `source`.",
    ),
    "put by_external_id": (
        "Create or replace {} by a name of your own",
        "Created (201) the first time, replaced (200) after that, so that a system syncs without"
        " keeping our ids. The name is added to `external_ids`.",
    ),
    "patch by_external_id": (
        "Change some members of {} by a name of your own",
        "JSON merge patch of the resource known as `external_id` in your system `source`.",
    ),
    "delete by_external_id": (
        "Delete {} by a name of your own",
        "The same as by id: 409 while others use it, unless `dependents=detach`.",
    ),
    "read contact": (
        "Read {}",
        "As it is shown: one that was merged into another is answered as that one, whose id the"
        " answer has.",
    ),
    "patch contact": (
        "Change some members of {}",
        "JSON merge patch (RFC 7396) of what is shown. `identifiers` are then all that it has: an"
        " event that comes by another is somebody else's. What is older by `source_updated_at`"
        " changes nothing.",
    ),
    "replace contact": (
        "Replace {}",
        "Gives all members anew, and takes it out of the archive; identifiers stay unless sent.",
    ),
    "delete contact": (
        "Archive {}",
        "Lists leave it out; nothing of it is lost, and `restore` brings it back.",
    ),
    "read by_external_id contact": (
        "Read {} by an identifier",
        "Whoever has the identifier `external_id` of the source `source`.",
    ),
    "put by_external_id contact": (
        "Create or replace {} by an identifier",
        "Created (201) the first time, replaced (200) after that. Identifiers sent are added to"
        " those it has. Of two who were merged, the one who has the identifier is changed.",
    ),
    "patch by_external_id contact": (
        "Change some members of {} by an identifier",
        "JSON merge patch of the contact that has it; identifiers sent are added.",
    ),
    "delete by_external_id contact": (
        "Archive {} by an identifier",
        "Lists leave it out; nothing of it is lost.",
    ),
}
"""What each of a resource's operations does, of a kind apart where it is another thing: a line, and
what callers need to know besides."""


def operation(verb: str, kind: str) -> dict[str, Any]:
    """The name and the words of an operation on a kind of resource."""
    summary, description = OPERATIONS.get(f"{verb} {kind}") or OPERATIONS[verb]
    name = named(kind) if "{}s" in summary else one(kind)
    first, _, rest = verb.partition(" ")
    return {
        "operation_id": "_".join(filter(None, (first, kind, rest))),
        "summary": summary.format(name),
        "description": description,
    }
