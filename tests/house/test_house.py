"""What every file of the house keeps to: its size, its names, what it says of itself."""

import ast
import re

import pytest

from tests.house.source import ROOT, Function, Source, body, sources, tracked

LONGEST_FILE = 300
LONGEST_FUNCTION = 60
SHORT, MOSTLY = 20, 0.9

NOTHING_IN_PARTICULAR = {
    *("base", "common", "helper", "helpers", "misc", "shared", "util", "utils"),
    *("manager", "managers", "repositories", "repository", "services"),
}
"""Names under which anything could stand, so that nothing is found there."""

FOREIGN = {
    "a host that packages come from": r"pypi[.]org|python[h]osted|npm[j]s|index[-]url\b",
    "a path of one machine": r"(?<![\w.<}])/(?:root|work|Users|home/\w+)(?:/|\b(?![\w-]))",
    "a ticket's number": r"(?i)\b(?:issues?|tickets?|pull requests?|pr) ?#?\d+\b|\(#\d+\)",
    "who or what wrote it": r"(?i)\bco-authored[-]by\b|\b(?:coding|ai)[ -](?:agent|assistant)s?\b",
}
"""The project speaks of itself alone."""


def is_migration(source: Source) -> bool:
    """Read once, from top to bottom, and never changed again: as long as what it makes."""
    return source.path.parent.name == "versions"


def lines_of(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_a_file_is_read_in_one_sitting() -> None:
    long = {
        str(source.path): len(source.lines)
        for source in sources()
        if len(source.lines) > LONGEST_FILE and not is_migration(source)
    }
    assert not long


def test_a_function_does_one_thing() -> None:
    long = {
        f"{source.at(function)} {name}": lines_of(function)
        for source in sources()
        for name, function in source.functions
        if lines_of(function) > LONGEST_FUNCTION and not is_migration(source)
    }
    assert not long


@pytest.mark.parametrize("folder", ["service", "tests", "benchmarks"])
def test_functions_are_mostly_short(folder: str) -> None:
    counted = [lines_of(f) for source in sources(folder) for _, f in source.functions]
    short = sum(lines <= SHORT for lines in counted)
    assert short >= MOSTLY * len(counted)


def test_a_name_says_what_is_there() -> None:
    paths = [source.path for source in sources()]
    named = {part for path in paths for part in path.with_suffix("").parts}
    assert not named & NOTHING_IN_PARTICULAR


def test_what_others_use_says_what_it_is() -> None:
    mute = [
        f"{source.at(node)} {name}"
        for source in sources("service", "migrations")
        if not is_migration(source)
        for name, node in _public(source.tree)
        if not ast.get_docstring(node)
    ]
    assert not mute


def test_a_file_begins_by_saying_what_is_in_it() -> None:
    mute = [
        str(source.path)
        for source in sources()
        if source.tree.body and not ast.get_docstring(source.tree)
    ]
    assert not mute


def test_the_project_speaks_of_itself_alone() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for what, pattern in FOREIGN.items():
            found += [
                f"{path.relative_to(ROOT)}: {what}: {match[0]}"
                for match in re.finditer(pattern, text)
            ]
    assert not found


def _public(tree: ast.Module) -> list[tuple[str, Function | ast.ClassDef]]:
    """Public classes and functions, and those public methods that need an explanation.

    An error's name is a sentence, a property's the thing it is; a method of a few lines, or one
    that a protocol outside prescribes, says itself what it does.
    """
    found: list[tuple[str, Function | ast.ClassDef]] = []
    for node in tree.body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if isinstance(node, Function) or not _is_error(node):
            found.append((node.name, node))
        for part in node.body if isinstance(node, ast.ClassDef) else ():
            is_method = isinstance(part, Function) and not part.name.startswith("_")
            if is_method and not _is_property(part) and len(body(part)) > 1:
                found.append((f"{node.name}.{part.name}", part))
    return found


def _is_error(node: ast.ClassDef) -> bool:
    return any(isinstance(b, ast.Name) and b.id.endswith("Error") for b in node.bases)


def _is_property(function: Function) -> bool:
    names = {ast.unparse(decorator) for decorator in function.decorator_list}
    return bool(names & {"property", "cached_property"})
