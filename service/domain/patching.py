"""JSON merge patch (RFC 7396): what a patch makes of the members of a resource."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from service.domain.errors import Invalid, Problem, pointer
from service.domain.inputs import Input, problems_of
from service.domain.kinds import is_object

Stored = Callable[[Sequence[str]], Awaitable[Mapping[str, Any]]]
"""Asks for some members as they are stored."""


async def members(whole: type[Input], patch: Input, stored: Stored) -> dict[str, Any]:
    """The members a patch sets: null is the default, objects are merged with what is stored.

    Raises `Invalid` for a required member set to null, and for what a merge makes of an object.
    """
    mergeable = _mergeable(whole)
    sent = patch.model_dump(include=patch.model_fields_set)
    objects = [name for name, value in sent.items() if value is not None and name in mergeable]
    if not objects and None not in sent.values():
        return sent
    current = await stored(objects) if objects else {}
    problems: list[Problem] = []
    for name, value in sent.items():
        if value is None or name in objects:
            sent[name] = _member(whole, name, merged(current.get(name), value), problems)
    if problems:
        raise Invalid(problems)
    return sent


def merged(current: Any, patch: Any) -> Any:
    """JSON merge patch (RFC 7396) of two JSON values; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(current) if isinstance(current, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _member(whole: type[Input], name: str, value: Any, problems: list[Problem]) -> Any:
    info = _fields(whole)[name]
    if value is None:
        if info.is_required():
            problems.append(Problem(pointer(name), "required", "cannot be removed"))
            return None
        default = info.get_default(call_default_factory=True)
        return _adapter(whole, name).dump_python(default)
    try:
        return _adapter(whole, name).dump_python(_adapter(whole, name).validate_python(value))
    except ValidationError as error:
        problems += problems_of(error, pointer(name))
        return None


@lru_cache(maxsize=256)
def _fields(whole: type[Input]) -> Mapping[str, FieldInfo]:
    """The members by the names that callers use."""
    return {info.alias or name: info for name, info in whole.model_fields.items()}


@lru_cache(maxsize=256)
def _mergeable(whole: type[Input]) -> frozenset[str]:
    """The members that are objects: of these, a patch leaves what it does not name."""
    return frozenset(n for n, info in _fields(whole).items() if is_object(info.annotation))


@lru_cache(maxsize=1024)
def _adapter(whole: type[Input], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_fields(whole)[name].rebuild_annotation())
