"""What the type of a model's member says about its JSON."""

from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel


def is_model(annotation: Any) -> bool:
    """Whether a member is a model of ours, or nothing."""
    if get_origin(annotation) in (Union, UnionType):
        return any(is_model(option) for option in get_args(annotation))
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def is_object(annotation: Any) -> bool:
    """Whether a member's JSON is an object: a mapping, a model, or one of these or nothing."""
    if get_origin(annotation) in (Union, UnionType):
        return any(is_object(option) for option in get_args(annotation))
    if get_origin(annotation) is Annotated:
        return is_object(get_args(annotation)[0])
    kind = get_origin(annotation) or annotation
    return isinstance(kind, type) and issubclass(kind, BaseModel | dict)


def choices(model: type[BaseModel]) -> dict[str, tuple[str, ...]]:
    """The members that hold one of a few words, with these words."""
    found = {
        info.alias or name: words(info.annotation) for name, info in model.model_fields.items()
    }
    return {name: known for name, known in found.items() if known}


def words(annotation: Any) -> tuple[str, ...]:
    """The words that a member may hold, if they are told; else none."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in (Annotated, Union, UnionType):
        return next((known for o in get_args(annotation) if (known := words(o))), ())
    is_enumerated = isinstance(annotation, type) and issubclass(annotation, StrEnum)
    return tuple(annotation) if is_enumerated else ()
