"""Contacts held against filters: who is judged, how many hold, and one contact's own answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.elements import ClauseElement

from service.domain import contacts, filters
from service.domain.audiences import personas, profile_attributes, profiles
from service.domain.contacts import contact_rows
from service.domain.errors import NotFound
from service.domain.filters import At, Consent, ContactLeaf, Filter
from service.domain.membership.person import Person, written
from service.domain.paging import in_workspace
from service.domain.shapes import json_object
from service.domain.statements import WORKSPACE, Statement
from service.domain.tables import instant
from service.domain.work import Work

REASONS = ("archived", "test", "restricted", "not_for_analytics")
"""Why figures leave a contact out: the first that holds."""
_NO, _YES, _LEFT_OUT = 0, 1, 2
MOST_PERSONAS = 500
_NOW = bindparam("now", type_=instant)
_decode = msgspec.json.Decoder(float_hook=Decimal).decode


def left_out(row: FromClause, *, alone: bool = False) -> list[tuple[ColumnElement[bool], str]]:
    """What leaves a contact out of figures, each with its reason, in their order; `alone` is a
    row for which nothing of others is to be read.
    """
    out = contacts.may_be_used(row.c.id, Consent(contacts.ANALYTICS)).is_not(True)
    if alone:
        purpose = literal_column(f"'{contacts.ANALYTICS}'", Text)
        out = contacts.excluded_since(row, purpose, _NOW).is_not(None)
    return list(
        zip(
            (
                row.c.archived_at.is_not(None),
                row.c.test,
                row.c.id.in_(contacts.restricted(_NOW)),
                out,
            ),
            REASONS,
            strict=True,
        )
    )


def holds(filter: Filter, row: FromClause) -> ColumnElement[bool]:
    """A settled filter as a condition on a contact's row; NULL is unknown."""
    return filters.condition(filter, contacts.columns(row), contacts.leaves(row))


def counts(row: FromClause) -> ColumnElement[bool]:
    """Whether figures count a contact."""
    return and_(*(~condition for condition, _ in left_out(row)))


def answers(filter: Filter, row: FromClause, wanted: bool | None) -> ColumnElement[bool]:
    """Whether a contact that figures count gives this answer."""
    answer = holds(filter, row).is_(wanted)
    return and_(row.c.merged_into_id.is_(None), counts(row), answer)


def everybody(filter: Filter, name: str) -> FromClause:
    """Everybody with the `outcome` of a settled filter: 1 yes, 0 no, NULL unknown, from 2 on why
    they are left out, in the order of `REASONS`.

    One pass over the workspace's contacts, whatever the filter asks.
    """
    row = in_workspace(contact_rows)
    outcome = case(
        *(
            (condition, literal_column(str(_LEFT_OUT + place), Integer))
            for place, (condition, _) in enumerate(left_out(row))
        ),
        else_=cast(holds(filter, row), Integer),
    )
    found = select(*(row.c[n] for n in _ASKED), outcome.label("outcome")).where(
        row.c.workspace_id == WORKSPACE, row.c.merged_into_id.is_(None)
    )
    # Fenced, or the condition would run for each figure that is made of its outcome. As a text: of
    # `OFFSET 0`, whose 0 is cast first, Postgres believes that processes cannot share it.
    return found.offset(literal_column("'0'")).subquery(name)


_ASKED = tuple(
    name
    for name in (*filters.STORED, "traits", "account_id")
    if name in contact_rows.c and name != "search"
)


def outcomes(found: FromClause) -> list[ColumnElement[Any]]:
    """How many of `everybody` are yes, no, unknown, and left out for each reason."""
    of = found.c.outcome
    wanted = [of == literal_column(str(_YES)), of == literal_column(str(_NO)), of.is_(None)]
    wanted += [of == literal_column(str(_LEFT_OUT + n)) for n in range(len(REASONS))]
    return [func.count().filter(one) for one in wanted]


def is_member(found: FromClause) -> ColumnElement[bool]:
    """Whether a row of `everybody` is a member."""
    return found.c.outcome == literal_column(str(_YES))


async def counted(
    work: Work, filter: Filter, tests: Mapping[str, Sequence[Filter]]
) -> tuple[list[int], list[int]]:
    """The counts of `outcomes`, and how many are unknown for lack of each field of `tests`, which
    are leaves of the filter.

    One statement.
    """
    await planned_apart(work)
    asked = _Asked(written(filter), filter, tuple(tests.values()))
    # Those who stand somewhere are told by their ids, and are others the next time.
    made = _counting.__wrapped__ if _has_places(filter) else _counting
    row = await work.value(made(asked))
    return list(row[0]), list(row[1])


def _has_places(filter: Filter) -> bool:
    return any(isinstance(leaf, At) for _, leaf in filters.tests(filter, ""))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A filter to count by; as a value two could be equal that ask for other things, 1 and True."""

    key: bytes
    filter: Filter = field(compare=False)
    tests: Sequence[Sequence[Filter]] = field(compare=False)


@lru_cache(maxsize=128)
def _counting(asked: _Asked) -> Statement:
    found = everybody(asked.filter, "everybody")
    missing = [
        func.count().filter(
            found.c.outcome.is_(None), or_(*(holds(leaf, found).is_(None) for leaf in leaves))
        )
        for leaves in asked.tests
    ]
    lacks = array(missing) if missing else cast(literal_column("'{}'"), ARRAY(Integer))
    return Statement(select(func.row(array(outcomes(found)), lacks)).select_from(found))


async def planned_apart(work: Work) -> None:
    """Let what follows in this transaction be planned for its own values: a plan for any workspace
    takes a large one for small. One statement.
    """
    if not work.guarded:
        await work.value(_PLANNED_APART)


async def person(work: Work, contact_id: UUID, leaves: Mapping[bytes, ContactLeaf]) -> Person:
    """A contact as it is shown, with the answers of what only its history answers: one statement.

    Raises `NotFound`.
    """
    statement = Statement(_person(tuple(leaves.values()))) if leaves else _PERSON
    found = await work.value(statement, contact_id=contact_id)
    if found is None:
        raise NotFound("contact", contact_id)
    *plain, traits, reason, answers = found
    values = dict(zip(_PLAIN, plain, strict=True)) | {"traits": _decode(traits)}
    values["contact_id"] = values["id"]
    answered = dict(zip(leaves, answers or (), strict=True))
    return Person(values["id"], values, answered, reason)


_PLAIN = ("id", *(n for n in filters.STORED if n in contact_rows.c and n != "id"))


def _person(leaves: tuple[ContactLeaf, ...]) -> ClauseElement:
    asked, row = contact_rows.alias("asked"), contact_rows.alias("person")
    why = left_out(row, alone=True)
    reason = case(*((condition, literal_column(f"'{word}'")) for condition, word in why))
    answer = contacts.leaves(row, alone=True)
    answers = array([answer(leaf) for leaf in leaves]) if leaves else null()
    shown = func.row(
        *(row.c[n] for n in _PLAIN),
        cast(row.c.traits, Text),
        cast(reason, Text),
        cast(answers, ARRAY(Boolean)),
    )
    same = (row.c.workspace_id == asked.c.workspace_id) & (row.c.id == asked.c.root_id)
    return (
        select(shown)
        .select_from(asked.join(row, same))
        .where(
            asked.c.workspace_id == WORKSPACE,
            asked.c.id == bindparam("contact_id", type_=Uuid()),
        )
    )


class StoredPersona(msgspec.Struct):
    """A persona as far as it is compared with contacts, its profile's attributes beside."""

    id: UUID
    name: str
    profile_id: UUID | None
    demographics: dict[str, Any]
    attributes: dict[str, Any]
    of_profile: dict[str, Any]

    @property
    def said(self) -> dict[str, Any]:
        """All that is said of it; its own words are the last."""
        return {**self.of_profile, **self.attributes, **self.demographics}


class StoredPersonas(msgspec.Struct):
    """Personas, and the keys of the workspace's own sensitive attributes."""

    personas: list[StoredPersona]
    sensitive: list[str]


async def stored_personas(work: Work) -> StoredPersonas:
    """All personas, at most 500, the oldest first: one statement."""
    return msgspec.json.decode(await work.value(_personas()), type=StoredPersonas)


@lru_cache
def _personas() -> Statement:
    one, profile = personas.alias("one"), profiles.alias("profile")
    names = ("id", "name", "profile_id", "demographics", "attributes")
    nothing: ColumnElement[Any] = literal_column("'{}'::jsonb")
    shown = json_object(
        {name: one.c[name] for name in names}
        | {"of_profile": func.coalesce(profile.c.attributes, nothing)}
    )
    is_its = (profile.c.workspace_id == one.c.workspace_id) & (profile.c.id == one.c.profile_id)
    oldest = (
        select(shown.label("shown"), one.c.created_at, one.c.id)
        .select_from(one.outerjoin(profile, is_its))
        .where(one.c.workspace_id == WORKSPACE)
        .order_by(one.c.created_at, one.c.id)
        .limit(literal_column(str(MOST_PERSONAS)))
        .subquery("oldest")
    )
    none: ColumnElement[Any] = literal_column("'[]'::json")
    every = select(func.coalesce(func.json_agg(oldest.c.shown), none)).scalar_subquery()
    own = profile_attributes.alias("own")
    sensitive = select(func.coalesce(func.json_agg(own.c.key), none)).where(
        own.c.workspace_id == WORKSPACE, own.c.sensitive
    )
    answer = json_object({"personas": every, "sensitive": sensitive.scalar_subquery()})
    return Statement(select(cast(answer, Text)))


_PLANNED_APART = Statement(
    select(
        func.set_config(
            literal_column("'plan_cache_mode'"),
            literal_column("'force_custom_plan'"),
            literal_column("true"),
        )
    )
)
_PERSON = Statement(lambda: _person(()))
