"""How figures read numbers and currencies, whatever events tell."""

from decimal import Decimal

import numpy as np
import pytest

from service.domain.history import MISSING, Column, Histories, rising
from service.domain.measures.numbers import currency_of, number_of
from service.domain.measures.own_kpis.figure import Definition, figure
from service.domain.measures.own_kpis.quantities import Quantity

READ = [
    (Decimal("19.99"), "19.99"),
    (Decimal("-3"), "-3"),
    (Decimal("1E+2"), "100"),
    (Decimal("0.30000000000000004"), "0.30000000000000004"),
    (Decimal("5e-324"), "5e-324"),
    (7, "7"),
    ("19.99", "19.99"),
    (" -3 ", "-3"),
    ("+4", "4"),
    ("1e3", "1000"),
]
UNREAD = [
    None,
    True,
    False,
    "",
    "much",
    "5 EUR",
    "1,5",
    "1_000",
    "٣",
    "NaN",
    "Infinity",
    "1e400",
    "1e99999",
    "9" * 400,
    "0" * 10_000,
    Decimal("NaN"),
    Decimal("Infinity"),
    Decimal("1e400"),
    Decimal("1e-401"),
]


@pytest.mark.parametrize(("word", "number"), READ, ids=[repr(one) for one, _ in READ])
def test_a_number_is_one_or_a_text_that_holds_one(word: object, number: str) -> None:
    assert number_of(word) == Decimal(number)


@pytest.mark.parametrize("word", UNREAD, ids=[repr(one)[:20] for one in UNREAD])
def test_whatever_else_is_told_is_no_number(word: object) -> None:
    assert number_of(word) is None


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("EUR", "EUR"),
        ("eur", "EUR"),
        (" Chf ", "CHF"),
        ("dollars", None),
        ("", None),
        ("€", None),
        (None, None),
        (True, None),
        (Decimal(978), None),
    ],
)
def test_a_currency_is_a_code_in_any_case(word: object, code: str | None) -> None:
    assert currency_of(word) == code


def test_own_kpis_read_amounts_as_built_in_ones_do() -> None:
    told = [("19.99", "eur"), (Decimal(10), "EUR"), (Decimal(1), None), (Decimal(1), "USD")]
    told += [("much", "EUR"), (True, "EUR")]
    fields = ("properties.revenue", "properties.currency")
    columns = {}
    for name, values in zip(fields, zip(*told, strict=True), strict=True):
        words, codes = rising(values)
        columns[name] = Column(np.array(codes, dtype=np.int32), words)
    n = len(told)
    assert columns[fields[1]].codes[2] == MISSING
    found = Histories(
        np.zeros(n, dtype=np.int32), np.arange(n), [np.ones(n, np.bool_)], columns, b"", {}
    )
    one = Quantity("sum", None, fields[0], None, "EUR")
    value = figure(Definition("value", one), found, (None, None))
    assert value.value == Decimal("29.99")
    assert [(out.reason, out.count) for out in value.excluded] == [
        ("no_currency", 1),
        ("no_number", 2),
        ("other_currency", 1),
    ]
