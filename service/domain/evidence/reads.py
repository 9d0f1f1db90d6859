"""What findings refer to, and the findings about many rows: each found at once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)

from service.domain import demographics
from service.domain.audiences import CATALOGUE, PROFILE_ATTRIBUTES, NewPersona, personas
from service.domain.errors import Problem, pointer
from service.domain.evidence.inputs import TARGETS
from service.domain.evidence.tables import evidence_targets
from service.domain.journeys import TOUCHPOINTS, journeys, stages, steps, transitions
from service.domain.statements import WORKSPACE, Statement, uuids
from service.domain.work import Work

_TABLES = {
    "persona_id": personas,
    "journey_id": journeys,
    "stage_id": stages,
    "step_id": steps,
    "transition_id": transitions,
    "touchpoint_id": TOUCHPOINTS.table,
}


def _named() -> Statement:
    """Of all that targets may name the ids there are, with the maps that they are or belong to."""
    rows = [
        select(
            literal_column(f"'{name}'").label("name"),
            table.c.id,
            _map_of(table).label("journey_id"),
        ).where(table.c.workspace_id == WORKSPACE, table.c.id == func.any(uuids(name)))
        for name, table in _TABLES.items()
    ]
    return Statement(union_all(*rows))


def _map_of(table: Any) -> Any:
    if table is journeys:
        return table.c.id
    return table.c.journey_id if "journey_id" in table.c else cast(null(), Uuid)


_NAMED = _named()


async def settle_targets(
    work: Work,
    evidence_id: UUID,
    targets: Sequence[Mapping[str, Any]],
    problems: list[Problem],
) -> list[dict[str, Any]]:
    """The targets as they are stored, each with the map that it is or belongs to.

    `problems` gains each that names nothing, each that is named twice, and each attribute that its
    persona cannot have. One that the finding named before stays, whatever became of the persona.
    """
    if not targets:
        return []
    ids: dict[str, list[UUID]] = {name: [] for name in TARGETS}
    for target in targets:
        ids[_name(target)].append(target[_name(target)])
    rows = await work.rows(_NAMED, **ids)
    maps = {(row["name"], row["id"]): row["journey_id"] for row in rows}
    own = await _attributes(work, evidence_id, targets)
    settled, seen = [], set()
    detail = "is no member of a persona, no known attribute, and none that this one has"
    for n, target in enumerate(targets):
        name = _name(target)
        at, what = pointer("targets", n, name), (name, target[name])
        if what not in maps:
            kind = name.removesuffix("_id")
            problems.append(Problem(at, "unknown_reference", f"there is no such {kind}"))
        elif (*what, target["attribute"]) in seen:
            problems.append(Problem(at, "repeated", "is named twice"))
        elif (named := target["attribute"]) and not _is_had(named, own[target[name]]):
            at = pointer("targets", n, "attribute")
            problems.append(Problem(at, "unknown_attribute", detail))
        seen.add((*what, target["attribute"]))
        place = {"journey_id": maps.get(what), "position": n, "copied": False}
        settled.append({**target, **place})
    return settled


async def _attributes(
    work: Work, evidence_id: UUID, targets: Sequence[Mapping[str, Any]]
) -> Mapping[UUID, Collection[str]]:
    """What personas have of the attributes named, and what the finding named of them before.

    Attributes of one's own are everybody's. Nothing is read where all are those that anybody has.
    """
    named = {one["attribute"] for one in targets if one["attribute"]}
    found: dict[UUID, set[str]] = {one["persona_id"]: set() for one in targets if one["persona_id"]}
    if all(_is_had(name, ()) for name in named):
        return found
    keys = [name.removeprefix("demographics.").removeprefix("attributes.") for name in named]
    rows = await work.rows(_HAD, ids=list(found), evidence_id=evidence_id, keys=keys)
    for row in rows:
        for which in found if row["persona_id"] is None else (row["persona_id"],):
            found[which].add(row["name"])
    return found


def _is_had(attribute: str, own: Collection[str]) -> bool:
    """Whether it is an attribute that anybody has, or one of a persona's `own`."""
    names = {attribute, *(prefix + attribute for prefix in _PREFIXES)}
    return not names.isdisjoint(_ANYBODYS) or not names.isdisjoint(own)


_PREFIXES = ("demographics.", "attributes.")
_ANYBODYS = frozenset(
    {
        *(NewPersona.model_fields.keys() - {"name", "profile_id", "external_ids"}),
        *(f"demographics.{name}" for name in demographics.NAMES),
        *(f"attributes.{one.key}" for one in CATALOGUE),
    }
)
"""Members of a persona, and the full names of what any persona may have beside them."""


def _had() -> Statement:
    declared = PROFILE_ATTRIBUTES.table
    key = declared.c.key
    held = evidence_targets
    return Statement(
        union_all(
            *(_keys_of(prefix, personas.c[prefix.removesuffix(".")]) for prefix in _PREFIXES),
            select(
                cast(null(), Uuid).label("persona_id"), ("attributes." + key).label("name")
            ).where(
                declared.c.workspace_id == WORKSPACE,
                key == func.any(bindparam("keys", type_=ARRAY(Text))),
            ),
            select(held.c.persona_id, held.c.attribute).where(
                held.c.workspace_id == WORKSPACE,
                held.c.evidence_id == bindparam("evidence_id", type_=Uuid()),
                held.c.persona_id.is_not(None),
                held.c.attribute.is_not(None),
            ),
        )
    )


def _keys_of(prefix: str, column: Any) -> Any:
    """The full names of what personas have in a member that holds attributes."""
    key = func.jsonb_object_keys(column).table_valued("key").render_derived()
    name = (literal_column(f"'{prefix}'", Text) + key.c.key).label("name")
    return (
        select(personas.c.id.label("persona_id"), name)
        .select_from(personas.join(key, true()))
        .where(personas.c.workspace_id == WORKSPACE, personas.c.id == func.any(uuids("ids")))
    )


_HAD = _had()


def _name(target: Mapping[str, Any]) -> str:
    """The one member that a target names."""
    return next(name for name in TARGETS if target[name] is not None)
