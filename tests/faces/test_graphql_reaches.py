"""All that REST can do is a field here, by the name that follows from REST's own or is told below;
what is not stands in one list, each with its reason.
"""

import json
import re
from typing import Any

import pytest
from graphql import get_named_type, is_non_null_type

from tests.faces.calling import CORE
from tests.house.source import ROOT

OPERATIONS = [
    operation["operationId"]
    for path in json.loads((ROOT / "openapi" / "openapi.json").read_text())["paths"].values()
    for method, operation in path.items()
    if method in {"get", "post", "put", "patch", "delete"}
]
_BINARY = "bytes are sent as bytes, not in JSON; `avatarUrl` tells where"
_TRACKED = "the tracking protocol is others': its libraries send to its own paths"
NOT_HERE = {
    "put_persona_avatar": _BINARY,
    **{
        f"send_{kind}": _TRACKED
        for kind in ("batch", "import", "identify", "track", "page", "screen", "group", "alias")
    },
    "load_events": "a stream of up to 64 MiB, line by line",
}
"""What REST alone can do, and why."""
NAMED_OTHERWISE = {
    "read_persona_avatar": "Persona.avatarUrl",
    "read_emotion_curve": "Journey.emotionCurve",
    "read_challenges": "Journey.challenges",
    "read_coverage": "Journey.coverage",
    "read_plan": "Journey.plan",
    "read_staleness": "Journey.staleness",
    "read_map": "Journey.map",
    "read_persona_quality": "Persona.quality",
    "read_action_effect": "Action.effect",
    "read_kpi_status": "Query.kpiStatus",
    "read_overview": "Query.overview",
    "read_sales_funnel": "Query.journeySalesFunnel",
    "read_observed_transitions": "Query.journeyTransitions",
    "list_journey_gaps": "Journey.gaps",
    "list_journey_contacts": "Journey.contacts",
    "list_variant": "Journey.variants",
    "list_acknowledgement": "Revision.acknowledgements",
    "list_gap_sighting": "Query.gapHistory",
    "list_contact_event": "Query.timeline",
    "list_profile_contact": "Query.profileContacts",
    "list_kpi_value": "Query.postedKpiValues",
    "list_vocabulary_entry": "Query.vocabulary",
    "read_settings": "Query.settings",
    "preview_binding": "Query.bindingPreview",
    "preview_profile": "Query.profilePreview",
    "preview_conditions": "Query.previewConditions",
    "export_contact": "Query.contactExport",
    "look_up_contacts": "Query.lookUpContacts",
    "search_contacts": "Query.contacts",
    "query_kpi": "Query.kpiValue",
    "query_funnels": "Query.funnel",
    "query_transitions": "Query.observedTransitions",
    "share_map": "Mutation.shareJourney",
}


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def by_rule(operation: str) -> list[str]:
    """The fields that may be it, by its name alone."""
    verb, _, rest = operation.partition("_")
    if found := re.fullmatch(r"(\w+)_by_external_id", rest):
        one = found[1]
        name = {"read": f"{one}_by_external_id", "put": f"upsert_{one}"}.get(verb)
        return [camel(name or f"{_VERBS.get(verb, verb)}_{rest}")]
    if verb in ("read", "query"):
        return [camel(rest)]
    if verb == "list":
        return [camel(rest), f"{camel(rest)}s"]
    return [camel(f"{_VERBS.get(verb, verb)}_{rest}")]


_VERBS = {"patch": "update"}


def fields_of(kind: str) -> dict[str, Any]:
    fields: dict[str, Any] = CORE.get_type(kind).fields
    return fields


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_rest_can_do_is_a_field(operation: str) -> None:
    if operation in NOT_HERE:
        assert operation not in NAMED_OTHERWISE
        return
    if operation in NAMED_OTHERWISE:
        kind, _, name = NAMED_OTHERWISE[operation].partition(".")
        assert name in fields_of(kind)
        return
    there = {*fields_of("Query"), *fields_of("Mutation")}
    assert {*by_rule(operation)} & there, by_rule(operation)


def test_the_lists_hold_what_there_is() -> None:
    assert {*NOT_HERE, *NAMED_OTHERWISE} <= {*OPERATIONS}


@pytest.mark.parametrize("name", sorted(fields_of("Mutation")))
def test_a_mutation_answers_what_changed_and_why_it_was_refused(name: str) -> None:
    """What changed may be null: it is where `userErrors` say why."""
    field = fields_of("Mutation")[name]
    assert not is_non_null_type(field.type)
    payload = dict(get_named_type(field.type).fields)
    assert str(payload.pop("userErrors").type) == "[UserError!]!"
    assert payload
    assert not any(is_non_null_type(one.type) for one in payload.values())


def test_every_field_and_argument_says_what_it_is() -> None:
    silent = [
        f"{kind}.{name}"
        for kind in CORE.type_map.values()
        if not kind.name.startswith("__")
        for name, field in getattr(kind, "fields", {}).items()
        for one in (field, *getattr(field, "args", {}).values())
        if not one.description
    ]
    assert not silent


def test_every_scalar_of_ours_says_where_it_is_specified() -> None:
    own = [kind for name, kind in CORE.type_map.items() if name in _OWN_SCALARS]
    assert len(own) == len(_OWN_SCALARS)
    assert all(kind.specified_by_url for kind in own)


_OWN_SCALARS = {"Date", "DateTime", "Decimal", "JSON", "UUID"}
