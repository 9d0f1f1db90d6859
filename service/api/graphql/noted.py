"""Computed fields of rows that a statement tells: noted in its document, answered behind it.

Where such a field belongs Postgres writes a note: which one it is, and the members of its row that
its resolver reads. graphql-core answers the fields that were noted, all at once, so that each
is computed by one batch for all rows, and what may be wrong with one is what it is without a plan.
The answers take the places of the notes, and nothing else of the document is read.
"""

import asyncio
import re
import secrets
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from graphql import (
    Executor,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    OperationDefinitionNode,
    VariableValues,
    default_field_resolver,
    default_type_resolver,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails
from graphql.pyutils import Path
from strawberry import Schema

from service.api.graphql.context import Context, decode
from service.api.graphql.facts import encode
from service.api.graphql.selecting import STORED, Stored, declaration

MARK = secrets.token_hex(16)
"""What notes begin with: nobody can have written it into what is stored."""
_NOTE = re.compile(rf'"{MARK}(\d+) ((?:[^"\\]|\\.)*)"')


class Noted(NamedTuple):
    """A computed field of a type, and the nodes that select it."""

    kind: GraphQLObjectType
    nodes: Sequence[FieldNode]


def members_of(field: GraphQLField) -> tuple[str, ...]:
    """The members of its row that a computed field names; none where it cannot be noted: without
    one that must not be null, the rest of the answer would be another one."""
    named: Stored | None = declaration(field).metadata.get(STORED)
    if named is None or is_non_null_type(field.type):
        return ()
    return named.members or ()


class Document(NamedTuple):
    """What a statement has told for a root field, and the fields that notes in it mean."""

    key: str
    text: str
    noted: Sequence[Noted]


def executor(
    schema: Schema,
    operation: OperationDefinitionNode,
    fragments: dict[str, FragmentDefinitionNode],
    context: Context,
    values: VariableValues,
) -> Executor[Any]:
    """What answers single fields of an operation."""
    answering: Executor[Any] = schema.execution_context_class(
        schema._schema,
        fragments,
        {name: FragmentDetails(one) for name, one in fragments.items()},
        None,
        context,
        operation,
        values,
        default_field_resolver,
        default_type_resolver,
        default_field_resolver,
    )
    return answering


async def filled(
    answering: Executor[Any], documents: Sequence[Document]
) -> tuple[list[Document], list[GraphQLError]]:
    """The documents with answers in the places of notes, and what was wrong with these."""
    cut = [_NOTE.split(document.text) for document in documents]
    found = [
        _answer(answering, documents[place], pieces[at], pieces[at + 1], Path(root, at // 3, None))
        for place, pieces in enumerate(cut)
        for root in [Path(None, place, None)]
        for at in range(1, len(pieces), 3)
    ]
    values = iter(await asyncio.gather(*map(_awaited, found)))
    whole = [
        document._replace(text="".join(_pieces(pieces, values)))
        for document, pieces in zip(documents, cut, strict=True)
    ]
    return whole, _placed(answering.collected_errors.errors, documents)


def _pieces(pieces: Sequence[str], values: Iterator[Any]) -> Iterator[str]:
    """Of a document cut at its notes, each of which left two pieces."""
    for at, piece in enumerate(pieces):
        if at % 3 == 0:
            yield piece
        elif at % 3 == 1:
            yield encode(next(values)).decode()


def _answer(answering: Executor[Any], document: Document, which: str, told: str, path: Path) -> Any:
    """What a field has to say of the row whose members a note tells, now or later."""
    kind, nodes = document.noted[int(which)]
    row = decode(decode(f'"{told}"'))
    details = [FieldDetails(node, None) for node in nodes]
    return answering.execute_field(kind, row, details, path, None)


async def _awaited(found: Any) -> Any:
    return await found if asyncio.iscoroutine(found) else found


def _placed(errors: Sequence[GraphQLError], documents: Sequence[Document]) -> list[GraphQLError]:
    """Errors with the paths of their notes in what is answered: looked for if there are any."""
    paths: dict[Any, list[list[str | int]]] = {}
    for error in errors:
        place, which, *below = error.path or [0, 0]
        if place not in paths:
            document = documents[int(place)]
            paths[place] = [*_notes(decode(document.text), [document.key])]
        error.path = [*paths[place][int(which)], *below]
    return [*errors]


def _notes(value: Any, at: list[str | int]) -> Iterator[list[str | int]]:
    """Where notes stand, in their order."""
    if isinstance(value, str):
        if value.startswith(MARK):
            yield at
        return
    inner: Any = ()
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
    for name, one in inner:
        yield from _notes(one, [*at, name])
