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
        info.alias or name: _words(info.annotation) for name, info in model.model_fields.items()
    }
    return {name: words for name, words in found.items() if words}


def _words(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) in (Annotated, Union, UnionType):
        return next((words for o in get_args(annotation) if (words := _words(o))), ())
    is_enumerated = isinstance(annotation, type) and issubclass(annotation, StrEnum)
    return tuple(annotation) if is_enumerated else ()
