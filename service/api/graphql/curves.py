"""The emotion curve of a journey, computed for all journeys of an answer at once."""

from collections.abc import Awaitable, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from uuid import UUID

import msgspec
import strawberry
from strawberry import Info

from service.api.graphql import context, ids
from service.api.graphql.scalars import Json, Uuid
from service.api.graphql.selecting import STORED, Stored
from service.domain import insights
from service.domain.insights import Asked
from service.domain.work import Work

_TIMES = {"points": 40, "per_stage": 8}
"""How many rows a cost counts the longer lists as."""
_SHOWN: dict[Any, Any] = {}


def _shown(struct: type[msgspec.Struct]) -> Any:
    """The GraphQL type of a struct; one that holds itself is found by its name."""
    if struct not in _SHOWN:
        cls: Any = type(insights.shown_as(struct.__name__), (), {"__module__": __name__})
        _SHOWN[struct] = cls.__name__
        for field in msgspec.structs.fields(struct):
            setattr(cls, field.name, _field(field.name, field.type))
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
    if origin in (Union, UnionType):
        kinds = [_kind(name, o) for o in arguments if o not in (NoneType, msgspec.UnsetType)]
        return kinds[0] | None if len(kinds) < len(arguments) else str
    if origin in (list, tuple):
        one = Uuid if arguments[0] is str else _kind(name, arguments[0])
        return list[one]  # type: ignore[valid-type]
    if origin is dict:
        return Json
    if annotation is str and name.endswith("_id"):
        return Uuid
    return _shown(annotation) if issubclass(annotation, msgspec.Struct) else annotation


EmotionCurve = _shown(insights.EmotionCurve)


def emotion_curve() -> Any:
    """A journey's field for its curve."""
    said = "The highs and lows of its emotions, and the figures over them."
    metadata = {STORED: Stored(("id",))}
    return strawberry.field(description=said, metadata=metadata, graphql_type=EmotionCurve | None)(
        _resolve
    )


def _resolve(
    root: Any,
    info: Info,
    persona_id: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="Whose ratings, where they have their own."),
    ] = strawberry.UNSET,
) -> Awaitable[Any]:
    whose = None if not persona_id else ids.plain_id(persona_id, "Persona", "/persona_id")
    asked = Asked(UUID(root["id"]), whose)
    return context.of(info).loaded("emotion_curve", _load, asked)


async def _load(work: Work, asked: Sequence[Asked]) -> list[Any]:
    found = await insights.curves(work, asked)
    return [found[one].curve if one in found else None for one in asked]
