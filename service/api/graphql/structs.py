"""GraphQL types of what is computed, declared from the structs of the domain and their words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
import strawberry

from service.api.graphql.scalars import Json, Number, Uuid
from service.api.graphql.selecting import STORED, Stored

_PLAIN: Mapping[Any, Any] = {Decimal: Number}


@dataclass(frozen=True, eq=False)
class Structs:
    """How the structs of one answer become types.

    `module` is that of the file which declares them: a type that holds itself is found there.
    `times` is how many rows a cost counts lists as, by their names; `named` what a type is called;
    `more` declares fields besides; `listed` is what lists of texts hold that do not say `_ids`.
    """

    module: str
    times: Mapping[str, int] = field(default_factory=dict)
    named: Callable[[str], str] = str
    more: Mapping[type, Mapping[str, Callable[[], Any]]] = field(default_factory=dict)
    listed: Any = str
    _shown: dict[Any, Any] = field(default_factory=dict)

    def shown(self, struct: type[msgspec.Struct]) -> Any:
        """The GraphQL type of a struct; one that holds itself is found by its name."""
        if struct not in self._shown:
            cls: Any = type(self.named(struct.__name__), (), {"__module__": self.module})
            self._shown[struct] = cls.__name__
            for one in msgspec.structs.fields(struct):
                setattr(cls, one.name, self._field(one.name, one.type))
            for name, declared in self.more.get(struct, {}).items():
                setattr(cls, name, declared())
            said = " ".join((struct.__doc__ or "").split())
            self._shown[struct] = strawberry.type(cls, description=said)
        return self._shown[struct]

    def _field(self, name: str, annotation: Any) -> Any:
        """A member as a field, with what its `msgspec.Meta` says of it."""
        annotation, *notes = get_args(annotation)
        said = next(note.description for note in notes if isinstance(note, msgspec.Meta))
        metadata = {STORED: Stored(times=self.times.get(name, 1))}
        return strawberry.field(
            description=said, graphql_type=self._kind(name, annotation), metadata=metadata
        )

    def _kind(self, name: str, annotation: Any) -> Any:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self._kind(name, arguments[0])
        if origin in (Union, UnionType):
            kinds = [
                self._kind(name, o) for o in arguments if o not in (NoneType, msgspec.UnsetType)
            ]
            return kinds[0] | None if len(kinds) < len(arguments) else str
        if origin in (list, tuple):
            one = self._listed(name) if arguments[0] is str else self._kind(name, arguments[0])
            return list[one]  # type: ignore[valid-type]
        return self._one(name, annotation)

    def _one(self, name: str, annotation: Any) -> Any:
        if get_origin(annotation) is not None:
            return Json if get_origin(annotation) is dict else str
        if annotation is str and name.endswith("_id"):
            return Uuid
        if issubclass(annotation, msgspec.Struct):
            return self.shown(annotation)
        return _PLAIN.get(annotation, annotation)

    def _listed(self, name: str) -> Any:
        return Uuid if name.endswith("_ids") else self.listed
