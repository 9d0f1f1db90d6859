"""GraphQL types declared from the structs of what is computed, in the words of their members."""

from collections.abc import Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import strawberry
from strawberry.utils.str_converters import to_camel_case

from service.api.graphql.scalars import Instant, Json, Uuid
from service.api.graphql.selecting import STORED, Stored

Struct = type[msgspec.Struct]
_MADE: dict[Struct, Any] = {}
_ONCE: Mapping[str, int] = {}
_SCALARS: Mapping[Any, Any] = {datetime: Instant, Any: Json}
_STEPS = {"unrated", "divergence", "decision_moments", "marked", "detected", "differ"}
"""Lists of ids of steps that are not named for them."""


def family(
    struct: Struct,
    inner: dict[Any, Any],
    times: Mapping[str, int],
    home: str = __name__,
    **more: Any,
) -> Any:
    """The GraphQL type of a struct and, in `inner`, those of all that is inside it.

    `times` is how many rows a cost counts lists as, by their names. A struct that holds itself is
    found by its name in the file that is its `home`; `more` are fields beside its members.
    """
    name = struct.__name__
    inner[struct] = name
    for hint in get_type_hints(struct).values():
        for one in _structs_in(hint):
            if one not in inner:
                family(one, inner, times)
    inner[struct] = _made(struct, name, {**fields(struct, inner, {}, times=times), **more}, home)
    return inner[struct]


def _structs_in(hint: Any) -> list[Struct]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint]
    return [one for option in get_args(hint) for one in _structs_in(option)]


def shown(struct: Struct, name: str, inner: dict[Struct, Any], enumerations: dict[str, Any]) -> Any:
    """The GraphQL type of a struct; `inner` and `enumerations` are those of its members."""
    return _made(struct, name, fields(struct, inner, enumerations), __name__)


def _made(struct: Struct, name: str, members: Mapping[str, Any], home: str) -> Any:
    """Raises `TypeError` for a name that another struct has."""
    if struct not in _MADE:
        # The schema would show the members of one of the two, and answer with the other.
        if any(name == one.__name__ for one in _MADE.values()):
            raise TypeError(f"{struct} is called {name}, as another type is")
        cls: Any = type(name, (), {"__module__": home, **members})
        said = " ".join((struct.__doc__ or "").split())
        _MADE[struct] = strawberry.type(cls, description=said)
    return _MADE[struct]


def fields(
    struct: Struct,
    inner: dict[Struct, Any],
    enumerations: dict[str, Any],
    *hidden: str,
    times: Mapping[str, int] = _ONCE,
) -> dict[str, Any]:
    """The members of a struct as fields, with what their `msgspec.Meta` says of them."""
    hints = get_type_hints(struct, include_extras=True)
    return {
        field.name: _field(
            field.name, hints[field.name], inner, enumerations, times.get(field.name, 1)
        )
        for field in msgspec.structs.fields(struct)
        if field.name not in hidden
    }


def _field(
    name: str, annotation: Any, inner: dict[Struct, Any], enumerations: dict[str, Any], times: int
) -> Any:
    annotation, *notes = get_args(annotation)
    said = next(note.description for note in notes if isinstance(note, msgspec.Meta))
    kind = enumerations.get(name) or _kind(name, annotation, inner)
    metadata = {STORED: Stored(times=times)}
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
        is_id = name.endswith("_ids") or name in _STEPS
        one = Uuid if is_id else _kind(name, arguments[0], inner)
        return list[one]  # type: ignore[valid-type]
    if origin is dict:
        return Json
    if origin is Literal:
        return str
    if annotation is str and (name.endswith("_id") or name == "id"):
        return Uuid
    return inner.get(annotation, _SCALARS.get(annotation, annotation))
