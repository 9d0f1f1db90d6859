"""A document of 200 fields by GraphQL: one the process knows, and ones nobody has sent before."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

from graphql import GraphQLObjectType, build_schema, get_named_type, is_leaf_type

from benchmarks.ground import Row
from benchmarks.load import SERIAL
from benchmarks.queried import asked

FIELDS = 200
MOST = 10.0
"""Milliseconds in which the answer to one that is not known shall be there."""
_CONTRACT = Path(__file__).parents[1] / "openapi" / "schema.graphql"
_Parts = Mapping[str, Any]
_PARTS: _Parts = {
    "stages": {
        "questions": {},
        "objections": {},
        "steps": {"questions": {}, "pains": {}, "touchpoints": {"touchpoint": {}}},
    },
    "transitions": {},
    "variantOfJourney": {},
    "personas": {"pains": {}, "objections": {}},
    "asIs": {},
}


def known(rows: Sequence[Row]) -> Sequence[bytes]:
    """A map each."""
    return _named("map", rows)


def unseen(rows: Sequence[Row]) -> Sequence[bytes]:
    """The same, the map under a name of its own in each request."""
    return _named(f"map{SERIAL.decode()}", rows)


def _named(alias: str, rows: Sequence[Row]) -> Sequence[bytes]:
    query = f"query Large($id: ID!) {{ {alias}: journey(id: $id) {_selection()} }}"
    return [asked(row.tenant.key, query, id=str(row.id)) for row in rows]


@cache
def _selection() -> str:
    """`FIELDS` fields with the map itself: what takes no arguments, of a map and all its parts."""
    journey = build_schema(_CONTRACT.read_text()).type_map["Journey"]
    names = _selected(cast(GraphQLObjectType, journey), _PARTS)
    fields = [n for n, name in enumerate(names) if name not in "{}"]
    # The last are leaves, of which any number may be left out.
    surplus = fields[FIELDS - 1 :]
    return " ".join(name for n, name in enumerate(names) if n not in surplus)


def _selected(kind: GraphQLObjectType, parts: _Parts) -> list[str]:
    fields = kind.fields.items()
    # A map's page takes arguments, and is a whole document of its own.
    leaves = [n for n, f in fields if is_leaf_type(get_named_type(f.type)) and not f.args]
    names = ["{", *leaves]
    for name, inner in parts.items():
        below = cast(GraphQLObjectType, get_named_type(kind.fields[name].type))
        names += [name, *_selected(below, inner)]
    return [*names, "}"]
