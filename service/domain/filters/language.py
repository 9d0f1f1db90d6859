"""The language of filters: what a condition is, and what it may speak of.

Criteria, filters, event selections, bindings and tree conditions are all conditions of this one
language. A condition has three answers: true, false and unknown (None, in SQL NULL).

Meaning of a test, the same in memory and in SQL:
- A missing value (absent, or a JSON null) is unknown to every op but `exists`, which is never
  unknown. So is a stored value of another type than the literal: the text "7" against 7, an
  object against anything. Whatever a value is stored as, only `exists` sees that it is there.
- `eq x` is `in [x]`; `ne` is the `not` of `eq`; `between [low, high]` includes both bounds.
- A stored list is judged by its elements: `eq`, `in` and `contains` ask whether any element is
  one of the literals (an empty list answers false). The other ops are unknown on a list.
- On a text, `contains` asks for a part, `starts_with` for a beginning, and `matches` holds the
  whole value against a pattern in which `*` is any run and `?` any one code point; nothing
  escapes them. Texts compare code point by code point, case and accents included.
- A number or a boolean has no parts: there `contains` is unknown.
- Numbers compare as the decimals they are written as; a boolean is not a number.
- `all []` is true and `any []` is false; `not`, `all` and `any` follow Kleene's strong logic:
  `not` of unknown is unknown, `all` is false if any part is, `any` is true if any part is.

Under an open prefix (`traits.*`) anything may be stored. A date there is a text, and texts in
ISO 8601 of one form order as the dates do.
"""

import typing
from collections.abc import Container, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from uuid import UUID

from msgspec import Struct

MAX_DEPTH = 8
"""Conditions within each other, the innermost test included; a `did` counts as one."""

MAX_LEAVES = 100
"""Tests, `at`, `consent` and empty `all` or `any` in one filter, those inside a `did` included."""

MAX_IN = 1_000
"""Literals in one `in`."""

MAX_TEXT = 4_096
"""Code points in a literal."""

MAX_PATTERN = 200
"""Code points in the pattern of a `matches`."""

MAX_NAME = 200
"""Code points in the name of a field, of an event standing for a selection, a stage, a purpose."""

MAX_PATH = 8
"""Names below an open prefix: `traits.address.city` has two."""

MAX_TIMES = 1_000_000
MAX_DAYS = 36_500


class Type(StrEnum):
    """What a field holds. TEXTS is a list of texts; ANY is any JSON value."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    DATE = "date"
    UUID = "uuid"
    TEXTS = "texts"
    ANY = "any"


class Op(StrEnum):
    """How a test compares."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    BETWEEN = "between"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    MATCHES = "matches"
    EXISTS = "exists"


class Status(StrEnum):
    """How a contact stands on a journey."""

    ACTIVE = "active"
    STUCK = "stuck"
    DROPPED = "dropped"
    CONVERTED = "converted"


Scalar: typing.TypeAlias = str | bool | int | float | datetime | date | UUID
"""A literal: storable text, finite number, boolean, instant in UTC, date or id."""

Filter: typing.TypeAlias = "All | Any | Not | Test | Did | At | Consent"
"""A condition that `parse` has let through.

Conditions are values: equal ones compare equal. But Python holds 1, 1.0 and True for equal, so
what is kept by filter should be kept by the JSON of its `dump`.
"""


class All(Struct, frozen=True):
    """True when every part is."""

    parts: tuple[Filter, ...]


class Any(Struct, frozen=True):
    """True when at least one part is."""

    parts: tuple[Filter, ...]


class Not(Struct, frozen=True):
    """True when the part is false."""

    part: Filter


class Test(Struct, frozen=True):
    """A field against a literal: several for `in`, two for `between`, a bool for `exists`."""

    field: str
    op: Op
    value: Scalar | tuple[Scalar, ...]


class Did(Struct, frozen=True):
    """The contact has from `at_least` to `at_most` events for which `selection` is true.

    Counted over the last `within_days` (days of 24 hours), else over all time.
    """

    selection: Filter
    at_least: int = 1
    at_most: int | None = None
    within_days: int | None = None


class Stood(Struct, frozen=True):
    """Who stands `there`, and who may, for nobody can tell how they do: 16 bytes each."""

    there: bytes
    unsure: bytes


class At(Struct, frozen=True):
    """The contact stands on the journey: at the stage and the step of these keys, with this status.

    Unknown of whom may not be analysed, and where a status is asked for and theirs is not known.
    `stood` is who does, once that was looked up: without, it is asked of nobody.
    """

    journey_id: UUID
    stage: str | None = None
    status: Status | None = None
    step: str | None = None
    stood: Stood | None = None


class Consent(Struct, frozen=True):
    """The contact may be addressed for the purpose of this key."""

    purpose: str


ContactLeaf: typing.TypeAlias = Did | At | Consent
"""What only a contact's own history answers."""


class Vocabulary(Struct, frozen=True):
    """What a filter may speak of.

    `fields` are the fields by name, `open` the prefixes under which any name is a field of that
    type (`traits` opens `traits.income`), `contact_leaves` admits `did`, `at` and `consent`.
    `choices` are the words that some fields alone can hold: no test asks them for another.
    `selections` is what an event inside a `did` is asked for, where that is something else.
    """

    fields: Mapping[str, Type]
    open: Mapping[str, Type] = {}
    contact_leaves: bool = False
    choices: Mapping[str, tuple[str, ...]] = {}
    selections: "Vocabulary | None" = None

    def type_of(self, field: str) -> Type | None:
        """The type of a field, None when it is not one."""
        prefix, path = split(field, {*self.fields, *self.open})
        if not path:
            return self.fields.get(field)
        reaches = prefix not in self.fields and all(path) and len(path) <= MAX_PATH
        return self.open.get(prefix) if reaches else None

    def of_selections(self) -> "Vocabulary":
        """What may be said of a single event inside a `did`."""
        return self.selections or Vocabulary(self.fields, self.open, choices=self.choices)


def split(field: str, known: Container[str]) -> tuple[str, tuple[str, ...]]:
    """The field itself if it is known, else its longest known prefix, and the path below it.

    A field that nothing known covers has itself as prefix and no path.
    """
    segments = field.split(".")
    for length in range(len(segments), 0, -1):
        prefix = ".".join(segments[:length])
        if prefix in known:
            return prefix, tuple(segments[length:])
    return field, ()


def type_of(value: object) -> Type | None:  # noqa: PLR0911 (one line per type)
    """The type of a literal or of a single stored value; None for what no literal fits."""
    match value:
        case bool():
            return Type.BOOLEAN
        case int():
            return Type.NUMBER
        case float() | Decimal() if isfinite(value):
            return Type.NUMBER
        case str():
            return Type.TEXT
        case datetime():
            return Type.INSTANT if value.tzinfo else None
        case date():
            return Type.DATE
        case UUID():
            return Type.UUID
        case _:
            return None


def literals(test: Test) -> tuple[Scalar, ...]:
    """A test's literals, one or many; all of one type."""
    return test.value if isinstance(test.value, tuple) else (test.value,)


def comparable(value: object) -> typing.Any:
    """The value as it compares: a number as the decimal it is written as, 0.1 being a tenth."""
    if type_of(value) is Type.NUMBER and not isinstance(value, Decimal):
        return Decimal(str(value))
    return value


EVENT_FIELDS: Mapping[str, Type] = {
    "type": Type.TEXT,
    "event": Type.TEXT,
    "message_id": Type.TEXT,
    "user_id": Type.TEXT,
    "anonymous_id": Type.TEXT,
    "session_id": Type.TEXT,
    "timestamp": Type.INSTANT,
    "received_at": Type.INSTANT,
    "device": Type.TEXT,
    "channel": Type.TEXT,
    "department": Type.TEXT,
    "campaign": Type.TEXT,
}

CONTACT_FIELDS: Mapping[str, Type] = {
    "contact_id": Type.UUID,
    "account_id": Type.UUID,
    "member_of": Type.UUID,
    "persona": Type.UUID,
    "consent": Type.TEXTS,
    "created_at": Type.INSTANT,
    "updated_at": Type.INSTANT,
}

OPEN_PREFIXES: Mapping[str, Type] = {
    "properties": Type.ANY,
    "context": Type.ANY,
    "traits": Type.ANY,
}

CONTACTS = Vocabulary({**EVENT_FIELDS, **CONTACT_FIELDS}, OPEN_PREFIXES, contact_leaves=True)
"""Criteria on contacts: their traits and history, and everything their events tell."""

EVENTS = CONTACTS.of_selections()
"""Selections of events: the event's own members and its contact's, without a history."""

BINDINGS = Vocabulary(
    {name: kind for name, kind in EVENT_FIELDS.items() if name != "session_id"},
    {"properties": Type.ANY, "context": Type.ANY},
)
"""What an event tells by itself: what bindings may speak of, and lists of events are filtered by.
Whose it is changes when people are merged, and its session when later events come."""
