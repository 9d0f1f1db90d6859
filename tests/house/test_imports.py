"""Who imports whom, where the contracts in pyproject.toml cannot say it.

Those hold the layers; here stand the rules that also hold for slices yet to be written.
"""

import tomllib
from functools import cache
from graphlib import TopologicalSorter

from tests.house.source import ROOT, Source, domain, sources

READS_ALL_TABLES = "service.domain.schema"
"""Migrations and checks compare every table, so one file gathers them past the slices' menus."""


def test_a_package_is_entered_through_its_menu() -> None:
    """A slice, `filters` and `shapes` say in `__init__` what they offer; the rest is their own."""
    past = sorted(
        f"{source.module} -> {imported}"
        for source in sources("service")
        for imported in _modules_imported_by(source)
        if imported.startswith("service.domain.")
        and imported.count(".") > 2
        and _package(source.module) != _package(imported)
        and source.module != READS_ALL_TABLES
    )
    assert not past


def test_a_package_does_not_enter_itself_through_its_menu() -> None:
    """Then the order in which its files are loaded would decide whether it loads at all."""
    own = [
        f"{source.module} -> {module}: {name}"
        for source in sources("service")
        for module, name in source.imports
        if source.module.startswith(f"{module}.")
        and f"{module}.{name}" not in _names()
        and not module.endswith("__main__")
        and source.path.name != "__main__.py"
    ]
    assert not own


def test_what_others_keep_to_themselves_is_not_imported() -> None:
    """A name with an underscore in front may go with any release of a package."""
    private = [
        f"{source.module} -> {module}: {name}"
        for source in sources("service")
        for module, name in source.imports
        if not module.startswith(("service", "__future__"))
        and any(part.startswith("_") for part in (*module.split("."), name))
    ]
    assert not private


def test_no_module_waits_for_itself() -> None:
    """Not even by an import inside a function: whoever reads one end must read the other."""
    graph = {source.module: _modules_imported_by(source) for source in sources("service")}
    TopologicalSorter(graph).prepare()


def test_a_file_of_the_domain_computes_or_is_named_for_what_it_does() -> None:
    """Whatever touches neither database nor input models is held to that by a contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (pure,) = (c["source_modules"] for c in contracts["contracts"] if c["id"] == "pure")
    plain = {source.module for source in domain() if not _touches(source)}
    assert plain == set(pure)


@cache
def _names() -> frozenset[str]:
    return frozenset(source.module for source in sources("service"))


def _modules_imported_by(source: Source) -> set[str]:
    """The modules of ours it imports: `from a import b` is a.b where that is one."""
    named = {
        f"{module}.{name}" if f"{module}.{name}" in _names() else module
        for module, name in source.imports
    }
    return named & _names() - {source.module}


def _package(module: str) -> str:
    """The slice or shared package of the domain that a module belongs to."""
    return ".".join(module.split(".")[:3])


def _touches(source: Source) -> bool:
    """Whether it reaches the database or input models, at any distance, or is only a menu."""
    if source.path.name == "__init__.py":
        return True
    reached, waiting = set(), [source.module]
    while waiting:
        module = waiting.pop()
        if module in reached:
            continue
        reached.add(module)
        found = [s for s in sources("service") if s.module == module]
        outside = {name.partition(".")[0] for s in found for name, _ in s.imports}
        if outside & {"sqlalchemy", "pydantic"}:
            return True
        waiting += [name for s in found for name in _modules_imported_by(s)]
    return False
