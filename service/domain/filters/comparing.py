"""Reading a test: its field, its op, and the literals that both of them take.

Codes: those of `literals`, and `missing_member`, `unknown_field`, `unknown_op`,
`op_not_for_field`, `too_many`, `mixed_types`, `wrong_bounds`, `unknown_value`.
"""

from collections.abc import Mapping, Sequence

from service.domain.filters import literals
from service.domain.filters.language import (
    MAX_IN,
    MAX_NAME,
    MAX_PATTERN,
    MAX_TEXT,
    Op,
    Scalar,
    Test,
    Type,
    Vocabulary,
    comparable,
    type_of,
)
from service.domain.filters.language import literals as literals_of
from service.domain.filters.problems import Problems

_NOTHING: Scalar = ""
"""Stands for a literal that could not be read."""

_ORDERED = (Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN)
_ORDERED_TYPES = (Type.TEXT, Type.NUMBER, Type.INSTANT, Type.DATE)


def types_for(op: Op, held: Type) -> tuple[Type, ...]:
    """The types of literal that `op` takes on a field holding `held`; none: it does not apply.

    `exists` applies to every field and takes true or false.
    """
    if op is Op.EXISTS:
        return (Type.BOOLEAN,)
    if held is Type.TEXTS:
        return (Type.TEXT,) if op in (Op.EQ, Op.NE, Op.IN, Op.CONTAINS) else ()
    offered = (Type.TEXT, Type.NUMBER, Type.BOOLEAN) if held is Type.ANY else (held,)
    if op in (Op.STARTS_WITH, Op.MATCHES) or (op is Op.CONTAINS and held is not Type.ANY):
        return tuple(type_ for type_ in offered if type_ is Type.TEXT)
    if op in _ORDERED:
        return tuple(type_ for type_ in offered if type_ in _ORDERED_TYPES)
    return offered


def read_test(
    raw: Mapping[str, object], vocabulary: Vocabulary, problems: Problems, pointer: str
) -> Test:
    """The test; what could not be read of it is among the problems."""
    before = len(problems.found)
    field = _field(raw, vocabulary, problems, pointer)
    op = _op(raw, problems, pointer)
    held = vocabulary.type_of(field) or Type.ANY
    if len(problems.found) == before and not types_for(op, held):
        problems.tell(f"{pointer}/op", "op_not_for_field", f"`{op}` takes no field of type {held}.")
    if len(problems.found) > before:
        # Which literals were meant is unknown; what no test would take is still told.
        held, op = Type.ANY, Op.IN if isinstance(raw.get("value"), list) else Op.EQ
    test = Test(field, op, _value(raw, op, types_for(op, held), problems, pointer))
    if len(problems.found) == before and op in (Op.EQ, Op.NE, Op.IN):
        _choose(test, vocabulary.choices.get(field, ()), problems, f"{pointer}/value")
    return test


def _field(
    raw: Mapping[str, object], vocabulary: Vocabulary, problems: Problems, pointer: str
) -> str:
    if "field" not in raw:
        problems.missing(pointer, "field")
        return ""
    pointer = f"{pointer}/field"
    field = problems.kept(literals.name(raw["field"], pointer, MAX_NAME), "")
    if field and vocabulary.type_of(field) is None:
        problems.tell(pointer, "unknown_field", "There is no such field here.")
    return field


def _op(raw: Mapping[str, object], problems: Problems, pointer: str) -> Op:
    if "op" not in raw:
        problems.missing(pointer, "op")
        return Op.EXISTS
    op = raw["op"]
    if isinstance(op, str) and op in set(Op):
        return Op(op)
    problems.tell(f"{pointer}/op", "unknown_op", f"Must be one of {', '.join(Op)}.")
    return Op.EXISTS


def _value(
    raw: Mapping[str, object], op: Op, types: Sequence[Type], problems: Problems, pointer: str
) -> Scalar | tuple[Scalar, ...]:
    if "value" not in raw:
        if op is not Op.EXISTS:
            problems.missing(pointer, "value")
        return True
    value, pointer = raw["value"], f"{pointer}/value"
    if op is Op.IN or op is Op.BETWEEN:
        return _list(value, op, types, problems, pointer)
    longest = MAX_PATTERN if op is Op.MATCHES else MAX_TEXT
    return problems.kept(literals.read(value, types, pointer, longest), _NOTHING)


def _list(
    raw: object, op: Op, types: Sequence[Type], problems: Problems, pointer: str
) -> tuple[Scalar, ...]:
    """The literals of `in` (1 to MAX_IN) or of `between` (low and high)."""
    before = len(problems.found)
    if not isinstance(raw, list):
        problems.tell(pointer, "wrong_type", "Must be a list.")
        return ()
    if op is Op.BETWEEN and len(raw) != 2:
        problems.tell(pointer, "wrong_bounds", "Must be the low and the high bound.")
        return ()
    if not 1 <= len(raw) <= MAX_IN:
        code = "too_many" if raw else "empty"
        problems.tell(pointer, code, f"Must hold from 1 to {MAX_IN} literals.")
        return ()
    values = tuple(
        problems.kept(literals.read(value, types, f"{pointer}/{index}"), _NOTHING)
        for index, value in enumerate(raw)
    )
    if len(problems.found) == before:
        _agree(values, op, problems, pointer)
    return values


def _choose(test: Test, words: Sequence[str], problems: Problems, pointer: str) -> None:
    """A field that holds one of a few words is compared with these alone."""
    for index, literal in enumerate(literals_of(test) if words else ()):
        if literal not in words:
            at = f"{pointer}/{index}" if isinstance(test.value, tuple) else pointer
            problems.tell(at, "unknown_value", f"Must be one of {', '.join(words)}.")


def _agree(values: tuple[Scalar, ...], op: Op, problems: Problems, pointer: str) -> None:
    if len({type_of(value) for value in values}) > 1:
        problems.tell(pointer, "mixed_types", "Must hold literals of one type.")
    elif op is Op.BETWEEN and comparable(values[0]) > comparable(values[1]):
        problems.tell(pointer, "wrong_bounds", "The low bound must not exceed the high one.")
