"""GraphQL types declared from the structs of what is computed, in the words of their members."""

from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import strawberry
from strawberry.utils.str_converters import to_camel_case

from service.api.graphql.scalars import Json, Uuid
from service.api.graphql.selecting import STORED, Stored

Struct = type[msgspec.Struct]
_MADE: dict[Struct, Any] = {}


def shown(struct: Struct, name: str, inner: dict[Struct, Any], enumerations: dict[str, Any]) -> Any:
    """The GraphQL type of a struct; `inner` and `enumerations` are those of its members."""
    if struct not in _MADE:
        cls: Any = type(name, (), {"__module__": __name__})
        for member, field in fields(struct, inner, enumerations).items():
            setattr(cls, member, field)
        said = " ".join((struct.__doc__ or "").split())
        _MADE[struct] = strawberry.type(cls, description=said)
    return _MADE[struct]


def fields(
    struct: Struct, inner: dict[Struct, Any], enumerations: dict[str, Any], *hidden: str
) -> dict[str, Any]:
    """The members of a struct as fields, with what their `msgspec.Meta` says of them."""
    hints = get_type_hints(struct, include_extras=True)
    return {
        field.name: _field(field.name, hints[field.name], inner, enumerations)
        for field in msgspec.structs.fields(struct)
        if field.name not in hidden
    }


def _field(
    name: str, annotation: Any, inner: dict[Struct, Any], enumerations: dict[str, Any]
) -> Any:
    annotation, *notes = get_args(annotation)
    said = next(note.description for note in notes if isinstance(note, msgspec.Meta))
    kind = enumerations.get(name) or _kind(name, annotation, inner)
    metadata = {STORED: Stored()}
    # `from` is no name in Python.
    camel = to_camel_case(name.rstrip("_"))
    return strawberry.field(name=camel, description=said, graphql_type=kind, metadata=metadata)


def _kind(name: str, annotation: Any, inner: dict[Struct, Any]) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        left = [_kind(name, o, inner) for o in arguments if o not in (NoneType, msgspec.UnsetType)]
        absent = len(left) < len(arguments)
        one = left[0] if len(set(map(id, left))) == 1 else str
        return one | None if absent else one
    if origin in (list, tuple):
        one = Uuid if name.endswith("_ids") else _kind(name, arguments[0], inner)
        return list[one]  # type: ignore[valid-type]
    if origin is dict:
        return Json
    if origin is Literal:
        return str
    if annotation is str and (name.endswith("_id") or name == "id"):
        return Uuid
    return inner.get(annotation, annotation)
