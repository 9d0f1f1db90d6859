"""Operations made up from the schema itself, the same ones for the same seed.

They select what plans answer, in every form that GraphQL has: aliases, fragments with and without
names, on interfaces too, directives, variables with and without defaults, several operations; ids
of this, of other kinds and of nothing, pages of any size, sorts and filters that do and do not fit.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from service.api.graphql import noted
from service.api.graphql.ids import global_id
from service.api.graphql.nodes import KINDS
from service.api.graphql.schema import schema
from service.api.graphql.selecting import declaration, stored

CORE: Any = schema._schema
NODE = CORE.get_type("Node")
ROOTS = {name: one for name, one in CORE.query_type.fields.items() if stored(one).way is not None}
"""The root fields that plans answer."""
DEEPEST = 6
NOBODY = "00000000-0000-4000-8000-000000000000"
_WORDS = ("", "x", "service", "fees", "mobile", "crm", "'", '"\\', "%", "draft")
_FILTERS: tuple[Any, ...] = (
    {"field": "id", "op": "exists", "value": True},
    {"field": "title", "op": "contains", "value": "a"},
    {"not": {"field": "created_at", "op": "gt", "value": "2020-01-01T00:00:00Z"}},
    {"field": "nothing", "op": "eq", "value": 1},
    "no condition",
)
_SORTS = ("created_at", "-created_at", "updated_at", "-name", "title", "position", "key", "nothing")
_TIMES = ("2020-01-01T00:00:00Z", "2026-02-01T00:00:00+02:00")
_LISTS: Mapping[str, Sequence[Any]] = {
    "first": (1, 2, 3, 3, 5, 20, 0, 201),
    "last": (1, 2, 3, 5, 0, 201),
    "sort": _SORTS,
    "filter": _FILTERS,
    "from": _TIMES,
    "to": _TIMES,
}


@dataclass(frozen=True)
class Asked:
    """What is sent."""

    query: str
    variables: Mapping[str, Any]
    operation_name: str | None


def turned(asked: Asked) -> Asked:
    """The same with every flag the other way: of one document, another selection."""
    flags = {name: not one for name, one in asked.variables.items() if isinstance(one, bool)}
    return replace(asked, variables={**asked.variables, **flags})


def is_planned(one: GraphQLField) -> bool:
    """Whether a field of a row is answered by plans."""
    return stored(one).way is not None or declaration(one).base_resolver is None or is_noted(one)


def is_noted(one: GraphQLField) -> bool:
    """Whether it is computed, for all rows at once."""
    return declaration(one).base_resolver is not None and bool(noted.members_of(one))


PASSING = {"secondsHere"}
"""What is another a moment later."""


@dataclass
class Generator:
    """Makes up operations. `ids` are known by their kinds, `cursors` by what field gave them."""

    random: Random
    ids: Mapping[str, Sequence[str]]
    cursors: dict[str, list[str]] = field(default_factory=dict)

    def operation(self, roots: Sequence[str] = ()) -> Asked:
        """One to be run, of these root fields or of any, perhaps beside another in its document."""
        self.declared: dict[str, str] = {}
        self.variables: dict[str, Any] = {}
        self.fragments: dict[str, tuple[str, int, str]] = {}
        self.named = 0
        names = self.random.choices([*ROOTS, "__typename"], k=self.random.choice((1, 1, 1, 2, 3)))
        body = self._wrapped(
            [self._root(name) for name in roots or names], CORE.query_type, DEEPEST
        )
        head = ", ".join(f"${name}: {kind}" for name, kind in self.declared.items())
        query = f"query One{f'({head})' if head else ''} {{ {body} }}\n"
        query += "\n".join(
            f"fragment {name} on {kind} {{ {text} }}"
            for name, (kind, _, text) in self.fragments.items()
        )
        if self.random.random() < 0.1:
            return Asked(f"{query}\nquery Two {{ __typename }}", self.variables, "One")
        return Asked(query, self.variables, None)

    def _is(self, likely: float) -> bool:
        return self.random.random() < likely

    def _name(self, start: str) -> str:
        self.named += 1
        return f"{start}{self.named}"

    # -- selections --------------------------------------------------------------------------

    def _root(self, name: str) -> str:
        if name == "__typename":
            return name
        return self._field(CORE.query_type, name, DEEPEST)

    def _field(self, kind: GraphQLObjectType, name: str, depth: int) -> str:
        one = kind.fields[name]
        arguments = self._arguments(name, one)
        # What is asked differently needs names of its own; so does the same, now and then.
        alias = f"{self._name('a')}: " if arguments or self._is(0.15) else ""
        return f"{alias}{name}{arguments}{self._directive()}{self._below(one, depth)}"

    def _below(self, one: GraphQLField, depth: int) -> str:
        inner = get_named_type(one.type)
        return "" if is_leaf_type(inner) else f" {{ {self._selection(inner, depth - 1)} }}"

    def _selection(self, kind: Any, depth: int) -> str:
        fields = kind.fields.items()
        names = [name for name, one in fields if name not in PASSING and self._may(one, depth)]
        most = 4 if depth < DEEPEST - 2 else 7
        chosen = self.random.sample(names, min(len(names), self.random.randint(1, most)))
        chosen += self.random.choices(names, k=1) if names and self._is(0.1) else []
        texts = [self._field(kind, name, depth) for name in chosen] or ["__typename"]
        if kind is NODE:
            texts += [self._of_kind(depth) for _ in range(self.random.randint(0, 3))]
        if self._is(0.15):
            texts.append(self.random.choice(("__typename", f"{self._name('t')}: __typename")))
        return self._wrapped(texts, kind, depth)

    def _of_kind(self, depth: int) -> str:
        """What a node shows where it is of one kind."""
        kind = CORE.get_type(self.random.choice([*self.ids]) or "Journey")
        return f"... on {kind} {{ {self._selection(kind, depth - 1)} }}"

    def _may(self, one: GraphQLField, depth: int) -> bool:
        if not is_planned(one):
            return False
        return depth > 1 or is_leaf_type(get_named_type(one.type))

    def _wrapped(self, texts: list[str], kind: Any, depth: int) -> str:
        """Some of them in fragments."""
        while self._is(0.25):
            cut = self.random.randint(0, len(texts) - 1)
            held = " ".join(texts[cut:])
            texts = [*texts[:cut], self._fragment(held, kind, depth)]
        known = [
            n for n, (on, deep, _) in self.fragments.items() if on == kind.name and deep <= depth
        ]
        if known and self._is(0.3):
            texts.append(f"...{self.random.choice(known)}")
        return " ".join(texts)

    def _fragment(self, held: str, kind: Any, depth: int) -> str:
        form = self.random.choice(("bare", "inline", "named", "named", "interface", "other"))
        if form == "named":
            name = self._name("F")
            self.fragments[name] = (kind.name, depth, held)
            return f"...{name}{self._directive()}"
        if form == "inline" or (form != "bare" and NODE not in getattr(kind, "interfaces", ())):
            return f"... on {kind.name}{self._directive()} {{ {held} }}"
        if form == "interface":
            return f"... on Node {{ id ... on {kind.name}{self._directive()} {{ {held} }} }}"
        if form == "other":
            return f"... on Node {{ ... on Comment {{ {self._name('a')}: text }} }} {held}"
        return f"...{self._directive()} {{ {held} }}"

    def _directive(self) -> str:
        if not self._is(0.12):
            return ""
        word = self.random.choice(("skip", "include"))
        value = self._is(0.5)
        return f" @{word}(if: {self._given('Boolean!', value, str(value).lower())})"

    # -- arguments ---------------------------------------------------------------------------

    def _arguments(self, name: str, one: GraphQLField) -> str:
        told = []
        for spelt, argument in one.args.items():
            needed = is_non_null_type(argument.type)
            if needed or self._is(0.5 if spelt == "first" else 0.12):
                value = self._value(name, spelt, one, argument)
                told.append(
                    f"{spelt}: {self._given(str(argument.type), value, _literal(argument, value))}"
                )
        return f"({', '.join(told)})" if told else ""

    def _given(self, kind: str, value: Any, literal: str) -> str:
        """A value as a literal, or as a variable: given, by its default, or left out."""
        if self._is(0.5):
            return literal
        name = self._name("v")
        self.declared[name], self.variables[name] = kind, value
        if self._is(0.3) and value is not None:
            self.declared[name] = f"{kind} = {literal}"
            if self._is(0.5):
                del self.variables[name]
        elif not kind.endswith("!") and self._is(0.1):
            del self.variables[name]
        return f"${name}"

    def _value(self, name: str, spelt: str, one: GraphQLField, argument: GraphQLArgument) -> Any:
        kind = get_named_type(argument.type)
        if not is_non_null_type(argument.type) and self._is(0.05):
            return None
        choices = self._choices(name, spelt, kind)
        if choices:
            return self.random.choice(choices)
        if kind.name == "ID":
            value = self._id(spelt, one)
            return [value] if is_list_type(argument.type) else value
        plain = {"Boolean": self._is(0.5), "Int": 3, "Float": 1.5, "Date": "2026-01-01"}
        return plain.get(kind.name, self.random.choice(_WORDS))

    def _choices(self, name: str, spelt: str, kind: Any) -> Sequence[Any]:
        if spelt == "externalId":
            return [{"source": "crm", "id": one} for one in ("1", "2", "nothing", "")]
        if is_input_object_type(kind):
            return ({},)
        if spelt in ("after", "before"):
            return [*self.cursors.get(name, ()), "", "nothing"]
        return [*kind.values] if isinstance(kind, GraphQLEnumType) else _LISTS.get(spelt, ())

    def _id(self, spelt: str, one: GraphQLField) -> str:
        """Of the kind that is meant, mostly; plain or global."""
        meant = (
            get_named_type(one.type).name if spelt == "id" else _capital(spelt.removesuffix("Id"))
        )
        if self._is(0.1):
            return self.random.choice((NOBODY, "nothing", global_id(meant, NOBODY)))
        if meant not in self.ids or self._is(0.05):
            meant = self.random.choice([*self.ids])
        plain = self.random.choice(self.ids[meant])
        return plain if self._is(0.5) else global_id(meant, plain)


def kind_of(which: str) -> str:
    """The name of the type of a kind of resource."""
    return next((name for name, one in KINDS.items() if one.kind == which), "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _literal(argument: GraphQLArgument, value: Any) -> str:
    """A value as a document spells it."""
    if isinstance(get_named_type(argument.type), GraphQLEnumType) and value is not None:
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{n}: {_literal(argument, v)}" for n, v in value.items()) + "}"
    return json.dumps(value)
