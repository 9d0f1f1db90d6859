"""GraphQL types declared from the models of the domain: names, bounds and words written once.

An output shows the members of an input model as a document holds them; an input takes them, and
becomes those members under their REST names: what was not given is not there, null is null.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin
from uuid import UUID

import strawberry
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo
from strawberry.types.base import get_object_definition
from strawberry.utils.str_converters import to_camel_case

from service.api.graphql import ids
from service.api.graphql.scalars import Day, Instant, Json, Number, Uuid
from service.domain.inputs import Input
from service.domain.words import Meaning, Several

T = TypeVar("T")
_Inner = Callable[[type[Input]], Any]

_PLAIN: Mapping[Any, Any] = {
    **{kind: kind for kind in (str, int, float, bool)},
    AwareDatetime: Instant,
    date: Day,
    Decimal: Number,
    Any: Json,
}
TAKEN: dict[str, tuple[type[Input], bool]] = {}
"""The models that inputs are made from by the inputs' names, and whether each is of a patch."""
_UNTOLD = Meaning("One of these.", {})


@dataclass(frozen=True, slots=True)
class _Side:
    """How ids and nested models are declared, alone and in lists."""

    inner: _Inner
    listed: _Inner
    an_id: Any


def shows(
    model: type[Input], *hidden: str, always: Collection[str] = ()
) -> Callable[[type[T]], type[T]]:
    """Declare a class as the GraphQL type that shows a model's members, beside its own.

    `always` names members that answers hold though an input may leave them out.
    """

    def declare(cls: type[T]) -> type[T]:
        for name, info in model.model_fields.items():
            if name not in hidden and name not in cls.__annotations__ and name not in vars(cls):
                kind = _of(info.rebuild_annotation(), _SHOWN, _enumerated(model, name))
                _add(cls, name, info, _present(kind) if name in always else kind)
        return strawberry.type(cls, description=_first(cls.__doc__ or model.__doc__))

    return declare


@cache
def shown(model: type[Input]) -> Any:
    """The GraphQL type of a model that needs nothing of its own."""
    cls = type(_base(model), (), {"__annotations__": {}})
    return shows(model)(cls)


@cache
def input_of(model: type[Input], *hidden: str) -> Any:
    """The GraphQL input of a whole: what must be there must be given."""
    return _input(f"{_base(model)}Input", model, _first(model.__doc__), _GIVEN, hidden)


@cache
def patch_of(model: type[Input]) -> Any:
    """The GraphQL input of a merge patch: absent stays, null goes back to the default."""
    name = f"{_base(model).removeprefix('Placed')}Patch"
    said = "What shall change (JSON merge patch): what is absent stays, null takes the default."
    return _input(name, model, said, _PATCHED, (), partial=True)


def argument_of(model: type[Input], name: str, shown: str) -> Any:
    """The GraphQL type of an argument of a list of `shown`, from the member of its query."""
    annotation = model.model_fields[name].rebuild_annotation()
    kind = _of(annotation, _GIVEN, f"{shown}{_capital(name)}")
    return _present(kind)


def inner_model(model: type[Input], name: str) -> type[Input]:
    """The model of what a member holds or lists."""
    found: type[Input]
    (found,) = (o for o in _leaves(model.model_fields[name].annotation) if _is_model(o))
    return found


def enumeration(values: tuple[Any, ...], name: str, meaning: Meaning) -> Any:
    """The enumeration of these values, spelt as REST does; texts where GraphQL cannot spell one."""
    if not all(str(value).isidentifier() for value in values):
        return str
    return _enumeration(tuple(str(v) for v in values), meaning.name or name, meaning)


def graphql_name(name: str, info: FieldInfo) -> str:
    """A member's name in GraphQL."""
    return to_camel_case(info.alias or name)


def members(model: type[Input], given: Mapping[str, Any]) -> dict[str, Any]:
    """The REST members of a GraphQL input of this model; ids become plain ones."""
    found, left = {}, dict(given)
    for camel, plain, leaves in _members(model):
        if camel in left:
            found[plain] = _taken(leaves, left.pop(camel))
    return {**left, **found}  # what is no member stays, for the input to refuse


@cache
def _members(model: type[Input]) -> list[tuple[str, str, list[Any]]]:
    """The members of a model: their names in GraphQL and in REST, and what they come down to."""
    return [
        (graphql_name(name, info), info.alias or name, _leaves(info.annotation))
        for name, info in model.model_fields.items()
    ]


def member(annotation: Any, value: Any) -> Any:
    """A member as REST takes it, from what GraphQL was given for this annotation."""
    return _taken(_leaves(annotation), value)


def _taken(leaves: Sequence[Any], value: Any) -> Any:
    if isinstance(value, list):
        return [_taken(leaves, one) for one in value]
    for option in leaves:
        if option is UUID and isinstance(value, str):
            return ids.plain(value)
        if _is_model(option) and isinstance(value, Mapping):
            return members(option, value)
    return value


def _input(
    name: str,
    model: type[Input],
    said: str,
    side: _Side,
    hidden: tuple[str, ...],
    *,
    partial: bool = False,
) -> Any:
    cls = type(name, (), {"__annotations__": {}})
    for member, info in model.model_fields.items():
        if member not in hidden:
            kind = _of(info.rebuild_annotation(), side, _enumerated(model, member))
            absent = partial or not info.is_required()
            _add(cls, member, info, kind | None if absent else kind, optional=absent)
    declared: Any = strawberry.input(cls, description=said)
    definition = get_object_definition(declared, strict=True)
    definition.from_input = lambda _, given, __: members(model, given)
    TAKEN[name] = model, partial
    return declared


def _add(cls: type, name: str, info: FieldInfo, kind: Any, *, optional: bool = False) -> None:
    default = {"default": strawberry.UNSET} if optional else {}
    cls.__annotations__[name] = kind
    field: Any = strawberry.field(
        name=graphql_name(name, info),
        description=info.description,
        deprecation_reason=info.deprecation_message,
        **default,
    )
    setattr(cls, name, field)


def _of(annotation: Any, side: _Side, name: str, meaning: Meaning = _UNTOLD) -> Any:
    """The GraphQL type of an annotation; `name` is for an enumeration found there."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        several = next((note for note in arguments[1:] if isinstance(note, Several)), None)
        if several is not None:
            return list[_of(several.each, side, name)]  # type: ignore[misc]
        told = (note for note in arguments[1:] if isinstance(note, Meaning))
        return _of(arguments[0], side, name, next(told, meaning))
    if origin in (Union, UnionType):
        (one,) = (_of(o, side, name) for o in arguments if o is not NoneType)
        return one | None if NoneType in arguments else one
    if origin is list:
        within = _Side(side.listed, side.listed, side.an_id)
        return list[_of(arguments[0], within, name)]  # type: ignore[misc]
    if values := _values(annotation):
        return enumeration(values, name, meaning)
    return Json if origin is dict else _leaf(annotation, side)


def _values(annotation: Any) -> tuple[Any, ...]:
    """The values of an enumeration; none when it is none."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return tuple(annotation)
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _leaf(annotation: Any, side: _Side) -> Any:
    if annotation is UUID:
        return side.an_id
    if annotation is Any:
        return Json | None
    if _is_model(annotation):
        return side.inner(annotation)
    return _PLAIN[annotation]


def _leaves(annotation: Any) -> list[Any]:
    """What an annotation comes down to, without the lists and options around it."""
    if get_origin(annotation) is Annotated:
        return _leaves(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType, list):
        return [leaf for o in get_args(annotation) for leaf in _leaves(o)]
    return [annotation]


def _is_model(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, BaseModel)


def _present(kind: Any) -> Any:
    return next(o for o in get_args(kind) or (kind,) if o is not NoneType)


def _base(model: type[Input]) -> str:
    return model.__name__.removeprefix("New")


def _enumerated(model: type[Input], name: str) -> str:
    """What an enumeration found at a member is called."""
    return _base(model).removeprefix("Placed") + _capital(name)


def _capital(name: str) -> str:
    camel = to_camel_case(name.rstrip("_"))
    return camel[:1].upper() + camel[1:]


def _first(text: str | None) -> str:
    """The first sentence of a docstring: what follows it is for those who read the code."""
    return " ".join((text or "").split()).partition(". ")[0].removesuffix(".") + "."


@cache
def _enumeration(values: tuple[str, ...], name: str, meaning: Meaning) -> Any:
    kind: Any = StrEnum(name, {value: value for value in values})  # type: ignore[misc]
    declared: Any = strawberry.enum(kind, name=name, description=meaning.about)
    for one in declared.__strawberry_definition__.values:
        one.description = meaning.values.get(one.value)
    return declared


_SHOWN = _Side(shown, shown, Uuid)
_GIVEN = _Side(input_of, input_of, strawberry.ID)
# Objects are merged with what is stored, lists are replaced whole.
_PATCHED = _Side(patch_of, input_of, strawberry.ID)
