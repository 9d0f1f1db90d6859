"""What the domain keeps to: where SQL stands, who asks permission, what nobody there does."""

import ast
import re
from collections.abc import Iterator

from tests.house.source import Function, Source, body, domain, sources

SQL_STANDS_IN = {
    # Every slice has these four; a newcomer looks there first.
    "tables": "what is stored",
    "shape": "how it is shown, sorted and filtered",
    "reads": "what else is read",
    "writes": "how it is written",
    # Written once for all slices.
    "statements": "what a statement is",
    "shapes/compiling": "a shape and a selection as SQL",
    "shapes/projection": "what a query shows of a row, as SQL",
    "shapes/paged": "a page of rows as it shows it",
    "filters/sql": "a filter as SQL",
    "reading": "resources by id",
    "belonging": "a page of what belongs to each of many rows",
    "paging": "resources by the page",
    "pages": "a page of them as SQL",
    "ranges": "where rows stand in a list, as SQL",
    "writing": "one row with its audit and outbox rows",
    "references": "who points at whom",
    "cascades": "who loses what when rows go",
    "external_ids": "the callers' own names",
    "idempotency": "answers kept for retries",
    "keyed": "keys made and looked for",
    "outbox": "what is told to the world",
    "insights/curve_reads": "what emotion curves are computed from",
    "insights/drift_reads": "what members of profiles have",
    "insights/quality_reads": "how well personas are known",
    "insights/shared_theme_reads": "which themes maps share, and which maps are one",
    "insights/theme_reads": "what findings and maps say, as themes",
    # A map has more to write than one file holds: the steps of writing it, in their order.
    "journeys/placing": "locking a map, and room for its parts",
    "journeys/tying": "the transitions that follow its order",
    "journeys/settling": "what its parts refer to",
    "journeys/rows": "many rows at once",
    "journeys/touchpoints": "the writes of a touchpoint",
    "journeys/slugs": "the words of the vocabulary, and the columns that hold them",
    "insights/gaps/places": "where gaps are looked for",
    "insights/gaps/rows": "what gaps are computed from",
    "insights/revised_reads": "what revisions held, told to the statements that read the rest",
    "insights/planning/rows": "what plans are made of",
    "journeys/vocabulary/rewriting": "a word in the place of others, wherever they are used",
    "journeys/vocabulary/apart": "the same outside maps",
    "journeys/vocabulary/replacing": "what both are made of",
}
"""The files of the domain that hold SQL. SQL elsewhere is SQL nobody will find."""

SQL_WORDS = {
    *("select", "insert", "update", "delete", "upsert", "text", "union", "union_all", "exists"),
    *("func", "literal_column", "case", "values", "lateral", "with_", "and_", "or_", "not_"),
}
"""What statements are made of; types and tables may be named wherever they are meant."""

STEPS = {
    *("insert", "apply", "change", "stored", "patched", "current", "unchanged", "missed"),
    *("issued", "rewrite_stage", "cascade", "ahead", "own_key"),
}
"""Methods that carry out part of a write which has asked already. The faces call none of them."""

ASKED_OF_NOBODY = {
    "authenticate": "it is what finds out what a caller may do",
    "beside_erasures": "it waits, and tells nothing",
    "blocked": "it tells whoever takes somebody in that they must not",
    "planned_apart": "it says how to plan what follows, and tells nothing",
    "own_attributes": "what slices above check values against",
    "sensitive_keys": "what slices above let go of",
    "one_at_a_time": "it waits, and tells nothing",
    "storing": "it says who is at work, by numbers that name nobody",
    "trusted_text": "whoever has a key may ask for what it registers; running it asks for scopes",
    "versions": "numbers of what the caller names, in no workspace",
    "with_explicit_grant": "what slices above ask before they write",
}

NEEDS_NO_WORK = {"service.domain.patching": "is handed the one question it may ask"}

CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
HAS_A_CLOCK = {"service.domain.ids": "an id holds when it was made; the work holds when it acts"}
SQL_CLOCKS = re.compile(r"(?i)\bnow\(\)|\b(?:clock|statement|transaction)_timestamp|\bcurrent_date")


def test_sql_stands_where_its_name_says_so() -> None:
    found = {
        str(source.path.relative_to("service/domain").with_suffix(""))
        for source in domain()
        if any(m.startswith("sqlalchemy") and n in SQL_WORDS for m, n in source.imports)
    }
    elsewhere = {name for name in found if not {name, name.rpartition("/")[2]} & {*SQL_STANDS_IN}}
    assert not elsewhere
    gone = {name for name in SQL_STANDS_IN if "/" in name} - found
    assert not gone, "listed, but without SQL"


def test_nobody_but_the_edge_ends_a_transaction() -> None:
    ending = [
        f"{source.at(call)} {name}"
        for source, call, name in _calls()
        if name in {"commit", "rollback", "begin", "begin_nested", "transaction"}
    ]
    assert not ending


def test_the_time_is_the_works() -> None:
    asking = [
        f"{source.at(call)} {name}"
        for source, call, name in _calls()
        if name in CLOCKS and source.module not in HAS_A_CLOCK
    ]
    asking += [
        f"{source.at(text)} {text.value}"
        for source in domain()
        for text in _texts(source.tree)
        if SQL_CLOCKS.search(text.value)
    ]
    assert not asking


def test_many_rows_are_one_statement() -> None:
    """An `await` in a loop needs a comment, beside or above: why it is a few, and no rows."""
    looping = [
        source.at(loop)
        for source in domain()
        for loop in ast.walk(source.tree)
        if _awaits_again_and_again(loop)
        if not any("# " in line for line in source.lines[loop.lineno - 2 : loop.lineno])
    ]
    assert not looping


def test_the_work_comes_first() -> None:
    late = [
        f"{source.at(function)} {name}"
        for source in domain()
        for name, function in source.functions
        if isinstance(function, ast.AsyncFunctionDef) and not _last(name).startswith("_")
        if not _takes_work(function)
        if source.module not in {"service.domain.work", *NEEDS_NO_WORK}
    ]
    assert not late


def test_whatever_a_face_may_call_asks_for_its_scope_first() -> None:
    """By itself, or by leaving the first thing it does to one that asks."""
    asking: set[str] = set()
    # A protocol's methods do nothing: those that fit it are looked at.
    silent = [one for one in _called_by_faces() if one[1] not in ASKED_OF_NOBODY and body(one[2])]
    while found := {_last(name) for _, name, f in silent if _asks(f, asking)} - asking:
        asking |= found
    assert not [
        f"{source.at(function)} {name}"
        for source, name, function in silent
        if not _asks(function, asking)
    ]


def test_a_face_calls_no_step_of_a_write() -> None:
    called = [
        f"{source.at(call)} {call.func.attr}"
        for source in sources("service/api")
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if call.func.attr in STEPS and call.args and ast.unparse(call.args[0]) == "work"
    ]
    assert not called


def _calls() -> Iterator[tuple[Source, ast.Call, str]]:
    for source in domain():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield source, node, node.func.attr


def _texts(tree: ast.AST) -> Iterator[ast.Constant]:
    """Every text that is used; a docstring stands for itself."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node


def _awaits_again_and_again(node: ast.AST) -> bool:
    if isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple | ast.List):
        return False  # as often as there are elements written there
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):
        return any(isinstance(n, ast.Await) for part in node.body for n in ast.walk(part))
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return any(isinstance(n, ast.Await) for n in ast.walk(node.elt))
    return isinstance(node, ast.DictComp) and any(isinstance(n, ast.Await) for n in ast.walk(node))


def _called_by_faces() -> list[tuple[Source, str, Function]]:
    """What the menus of slices offer, and the methods of resources, as far as they take a work."""
    offered = {
        name
        for source in domain()
        if source.path.name == "__init__.py" and len(source.path.parts) == 4
        for _, name in source.imports
    }
    return [
        (source, name, function)
        for source in domain()
        for name, function in source.functions
        if _takes_work(function) and isinstance(function, ast.AsyncFunctionDef)
        if "." in name or name in offered
        if _last(name) not in STEPS and not _last(name).startswith("_")
    ]


def _takes_work(function: Function) -> bool:
    return [a.arg for a in function.args.args if a.arg != "self"][:1] == ["work"]


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _asks(function: Function, asking: set[str]) -> bool:
    """Whether `work.needs(…)`, or an await of one that asks, comes before any other await."""
    for statement in body(function):
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "work.needs":
                return True
        for node in ast.walk(statement):
            if isinstance(node, ast.Await):
                call = node.value
                return (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Attribute | ast.Name)
                    and _last(ast.unparse(call.func)) in asking
                )
    return False
