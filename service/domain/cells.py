"""Members of an input as cells of a table, and back; one rule for every kind of resource.

| member | its cell |
|---|---|
| a text, a choice, a date, an id | as it is |
| a number, a yes or no | `-1.5`, `true`; taken as well: `-1,5`, `TRUE`, `yes`, `1` |
| a list | a JSON array; taken as well: texts with `;` between |
| external ids | like a list; the texts are `source:id`, objects where a source holds a colon |
| an object | JSON |
| a condition | JSON, a text in quotation marks; taken as well: a bare text |

An empty cell is the member's default: nothing, or an empty list. A text that is there but empty
has no cell of its own and comes back as nothing.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from pydantic_core import from_json

from service.domain.inputs import ExternalId, Input
from service.domain.kinds import is_object
from service.domain.statements import as_json


class Kind(StrEnum):
    """What a member is made of, as far as its cell is concerned."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    LIST = "list"
    OBJECT = "object"
    CONDITION = "condition"


@dataclass(frozen=True)
class Column:
    """A member as a column: its name in the input, and what an empty cell stands for."""

    name: str
    kind: Kind
    empty: Any
    shorthand: Callable[[str], Any] = str
    """What a text in a list stands for."""


class Unreadable(ValueError):
    """A cell that is not what its column holds; `code` is stable."""

    code = "json_invalid"


@lru_cache
def columns(model: type[Input], without: Collection[str] = frozenset()) -> Mapping[str, Column]:
    """The members of an input as columns, by name and in order."""
    return {
        name: Column(
            name,
            _kind(info.annotation),
            "" if info.is_required() else info.get_default(call_default_factory=True),
            _named if name == "external_ids" else str,
        )
        for name, info in model.model_fields.items()
        if name not in without
    }


def short(column: Column, shorthand: Callable[[str], Any]) -> Column:
    """The column of a list in which a text stands for something else."""
    return replace(column, shorthand=shorthand)


def said(column: Column, cell: str) -> Any:
    """A cell as a value for `msgspec.json.encode`. Raises `Unreadable`.

    JSON is passed on as it is, so that no digit is lost. What is not acceptable for other reasons
    is left to the input.
    """
    if not (cell if column.kind is Kind.TEXT else cell.strip()):
        return column.empty
    return _READ[column.kind](column, cell)


def shown(column: Column, value: Any) -> str:
    """A value, with numbers decoded as decimals, as its cell."""
    if value is None or value in ([], {}):
        return ""
    if column.kind is Kind.TEXT or (column.kind is Kind.NUMBER and not isinstance(value, str)):
        return str(value)
    if column.name == "external_ids" and not any(":" in name["source"] for name in value):
        return as_json([f"{name['source']}:{name['id']}" for name in value])
    return as_json(value)


decoded = msgspec.json.Decoder(float_hook=Decimal).decode
"""A document whose numbers keep every digit."""


def _kind(annotation: Any) -> Kind:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        (kind,) = {_kind(one) for one in get_args(annotation) if one is not type(None)}
        return kind
    if origin is Annotated:
        return _kind(get_args(annotation)[0])
    if annotation is Any:
        return Kind.CONDITION
    if is_object(annotation):
        return Kind.OBJECT
    return _PLAIN.get(origin or annotation, Kind.TEXT)


def _text(_: Column, cell: str) -> Any:
    return cell


def _number(_: Column, cell: str) -> Any:
    number = cell.strip().replace(",", ".")
    return msgspec.Raw(str(Decimal(number)).encode()) if _NUMBER.fullmatch(number) else cell


def _flag(_: Column, cell: str) -> Any:
    return _FLAGS.get(cell.strip().lower(), cell)


def _list(column: Column, cell: str) -> Any:
    if cell.lstrip().startswith("["):
        whole = _json(column, cell)
        return whole if column.shorthand is str else [_one(column, one) for one in _items(whole)]
    return [column.shorthand(part) for text in cell.split(";") if (part := text.strip())]


_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
"""Each as it is written, so that no digit is lost."""


def _one(column: Column, item: msgspec.Raw) -> Any:
    text = msgspec.json.decode(item)
    return column.shorthand(text) if isinstance(text, str) else item


def _condition(column: Column, cell: str) -> Any:
    return _json(column, cell) if cell.lstrip()[0] in '{"' else cell


def _json(_: Column, cell: str) -> Any:
    try:
        from_json(cell, allow_inf_nan=False)
    except ValueError as error:
        raise Unreadable(f"is not JSON: {error}") from error
    return msgspec.Raw(cell.encode())


def _named(text: str) -> Any:
    source, _, which = text.partition(":")
    return ExternalId.model_construct(source=source, id=which).model_dump()


_PLAIN = {
    list: Kind.LIST,
    bool: Kind.FLAG,
    float: Kind.NUMBER,
    int: Kind.NUMBER,
    Decimal: Kind.NUMBER,
}
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_READ: Mapping[Kind, Callable[[Column, str], Any]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.FLAG: _flag,
    Kind.LIST: _list,
    Kind.OBJECT: _json,
    Kind.CONDITION: _condition,
}
