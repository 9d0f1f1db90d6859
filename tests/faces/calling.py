"""Calls of root fields, generated from the schema, so that a field added later is called too."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_input_field,
)

from service.api.graphql.ids import global_id
from service.api.graphql.schema import schema
from tests.faces.marked import KNOWN, MARK

CORE: Any = schema._schema
MEANT = {
    "parentId": "Profile",
    "profileId": "Profile",
    "personaId": "Persona",
    "personaIds": "Persona",
    "profileIds": "Profile",
    "touchpointIds": "Touchpoint",
    "touchpointId": "Touchpoint",
    "journeyId": "Journey",
    "asIsId": "Journey",
    "variantOf": "Journey",
    "nextJourneyIds": "Journey",
    "stageId": "Stage",
    "aliasOf": "VocabularyEntry",
    "into": "VocabularyEntry",
    "sourceId": "EvidenceSource",
    "stepId": "Step",
    "transitionId": "Transition",
    "contactId": "Contact",
    "alertId": "Alert",
    "gapId": "Gap",
    "accountId": "Account",
    "winnerId": "Contact",
    "loserId": "Contact",
}
"""What an id of this name is of; `after` is of what the field moves."""
ONE_OF = {
    "EvidenceTargetInput": "stepId",
    "BindingPreviewInput": "stepId",
    "KpiPlaceInput": "stepId",
    "AlertWatchInput": "gap",
    "AlertWatchPatch": "gap",
    "AlertConditionInput": "above",
    "AlertConditionPatch": "above",
}
"""Inputs of which one member alone may be given."""
REFERS_TO_NOTHING = {"contentIds", "evidenceIds", "gapIds"}
"""Gaps are computed, and stored nowhere; of the others there is none here that could be meant."""
LEAVES = {
    "key": "mine",
    "purpose": "analytics",
    "scopes": "maps:read",
    "from": MARK,
    "to": "step-0-1",
    "at": "2026-05-01T00:00:00Z",
    "anyOf": "Visit",
}
SCALARS = {"String": "Mine", "Int": 1, "Float": 0.5, "Boolean": True, "JSON": None, "Decimal": 1}


COMPUTED = {
    *("edges", "emotionCurve", "gaps", "strengths", "plan", "coverage", "challenges", "staleness"),
    *("evidence", "content", "actions", "reviews", "comments", "revisions", "variants", "quality"),
    *("timeline", "breakdown"),
}
"""Fields below the root that are asked for by tests of their own: together they are too many."""
ARGUMENTS = {"first": 5, "number": 1, "revision": "1"}
"""Values of a field's own arguments that are no ids."""


class Calling:
    """One call of a root field with ids of `theirs`, each `spelt` from its kind and itself."""

    def __init__(
        self,
        field: str,
        theirs: dict[str, dict[str, Any]],
        spelt: Callable[[str, str], str] = global_id,
    ) -> None:
        self.field = field
        self.theirs = theirs
        self.spelt = spelt
        self.foreign = False

    def variables(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """A value for each argument that takes an id, or that must be given."""
        found = {}
        for name, argument in arguments.items():
            value = self.value(name, argument.type, depth=0)
            if value is not None:
                found[name] = value
        if self.field == "importJourneys":
            found["json"] = {"title": "Mine", "external_ids": [KNOWN]}
        elif "csv" in arguments:
            label = "title" if self.field == "importContents" else "name"
            found["csv"] = f"{label},external_id\nMine,{KNOWN['source']}:{KNOWN['id']}\n"
            self.foreign = True
        return found

    def value(self, name: str, kind: Any, depth: int) -> Any:
        """Another's id, an input that holds some, or what any member may be."""
        if is_list_type(get_nullable_type(kind)):
            one = self.value(name, get_nullable_type(kind).of_type, depth)
            return None if one is None else [one]
        inner = get_named_type(kind)
        if str(inner) == "ID":
            return self.an_id(name)
        if str(inner) == "ExternalIdInput":
            self.foreign = True
            return KNOWN
        if isinstance(inner, GraphQLInputObjectType):
            return self.members(inner, depth) if depth < 4 else None
        return self.a_leaf(name, inner, depth)

    def a_leaf(self, name: str, kind: Any, depth: int) -> Any:
        """Any value that will do; of a field's own arguments those that may not be missing."""
        if isinstance(kind, GraphQLEnumType):
            return next(iter(kind.values))
        if name == "valueId":
            return self.theirs["Kpi"].get("value_id", str(UUID(int=1)))
        if depth == 0:
            return ARGUMENTS.get(name)
        return LEAVES.get(name, SCALARS.get(str(kind)))

    def members(self, kind: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        """What must be given, and all that holds ids."""
        found = {}
        for name, field in kind.fields.items():
            if name != ONE_OF.get(str(kind), name):
                continue
            leaf = is_leaf_type(get_named_type(field.type)) and "ID" not in str(field.type)
            if leaf and not is_required_input_field(field):
                continue
            value = self.value(name, field.type, depth + 1)
            if value is not None:
                found[name] = value
        return found

    def an_id(self, name: str) -> str | None:
        """The global id of another's resource."""
        if name in REFERS_TO_NOTHING:
            return None
        kind = MEANT.get(name) or self.own_kind()
        if (self.field, name) == ("comments", "parentId"):
            kind = "Comment"
        self.foreign = True
        return self.spelt(kind, self.theirs[kind]["id"])

    def own_kind(self) -> str:
        """The kind that a field is about, by its name."""
        spelt = self.field[0].upper() + self.field[1:]
        fits = [kind for kind in self.theirs if kind in spelt or f"{kind}s" in spelt]
        return max(fits, key=len) if fits else "Journey"


def operation(root: str, name: str, given: Iterable[str]) -> str:
    """A call of one field with variables, that selects all it can answer, three levels down."""
    field = CORE.get_type(root).fields[name]
    declared = ", ".join(f"${a}: {field.args[a].type}" for a in given)
    passed = ", ".join(f"{a}: ${a}" for a in given)
    head = f"{root.lower()} ({declared})" if declared else root.lower()
    call = f"{name}({passed})" if passed else name
    return f"{head} {{ {call} {{ {selected(get_named_type(field.type), 2)} }} }}"


def selected(kind: Any, depth: int) -> str:
    """All leaves of a type, and what is below it."""
    if str(kind) == "Node":
        marked = "... on Profile { name } ... on Journey { title } ... on Step { action }"
        return f"__typename id {marked}"
    found = []
    for name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if is_leaf_type(inner) and name != "map":
            found.append(name)
        elif depth and not is_leaf_type(inner) and name not in COMPUTED:
            found.append(f"{name} {{ {selected(inner, depth - 1)} }}")
    return " ".join(found) or "__typename"


ROOTS = [
    (root, name) for root in ("Query", "Mutation") for name in sorted(CORE.get_type(root).fields)
]
KINDS = (
    *("Profile", "Persona", "ProfileAttribute", "Touchpoint", "Journey", "Stage", "Step"),
    *("Transition", "Workspace", "ApiKey", "Template", "VocabularyEntry", "Content"),
    *("EvidenceSource", "Evidence", "TrustedDocument"),
    *("Action", "Review", "Comment", "Kpi", "Gap", "Alert", "AlertFiring", "QuarantinedMessage"),
    *("Contact", "Account", "Merge"),
    *("ConsentPurpose", "Erasure", "Enrolment"),
)
