"""What describes an ideal client: the built-in attributes, own ones, and what values may be.

A value is JSON as a decoder gives it: None, bool, int, float, str, list, dict. Nothing here
changes a value; it is stored as it was sent.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import isfinite

import msgspec

from service.domain.errors import Problem

MAX_ATTRIBUTES = 200
MAX_KEY = 64
MAX_TEXT = 10_000
MAX_MEMBERS = 200
MAX_DEPTH = 4
MAX_BYTES = 64 * 1024

_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SURROGATE = re.compile("[\ud800-\udfff]")


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
    have their type; any other key is welcome. All are bounded JSON (see `bounded_json`), at most
    200 attributes and 64 KiB together, under keys of 1 to 64 of `a-z 0-9 _` that start with a
    letter.

    Codes: those of `bounded_json`, `bad_key`, `wrong_type`, `unknown_option`, `unknown_member`,
    `empty_range`, `min_above_max`, `bad_currency`.
    """
    kept, bounds, typed = stored(attributes), _Bounds(pointer), list[Problem]()
    if len(kept) > MAX_ATTRIBUTES:
        bounds.refuse(pointer, "too_many", f"At most {MAX_ATTRIBUTES} attributes are kept.")
    for key, value in kept.items():
        at = _member(pointer, key)
        if not _KEY.fullmatch(key):
            bounds.refuse(at, "bad_key", "A key is 1 to 64 of a-z, 0-9 and _, a letter first.")
        bounds.weigh(key)
        bounds.walk(value, at)
        if bounds.exceeded:
            break
        attribute = BUILT_IN.get(key) or own.get(key)
        if attribute and not (isinstance(value, dict | list) and len(value) > MAX_MEMBERS):
            typed += _TYPES[attribute.type](attribute, value, at)
    found = bounds.found()
    named = {problem.pointer for problem in found}
    return found + [problem for problem in typed if problem.pointer not in named]


def bounded_json(value: object, pointer: str) -> list[Problem]:
    """Everything that keeps a free-form JSON value from being stored, each by its JSON pointer.

    Texts have at most 10,000 characters, without NUL and lone surrogates; numbers are finite,
    whole ones within 64 bits; lists and objects have at most 200 members and nest 4 deep, the
    value itself being the first; members' names have 1 to 64 characters of any script; all of it
    is at most 64 KiB of compact UTF-8 JSON. Safe for any depth and size: it looks no further
    inside what is too deep or has too many members, and stops where the whole is too large.

    Codes: `too_long`, `nul`, `lone_surrogate`, `not_finite`, `out_of_range`, `too_many`,
    `too_deep`, `too_large`, `bad_key`, `not_json`.
    """
    bounds = _Bounds(pointer)
    bounds.walk(value, pointer)
    return bounds.found()


class _Bounds:
    """A walk over JSON values: what is out of bounds, and the bytes they take together."""

    def __init__(self, pointer: str) -> None:
        self._pointer = pointer
        self._bytes = 0
        self._problems: list[Problem] = []

    @property
    def exceeded(self) -> bool:
        return self._bytes > MAX_BYTES

    def found(self) -> list[Problem]:
        if self.exceeded:
            detail = f"At most {MAX_BYTES} bytes of JSON are kept here."
            return [Problem(self._pointer, "too_large", detail), *self._problems]
        return self._problems

    def refuse(self, at: str, code: str, detail: str) -> None:
        self._problems.append(Problem(at, code, detail))

    def walk(self, value: object, at: str, depth: int = 1) -> None:
        if self.exceeded:
            return
        if isinstance(value, dict | list):
            self._members(value, at, depth)
            return
        for code, detail in _scalar_problems(value):
            self.refuse(at, code, detail)
        self.weigh(value)

    def weigh(self, scalar: object) -> None:
        """Add a scalar's bytes and those of the comma or colon after it."""
        try:
            self._bytes += len(msgspec.json.encode(scalar)) + 1
        except (ValueError, TypeError, OverflowError):
            self._bytes += 1  # refused already; it must only not come free

    def _members(self, value: dict[str, object] | list[object], at: str, depth: int) -> None:
        self._bytes += 3 if value else 2
...
