"""The form a document may have, checked before it is compared with the schema.

What it looks at is the same at every execution, so that a document once let through stays so.
"""

from collections import Counter
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)

MOST_CHARACTERS = 64 * 1024
MOST_TOKENS = 6_000
MOST_FIELDS = 1_000
MOST_DEFINITIONS = 50
MOST_SPREADS = 200
MOST_ALIASES = 50
MOST_REPEATS = 10
"""Times one name may be answered under in one selection: comparing them all is quadratic."""
DEEPEST = 12
"""Levels of fields. Introspection has bounds of its own."""


class Refused(GraphQLError):
    """A document asks for too much; the message says of what."""

    def __init__(self, message: str, **told: int) -> None:
        super().__init__(message, extensions={"code": "TOO_COMPLEX", **told})


def check(document: DocumentNode) -> None:
    """Raises `Refused` for a document that is too large, too deep, or repeats itself."""
    form = _Form(document)
    bounds = (
        ("definitions", len(document.definitions), MOST_DEFINITIONS),
        ("fields", form.fields, MOST_FIELDS),
        ("aliases", form.aliases, MOST_ALIASES),
        ("fragment spreads", form.spreads, MOST_SPREADS),
        ("fields of the same name in one selection", form.repeats, MOST_REPEATS),
    )
    for what, found, most in bounds:
        if found > most:
            raise Refused(f"A document has at most {most} {what}; this has {found}.")
    deepest = max((form.depth(node.selection_set) for node in form.operations), default=0)
    if deepest > DEEPEST:
        raise Refused(f"A document is at most {DEEPEST} levels deep; this is {deepest}.")


class _Form:
    """A document's form, counted in one walk over it."""

    def __init__(self, document: DocumentNode) -> None:
        parts = document.definitions
        self.operations = [d for d in parts if isinstance(d, OperationDefinitionNode)]
        self.fragments = {d.name.value: d for d in parts if isinstance(d, FragmentDefinitionNode)}
        self.fields = self.aliases = self.spreads = self.repeats = 0
        self._depths: dict[str, int] = {}
        for definition in (*self.operations, *self.fragments.values()):
            self._count(definition.selection_set)

    def _count(self, selections: SelectionSetNode) -> None:
        names: Counter[str] = Counter()
        for node in selections.selections:
            if isinstance(node, FieldNode):
                self.fields += 1
                self.aliases += node.alias is not None
                names[(node.alias or node.name).value] += 1
            elif isinstance(node, FragmentSpreadNode):
                self.spreads += 1
            inner = getattr(node, "selection_set", None)
            if inner is not None:
                self._count(inner)
        self.repeats = max([self.repeats, *names.values()])

    def depth(self, selections: SelectionSetNode | None) -> int:
        """Levels of fields; a fragment is looked at once, and in a circle not again."""
        found = 0
        node: Any
        for node in selections.selections if selections else ():
            if isinstance(node, FragmentSpreadNode):
                found = max(found, self._depth_of(node.name.value))
            elif not isinstance(node, FieldNode):
                found = max(found, self.depth(node.selection_set))
            elif not node.name.value.startswith("__"):
                found = max(found, 1 + self.depth(node.selection_set))
        return found

    def _depth_of(self, name: str) -> int:
        if name not in self._depths:
            self._depths[name] = 0
            fragment = self.fragments.get(name)
            self._depths[name] = self.depth(fragment.selection_set) if fragment else 0
        return self._depths[name]
