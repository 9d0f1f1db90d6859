"""Amounts of money as callers send them."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from service.domain.currencies import CURRENCIES, NOT_A_CURRENCY
from service.domain.inputs import Input
from service.domain.words import told

_MOST = 10**14 - 1
_TOLD = told("An exact number, at most four decimals; it may be sent as a text.", 1250.5)


def _schema(least: int) -> WithJsonSchema:
    sign = "-?" if least < 0 else ""
    return WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": least, "maximum": _MOST, "multipleOf": 0.0001},
                {"type": "string", "pattern": rf"^{sign}\d{{1,14}}(\.\d{{1,4}})?$"},
            ]
        }
    )


def _known(code: str) -> str:
    if code not in CURRENCIES:
        raise PydanticCustomError(NOT_A_CURRENCY, "must be a currency of ISO 4217")
    return code


class Money(Input):
    """An amount with its ISO 4217 currency."""

    shown_only = frozenset()
    amount: Annotated[
        Annotated[Decimal, Field(max_digits=18, decimal_places=4), _schema(-_MOST)], _TOLD
    ]
    currency: Annotated[
        Annotated[str, Field(pattern=r"^[A-Z]{3}$"), AfterValidator(_known)],
        told("The ISO 4217 code.", "EUR"),
    ]


class Expense(Money):
    """What is paid, with its ISO 4217 currency: nothing or more, for costs are summed."""

    amount: Annotated[
        Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4), _schema(0)], _TOLD
    ]
