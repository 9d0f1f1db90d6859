"""JSON schemas made plainer than the libraries write them, for people and code generators."""

from typing import Any

Json = dict[str, Any]


def untitled(node: Any, names: bool = False) -> None:
    """Take away the titles that repeat a member's name; `names`: these keys are names."""
    if isinstance(node, list):
        for inner in node:
            untitled(inner)
    elif isinstance(node, dict):
        if not names and isinstance(node.get("title"), str):
            node.pop("title")
        for name, inner in node.items():
            if name not in _VALUES or names:
                untitled(inner, names=not names and name == "properties")


def flattened(node: Any, names: bool = False) -> None:
    """Say `type: [string, null]` instead of two alternatives, wherever that says the same.

    Alternatives that are both something stay: their bounds belong to one of them.
    """
    if isinstance(node, list):
        for inner in node:
            flattened(inner)
    elif isinstance(node, dict):
        for name, inner in node.items():
            if name not in _VALUES or names:
                flattened(inner, names=not names and name == "properties")
        if not names and "anyOf" in node:
            _flatten(node)


_VALUES = {"default", "example", "examples", "const", "enum"}
"""Keys of a schema that hold values, not schemas."""


def _flatten(node: Json) -> None:
    options: list[Json] = node["anyOf"]
    if {"type": "null"} not in options:
        return
    kinds = [option.get("type") for option in options]
    said = [{key for key in option if key != "type"} for option in options]
    alone = sum(map(len, said)) == len(set().union(*said))
    simple = all(isinstance(kind, str) for kind in kinds) and len(set(kinds)) == len(kinds)
    if not (alone and simple) or (
        "enum" in set().union(*said) and set(kinds) != {"string", "null"}
    ):
        return
    merged = {key: value for option in options for key, value in option.items() if key != "type"}
    if "enum" in merged:
        merged["enum"] = [*merged["enum"], None]
    del node["anyOf"]
    node |= {"type": kinds, **merged, **node}


def present(schema: Json) -> Json:
    """The schema of a parameter that is there: in a URL nothing is null."""
    options: list[Json] = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(options) != 1:
        return schema
    return options[0] | {name: value for name, value in schema.items() if name != "anyOf"}
