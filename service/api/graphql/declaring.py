"""Root fields declared by hand: a resolver, its arguments as data, and what it answers."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry
from strawberry import Info

from service.api.graphql.selecting import STORED, Stored


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument: its name as the resolver takes it, its type and what it is."""

    name: str
    kind: Any
    description: str
    default: Any = inspect.Parameter.empty

    @property
    def parameter(self) -> inspect.Parameter:
        """The same as a parameter of a function."""
        # An underscore keeps a name that is a word of Python's own.
        plain = self.name.rstrip("_") if self.name.endswith("_") else None
        said = strawberry.argument(description=self.description, name=plain)
        kind: Any = Annotated[self.kind, said]
        return inspect.Parameter(
            self.name, inspect.Parameter.KEYWORD_ONLY, default=self.default, annotation=kind
        )


def optional(name: str, kind: Any, description: str) -> Argument:
    """An argument that may be left out; the resolver is then not given it."""
    return Argument(name, kind | None, description, strawberry.UNSET)


def resolving(
    name: str,
    resolve: Callable[..., Any],
    returns: Any,
    description: str,
    arguments: Sequence[Argument] = (),
    *,
    times: int = 1,
    sizes: Callable[[Any], Mapping[str, int]] | None = None,
    way: Any = None,
) -> Any:
    """A field `name` that `resolve(info, **given)` answers, or where it has one, a plan's `way`."""

    async def resolver(info: Info, **given: Any) -> Any:
        return await resolve(info, **given)

    resolver.__name__ = name
    told = inspect.Parameter("info", inspect.Parameter.KEYWORD_ONLY, annotation=Info)
    parameters = [told, *(argument.parameter for argument in arguments)]
    resolver.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return strawberry.field(
        resolver=resolver,
        description=description,
        graphql_type=returns,
        metadata={STORED: Stored(times=times, sizes=sizes, way=way)},
    )
