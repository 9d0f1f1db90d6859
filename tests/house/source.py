"""The source of the project, parsed, as the rules of the house read it."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path

    @cached_property
    def lines(self) -> list[str]:
        return (ROOT / self.path).read_text().splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse("\n".join(self.lines))

    @property
    def module(self) -> str:
        """Its dotted name; a package's is that of its folder."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def at(self, node: ast.stmt | ast.expr) -> str:
        """Where a node stands, as editors open it."""
        return f"{self.path}:{node.lineno}"

    @cached_property
    def functions(self) -> list[tuple[str, Function]]:
        """Every function, with the classes and functions around it in its name."""
        return list(_functions(self.tree, ""))

    @cached_property
    def imports(self) -> set[tuple[str, str]]:
        """What it imports anywhere, as (module, name); the name is empty for a whole module."""
        package = self.module if self.path.name == "__init__.py" else self.module.rpartition(".")[0]
        found: set[tuple[str, str]] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {(alias.name, "") for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                start = [*above] if node.level else []
                module = ".".join([*start, *([node.module] if node.module else [])])
                found |= {(module, alias.name) for alias in node.names}
        return found


def _functions(node: ast.AST, within: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef):
            name = f"{within}{child.name}"
            if isinstance(child, Function):
                yield name, child
            yield from _functions(child, f"{name}.")
        else:
            yield from _functions(child, within)


@cache
def _all() -> list[Source]:
    folders = ("benchmarks", "migrations", "service", "tests")
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [Source(path.relative_to(ROOT)) for path in sorted(found)]


@cache
def sources(*folders: str) -> list[Source]:
    """All Python files below these folders, of the whole project if none is named."""
    return [
        source
        for source in _all()
        if not folders or any(source.path.is_relative_to(folder) for folder in folders)
    ]


def domain() -> list[Source]:
    """The files of the domain."""
    return sources("service/domain")


def body(function: Function | ast.ClassDef) -> list[ast.stmt]:
    """What a function does, its docstring apart."""
    return function.body[1:] if ast.get_docstring(function) else function.body


@cache
def tracked() -> list[Path]:
    """Every file that a clone holds; without git, every file that is not hidden."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()
        paths = [ROOT / name for name in listed]
    except (OSError, subprocess.CalledProcessError):
        paths = [p for p in ROOT.rglob("*") if not p.relative_to(ROOT).as_posix().startswith(".")]
    return [path for path in paths if path.is_file()]
