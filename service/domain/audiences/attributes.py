"""What describes an ideal client: the built-in attributes, own ones, and what their values may be.

Nothing here changes a value; it is stored as it was sent.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from service.domain.audiences.bounds import MAX_MEMBERS, Bounds, bounded_json, member
from service.domain.currencies import CURRENCIES, NOT_A_CURRENCY
from service.domain.errors import Problem

__all__ = [
    "BUILT_IN",
    "CATALOGUE",
    "Attribute",
    "AttributeType",
    "bounded_json",
    "check",
    "is_figure",
    "off_type",
    "stored",
]

_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class AttributeType(StrEnum):
    """The shape of a value.

    `text`; `texts`, a list of text; `number`; `integer`; `money_range` `{min, max, currency}`,
    bounds being JSON numbers or decimal strings ("125000.50", up to 15 digits before and 6 after
    the point), currency an ISO 4217 code; `integer_range` `{min, max}`; `choice`, one of the
    options; `boolean`; `date` (YYYY-MM-DD); `any`, whatever `bounded_json` lets through. One bound
    of a range may be null or absent: it is open on that side. Both bounds belong to the range.
    """

    TEXT = "text"
    TEXTS = "texts"
    NUMBER = "number"
    INTEGER = "integer"
    MONEY_RANGE = "money_range"
    INTEGER_RANGE = "integer_range"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    DATE = "date"
    ANY = "any"


class Attribute(msgspec.Struct, frozen=True):
    """One thing to know of a client. `options` bind a `choice`; for a text they are suggestions."""

    key: str
    label: str
    description: str
    type: AttributeType
    sensitive: bool = False
    options: tuple[str, ...] = ()
    unit: str | None = None


_TEXT, _TEXTS, _MONEY = AttributeType.TEXT, AttributeType.TEXTS, AttributeType.MONEY_RANGE
_YEARS = AttributeType.INTEGER_RANGE


def _row(
    key: str,
    type: AttributeType,
    description: str,
    *options: str,
    sensitive: bool = False,
    unit: str | None = None,
) -> Attribute:
    label = key.replace("_", " ").capitalize()
    return Attribute(key, label, description, type, sensitive, options, unit)


# Sensitive are the special categories of personal data of GDPR article 9(1): of these attributes
# religion (with philosophical beliefs) and political affiliation. The article does not name
# gender, marital status, family or money: ordinary personal data, to be kept to the point.
# In the order in which advisers' guides name them; "beliefs and problems to solve" are two: what
# is held true and what is to be mended are answered by different content. That makes 23.
# No built-in is a `choice`: laws, markets and languages word these things too differently for one
# list to be enforced.
# fmt: off
CATALOGUE: tuple[Attribute, ...] = (
    _row("personality", _TEXT, "Temperament and way of deciding: cautious, quick to trust."),
    _row("financial_motivations", _TEXTS, "What the money is for: security, freedom, a legacy."),
    _row("beliefs", _TEXTS, "What they hold true about money, markets and advisers. Convictions of"
         " faith or politics belong under religion or political affiliation, marked sensitive."),
    _row("problems_to_solve", _TEXTS, "What they want solved, in their own words."),
    _row("investment_attitude", _TEXT, "How they weigh risk against return.",
         "conservative", "cautious", "balanced", "growth", "aggressive"),
    _row("religion", _TEXT, "Faith or philosophical conviction, where it shapes decisions.",
         sensitive=True),
    _row("annual_income", _MONEY, "Household income before tax.", unit="per year"),
    _row("investable_assets", _MONEY, "What could be invested now, the home left out."),
    _row("net_worth", _MONEY, "All assets less all debts; may be negative."),
    _row("motivation_to_hire", _TEXT, "Why they would hire somebody, and why now."),
    _row("milestone_events_and_life_goals", _TEXTS,
         "What lies ahead or has just happened: a sale, an inheritance, a child, retiring at 60."),
    _row("life_stage", _TEXT, "Where they are in life.",
         "young adult", "starting a family", "raising children", "empty nest", "near retirement",
         "retired"),
    _row("gender", _TEXT, "As they describe themselves; left out where it makes no difference.",
         "female", "male", "non-binary", "any"),
    _row("age_range", _YEARS, "Age in completed years.", unit="years"),
    _row("marital_status", _TEXT, "Whether they decide alone or with a partner.",
         "single", "partnered", "married", "separated", "divorced", "widowed"),
    _row("location", _TEXT, "Where they live: country, region, town or kind of place."),
    _row("industry_or_employer", _TEXT, "The branch they work in, or the employer they share."),
    _row("education", _TEXT, "The highest completed.",
         "secondary", "vocational", "bachelor", "master", "doctorate"),
    _row("career_stage", _TEXT, "How far along in working life.",
         "entry", "established", "senior", "executive", "owner", "retired"),
    _row("occupation", _TEXT, "What they do for a living."),
    _row("family", _TEXT, "Children, parents and others they care for."),
    _row("political_affiliation", _TEXT, "Party or leaning, where it shapes decisions.",
         sensitive=True),
    _row("hobbies", _TEXTS, "What they do with their free time."),
)
# fmt: on
BUILT_IN: Mapping[str, Attribute] = {attribute.key: attribute for attribute in CATALOGUE}


def stored(attributes: Mapping[str, object]) -> dict[str, object]:
    """The attributes without those that are null: null removes, it is never stored."""
    return {key: value for key, value in attributes.items() if value is not None}


def check(
    attributes: Mapping[str, object], own: Mapping[str, Attribute], pointer: str = "/attributes"
) -> list[Problem]:
    """Everything wrong with a profile's attributes, nulls apart, each by its JSON pointer.

    Built-in attributes and the workspace's `own` declared ones (by key; a built-in one wins) must
    have their type; any other key is welcome. Keys are 1 to 64 of `a-z 0-9 _`, a letter first; at
    most 200; every value is as bounded as `bounded_json` says, 64 KiB being for all together.

    Codes: those of `bounded_json`, `wrong_type`, `not_a_date`, `unknown_option`,
    `unknown_member`, `empty_range`, `wrong_bounds`, `not_a_currency`.
    """
    kept = stored(attributes)
    bounds = Bounds(pointer)
    bounds.walk(kept, pointer, depth=0)
    found = bounds.found()
    if len(kept) > MAX_MEMBERS:
        return found
    named = {problem.pointer for problem in found}
    for key, value in kept.items():
        attribute = BUILT_IN.get(key) or own.get(key)
        problems = _mismatches(key, value, attribute, member(pointer, key))
        found += [problem for problem in problems if problem.pointer not in named]
    return found


def is_figure(attribute: Attribute, value: object) -> bool:
    """Whether a value is one figure within the range that the attribute is."""
    if attribute.type is AttributeType.INTEGER_RANGE:
        return _integer(value) is not None
    return attribute.type is AttributeType.MONEY_RANGE and _amount(value) is not None


def off_type(attribute: Attribute, value: object, at: str) -> Iterator[Problem]:
    """What keeps a value from being one of the attribute's."""
    yield from _TYPES[attribute.type](attribute, value, at)


def _mismatches(key: str, value: object, attribute: Attribute | None, at: str) -> Iterator[Problem]:
    if not _KEY.fullmatch(key):
        yield Problem(at, "bad_key", "A key is 1 to 64 of a-z, 0-9 and _, a letter first.")
    too_many = isinstance(value, dict | list) and len(value) > MAX_MEMBERS
    if attribute and not too_many:
        yield from off_type(attribute, value, at)


_Check = Callable[[Attribute, object, str], Iterator[Problem]]


def _wrong(at: str, expected: str) -> Problem:
    return Problem(at, "wrong_type", f"Must be {expected}.")


def _plain(expected: str, fits: Callable[[object], bool]) -> _Check:
    def check_plain(_: Attribute, value: object, at: str) -> Iterator[Problem]:
        if not fits(value):
            yield _wrong(at, expected)

    return check_plain


def _date(_: Attribute, value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _wrong(at, "a text")
        return
    try:
        well_formed = _DATE.fullmatch(value) and date.fromisoformat(value)
    except ValueError:
        well_formed = None
    if not well_formed:
        yield Problem(at, "not_a_date", "Must be a date like 2026-05-01.")


def _texts(_: Attribute, value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield _wrong(at, "a list of texts")
        return
    for index, text in enumerate(value):
        if not isinstance(text, str):
            yield _wrong(member(at, index), "a text")


def _choice(attribute: Attribute, value: object, at: str) -> Iterator[Problem]:
    if value not in attribute.options:
        options = ", ".join(attribute.options)
        yield Problem(at, "unknown_option", f"Must be one of: {options}.")


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _amount(value: object) -> Decimal | None:
    match value:
        case bool():
            return None
        case int() | float() if abs(value) < 10**15:
            return Decimal(str(value))
        case str() if _AMOUNT.fullmatch(value):
            return Decimal(value)
        case _:
            return None


def _range(
    value: object,
    at: str,
    read: Callable[[object], int | Decimal | None],
    expected: str,
    *more: str,
) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield _wrong(at, f"an object of {', '.join(('min', 'max', *more))}")
        return
    for name in value:
        if name not in ("min", "max", *more):
            yield Problem(member(at, name), "unknown_member", "Is not a member of this range.")
    given = {name: value[name] for name in ("min", "max") if value.get(name) is not None}
    bounds = {name: read(bound) for name, bound in given.items()}
    if not bounds:
        yield Problem(at, "empty_range", "Must have min or max.")
    for name, bound in bounds.items():
        if bound is None:
            yield _wrong(member(at, name), expected)
    low, high = bounds.get("min"), bounds.get("max")
    if low is not None and high is not None and low > high:
        yield Problem(at, "wrong_bounds", "min must not exceed max.")


def _integer_range(_: Attribute, value: object, at: str) -> Iterator[Problem]:
    yield from _range(value, at, _integer, "a whole number")


def _money_range(_: Attribute, value: object, at: str) -> Iterator[Problem]:
    yield from _range(value, at, _amount, "an amount", "currency")
    if isinstance(value, dict):
        currency = value.get("currency")
        if not (isinstance(currency, str) and currency in CURRENCIES):
            detail = "Must be the three capital letters of a currency (ISO 4217)."
            yield Problem(member(at, "currency"), NOT_A_CURRENCY, detail)


_TYPES: Mapping[AttributeType, _Check] = {
    AttributeType.TEXT: _plain("a text", lambda value: isinstance(value, str)),
    AttributeType.TEXTS: _texts,
    AttributeType.NUMBER: _plain("a number", lambda value: type(value) in (int, float)),
    AttributeType.INTEGER: _plain("a whole number", lambda value: type(value) is int),
    AttributeType.MONEY_RANGE: _money_range,
    AttributeType.INTEGER_RANGE: _integer_range,
    AttributeType.CHOICE: _choice,
    AttributeType.BOOLEAN: _plain("true or false", lambda value: isinstance(value, bool)),
    AttributeType.DATE: _date,
    AttributeType.ANY: _plain("any value", lambda _: True),
}
