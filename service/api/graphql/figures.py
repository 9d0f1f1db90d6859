"""Types of what is computed: from the structs of the domain, with what they say of themselves."""

from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
import strawberry

from service.api.graphql.scalars import Json, Uuid
from service.api.graphql.selecting import STORED, Stored
from service.domain import insights

_TIMES = {"points": 40, "per_stage": 8, "support": 20, "items": 20, "suggestions": 10}
"""How many rows a cost counts the longer lists as."""
_TEXTS = frozenset({"missing"})
"""Lists of texts that are no ids."""
_SHOWN: dict[Any, Any] = {}


def figure(struct: type[msgspec.Struct], home: str = __name__, **more: Any) -> Any:
    """The GraphQL type of a struct, with more fields; one that holds itself is found by its name in
    the file that is its `home`."""
    if struct not in _SHOWN:
        name = struct.__name__
        if struct.__module__ == insights.EmotionCurve.__module__:
            name = insights.shown_as(name)
        cls: Any = type(name, (), {"__module__": home})
        _SHOWN[struct] = cls.__name__
        for field in msgspec.structs.fields(struct):
            setattr(cls, field.name, _field(field.name, field.type))
        for member, own in more.items():
            setattr(cls, member, own)
        said = " ".join((struct.__doc__ or "").split())
        _SHOWN[struct] = strawberry.type(cls, description=said)
    return _SHOWN[struct]


def _field(name: str, annotation: Any) -> Any:
    """A member as a field, with what its `msgspec.Meta` says of it."""
    annotation, *notes = get_args(annotation)
    said = next(note.description for note in notes if isinstance(note, msgspec.Meta))
    metadata = {STORED: Stored(times=_TIMES.get(name, 1))}
    return strawberry.field(
        description=said, graphql_type=_kind(name, annotation), metadata=metadata
    )


def _kind(name: str, annotation: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(name, arguments[0])
    if origin in (Union, UnionType):
        kinds = [_kind(name, o) for o in arguments if o not in (NoneType, msgspec.UnsetType)]
        return kinds[0] | None if len(kinds) < len(arguments) else str
    if origin in (list, tuple):
        is_id = arguments[0] is str and name not in _TEXTS
        one = Uuid if is_id else _kind(name, arguments[0])
        return list[one]  # type: ignore[valid-type]
    if origin is dict:
        return Json
    if annotation is str and name.endswith("_id"):
        return Uuid
    return figure(annotation) if _is_struct(annotation) else annotation


def _is_struct(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, msgspec.Struct)
