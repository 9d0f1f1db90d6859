"""The two interpreters of filters, in memory and in SQL, give the same three answers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    Uuid,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from service.domain import filters
from service.domain.filters.comparing import types_for
from service.domain.filters.language import comparable
from service.domain.statements import Statement, rows_of

HELD = filters.Type
COLUMNS = {
    "name": (HELD.TEXT, Text()),
    "steps": (HELD.NUMBER, BigInteger()),
    "ratio": (HELD.NUMBER, Double()),
    "cost": (HELD.NUMBER, Numeric()),
    "archived": (HELD.BOOLEAN, Boolean()),
    "seen_at": (HELD.INSTANT, DateTime(timezone=True)),
    "due_on": (HELD.DATE, Date()),
    "owner_id": (HELD.UUID, Uuid()),
    "tags": (HELD.TEXTS, ARRAY(Text())),
    "labels": (HELD.TEXTS, JSONB()),
    "traits": (HELD.ANY, JSONB()),
}
VOCABULARY = filters.Vocabulary(
    {name: held for name, (held, _) in COLUMNS.items() if held is not HELD.ANY},
    {"traits": HELD.ANY},
)
FIELDS = [*VOCABULARY.fields, *["traits.a", "traits.a.b", "traits.b", "traits.%"]]

# Few values, so that stored ones and literals meet; any script, and all that LIKE, wildcards and
# JSON give a meaning to.
TEXTS = (
    st.sampled_from(["a", "b", "%"])
    | st.text("ab%_\\*?\"'é客\uffee𐐷\n ", max_size=3)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
)
INTEGERS = (
    st.integers(-2, 2) | st.integers(2**53 - 1, 2**53 + 2) | st.integers(-(2**63) + 1, 2**63 - 1)
)
DOUBLES = st.sampled_from([0.1, 0.3, -0.0, 1e22, 2.0**53]) | st.floats(
    allow_nan=False, allow_infinity=False
)
INSTANTS = st.datetimes(datetime(2026, 5, 1), datetime(2026, 5, 1, 0, 0, 1), timezones=st.just(UTC))
DATES = st.dates(date(2026, 5, 1), date(2026, 5, 3)) | st.dates(date(1, 1, 1))
IDS = st.integers(0, 3).map(lambda number: UUID(int=number))
NUMBERS = INTEGERS | DOUBLES
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "%"]), inner, max_size=3)
    ),
    max_leaves=4,
)

LITERALS = {
    HELD.TEXT: TEXTS,
    HELD.NUMBER: NUMBERS,
    HELD.BOOLEAN: st.booleans(),
    HELD.INSTANT: INSTANTS.map(datetime.isoformat),
    HELD.DATE: DATES.map(date.isoformat),
    HELD.UUID: IDS.map(str),
}
STORED = {
    "name": TEXTS,
    "steps": INTEGERS,
    "ratio": DOUBLES,
    "cost": NUMBERS,
    "archived": st.booleans(),
    "seen_at": INSTANTS,
    "due_on": DATES,
    "owner_id": IDS,
    "tags": st.lists(st.none() | TEXTS, max_size=3),
    "labels": st.lists(st.none() | TEXTS, max_size=3) | JSON,
    "traits": st.dictionaries(st.sampled_from(["a", "b", "%"]), JSON),
}
ROWS = st.fixed_dictionaries({name: st.none() | stored for name, stored in STORED.items()})


def in_order(bounds):
    return sorted(bounds, key=comparable)


@st.composite
def leaves(draw, ops=tuple(filters.Op)):
    field = draw(st.sampled_from(FIELDS))
    held = VOCABULARY.type_of(field)
    op = draw(st.sampled_from([op for op in ops if types_for(op, held)]))
    literals = LITERALS[draw(st.sampled_from(types_for(op, held)))]
    if op is filters.Op.IN:
        literals = st.lists(literals, min_size=1, max_size=3)
    if op is filters.Op.BETWEEN:
        literals = st.lists(literals, min_size=2, max_size=2).map(in_order)
    return {"field": field, "op": op.value, "value": draw(literals)}


def conditions(depth):
    if depth == 0:
        return leaves()
    parts = conditions(depth - 1)
    return st.one_of(
        leaves(),
        parts.map(lambda part: {"not": part}),
        st.lists(parts, max_size=3).map(lambda all_: {"all": all_}),
        st.lists(parts, max_size=3).map(lambda any_: {"any": any_}),
    )


@pytest.fixture(scope="module")
async def connection(postgres_url):
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


async def answers_of_postgres(connection, parsed, rows):
    columns = [column("position", Integer), *(column(n, t) for n, (_, t) in COLUMNS.items())]
    source = func.jsonb_to_recordset(rows_of("rows")).table_valued(*columns)
    source = source.render_derived(name="stored", with_types=True)
    named = {name: source.c[name] for name in COLUMNS}
    asked = [filters.condition(one, named).label(f"c{i}") for i, one in enumerate(parsed)]
    statement = Statement(select(*asked).select_from(source).order_by(source.c.position))
    numbered = [{"position": position, **row} for position, row in enumerate(rows)]
    found = await connection.fetch(statement.sql, *statement.arguments({"rows": numbered}))
    return [list(answers) for answers in found]


def answers_of_memory(parsed, rows):
    lookups = [filters.lookup_in(row) for row in rows]
    return [[filters.evaluate(one, lookup) for one in parsed] for lookup in lookups]


async def agreed(connection, raw, rows):
    """The answers of both, by row and filter, after they are found to be equal."""
    parsed = [filters.parse(one, VOCABULARY) for one in raw]
    answers = answers_of_memory(parsed, rows)
    assert await answers_of_postgres(connection, parsed, rows) == answers
    return answers


@settings(max_examples=60, deadline=None)
@given(st.lists(conditions(3), min_size=1, max_size=8), st.lists(ROWS, min_size=1, max_size=8))
async def test_any_filter_has_the_same_answer_in_memory_and_in_sql(connection, raw, rows):
    await agreed(connection, raw, rows)


@settings(deadline=None)
@given(conditions(3), st.lists(ROWS, min_size=1, max_size=4), st.sets(st.sampled_from(FIELDS)))
def test_what_holds_may_hold_however_little_is_known(raw, rows, known):
    parsed = filters.parse(raw, VOCABULARY)
    for row in rows:
        lookup = filters.lookup_in(row)
        told = filters.evaluate(parsed, lookup)
        assert filters.may_hold(parsed, {name: lookup(name) for name in FIELDS}) is (
            told is not False
        )
        assert told is not True or filters.may_hold(parsed, {one: lookup(one) for one in known})


@settings(max_examples=60, deadline=None)
@given(st.lists(leaves(), min_size=30, max_size=60), st.lists(ROWS, min_size=1, max_size=8))
async def test_any_test_has_the_same_answer_in_memory_and_in_sql(connection, raw, rows):
    await agreed(connection, raw, rows)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("ab*?%_\\\n", max_size=8), min_size=1, max_size=30),
       st.lists(st.text("ab*?%_\\\n", max_size=8), min_size=1, max_size=30))  # fmt: skip
async def test_any_part_or_pattern_fits_the_same_texts(connection, wanted, texts):
    ops = ("matches", "contains", "starts_with")
    raw = [{"field": "name", "op": op, "value": one} for one in wanted for op in ops]
    await agreed(connection, raw, [{"name": text} for text in texts])


@pytest.mark.parametrize(
    ("stored", "op", "value", "expected"),
    [
        ("abc", "eq", "abc", True), ("abc", "eq", "ABC", False), ("abc", "contains", "bc", True),
        ("abc", "starts_with", "bc", False), ("\uffee", "lt", "\U00010000", True),
        ("a\nb", "matches", "a?*", True), ("a%", "matches", "a_", False),
        ("7", "eq", 7, None), (7, "eq", "7", None), (True, "eq", 1, None), (1, "eq", True, None),
        (7, "contains", 7, None), (0.1, "eq", 0.1, True), (7, "between", [7, 7], True),
        (2**53 + 1, "gt", float(2**53), True), (None, "exists", True, False),
        ({"a": 1}, "eq", "a", None), ({"a": 1}, "exists", True, True),
        (["golf", 7, None, ["sailing"]], "eq", "golf", True), (["golf"], "ne", "golf", False),
        (["golf", 7], "in", ["sailing", "golf"], True), (["golf", 7], "contains", 7.0, True),
        (["golf", True], "contains", 1, False), ([["golf"]], "contains", "golf", False),
        ([], "contains", "golf", False), ([], "ne", "golf", True), ([], "exists", True, True),
        (["golf"], "starts_with", "g", None), (["golf"], "lt", "z", None),
    ],
)  # fmt: skip
async def test_a_stored_value_is_judged_by_its_own_type(connection, stored, op, value, expected):
    raw = {"field": "traits.a", "op": op, "value": value}
    assert await agreed(connection, [raw], [{"traits": {"a": stored}}]) == [[expected]]


async def test_instants_dates_ids_and_decimals_compare_as_what_they_are(connection):
    row = {
        "seen_at": datetime(2026, 5, 1, tzinfo=UTC),
        "due_on": date(2026, 5, 1),
        "owner_id": UUID(int=1),
        "cost": Decimal("0.1"),
    }
    raw = [
        {"field": "seen_at", "op": "eq", "value": "2026-05-01T02:00:00+02:00"},
        {"field": "due_on", "op": "between", "value": ["2026-05-01", "2026-05-01"]},
        {"field": "owner_id", "op": "in", "value": [str(UUID(int=1)).upper()]},
        {"field": "cost", "op": "eq", "value": 0.1},
    ]
    assert await agreed(connection, raw, [row, {}]) == [[True] * 4, [None] * 4]


async def test_the_largest_filter_is_one_statement(connection):
    literals = [f"{number}%_" for number in range(filters.MAX_IN)]
    leaf = {"field": "traits.a.a.a.a.a.a.a.a", "op": "in", "value": literals}
    raw = {"any": [leaf] * (filters.MAX_LEAVES - 1) + [{"field": "name", "op": "eq", "value": "x"}]}
    assert await agreed(connection, [raw], [{"name": "x"}, {"name": "y"}]) == [[True], [None]]


async def test_leaves_of_contacts_take_the_sql_they_are_given():
    raw = {"any": [{"consent": "news"}, {"not": {"did": "Order"}}]}
    parsed = filters.parse(raw, filters.CONTACTS)
    with pytest.raises(TypeError):
        filters.condition(parsed, {})
    built = filters.condition(parsed, {}, lambda leaf: column(type(leaf).__name__, Boolean()))
    assert str(built) == '"Consent" OR (NOT "Did")'


@pytest.mark.parametrize("held", [Text(), JSONB(), LargeBinary()])
def test_a_column_that_holds_something_else_is_found_out_at_once(held):
    parsed = filters.parse({"field": "timestamp", "op": "exists"}, filters.CONTACTS)
    with pytest.raises(TypeError):
        filters.condition(parsed, {"device": column("device", held)})
    parsed = filters.parse(
        {"field": "timestamp", "op": "lt", "value": "2026-05-01T00:00:00Z"}, filters.CONTACTS
    )
    with pytest.raises(TypeError):
        filters.condition(parsed, {"timestamp": column("timestamp", held)})
