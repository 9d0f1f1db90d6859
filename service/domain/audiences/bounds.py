"""Free-form JSON that can be stored: its bounds, and everything in a value that exceeds them.

A value is JSON as a decoder gives it: None, bool, int, float, str, list, dict. The bounds keep a
document printable and cheap to read with the resource it belongs to.
"""

import re
from collections.abc import Iterator
from math import isfinite

import msgspec

from service.domain import errors
from service.domain.errors import Problem

MAX_KEY = 64
MAX_TEXT = 10_000
MAX_MEMBERS = 200
MAX_DEPTH = 4
MAX_BYTES = 64 * 1024

_SURROGATE = re.compile("[\ud800-\udfff]")


def bounded_json(value: object, pointer: str, most: int = MAX_MEMBERS) -> list[Problem]:
    """Everything that keeps a free-form JSON value from being stored, each by its JSON pointer.

    Texts have at most 10,000 characters, without NUL and lone surrogates; numbers are finite,
    whole ones within 64 bits; lists and objects have at most 200 members (the value itself
    `most`) and nest 4 deep, the value itself being the first; members' names have 1 to 64
    characters of any script; all of it is at most 64 KiB of compact UTF-8 JSON. Safe for any
    depth and size: it looks no further inside what is too deep or has too many members, and stops
    where the whole is too large.

    Codes: `too_long`, `text_not_storable`, `number_not_finite`, `number_too_large`, `too_many`,
    `too_deep`, `too_large`, `bad_key`, `not_json`.
    """
    bounds = Bounds(pointer, most)
    bounds.walk(value, pointer)
    return bounds.found()


class Bounds:
    """A walk over one JSON value: what is out of bounds, and how many bytes it takes.

    It recurses, yet never below `MAX_DEPTH`, and adds at least a byte for each step. `size` is
    that of compact UTF-8 JSON, exact for a value without problems.
    """

    def __init__(self, pointer: str, most: int = MAX_MEMBERS) -> None:
        self._pointer = pointer
        self._most = most
        self.size = 0
        self._problems: list[Problem] = []

    def found(self) -> list[Problem]:
        """The problems met, the size of all together first."""
        if self.size <= MAX_BYTES:
            return self._problems
        detail = f"Must be at most {MAX_BYTES} bytes of JSON."
        return [Problem(self._pointer, "too_large", detail), *self._problems]

    def walk(self, value: object, at: str, depth: int = 1) -> None:
        """Look at a value and all within it; stops where the size is past its bound."""
        if self.size > MAX_BYTES:
            return
        if isinstance(value, dict | list):
            self._container(value, at, depth)
        else:
            self._scalar(value, at)

    def _container(self, value: dict[str, object] | list[object], at: str, depth: int) -> None:
        self.size += 2 + max(len(value) - 1, 0)  # brackets and commas
        if depth > MAX_DEPTH:
            self._refuse(at, "too_deep", f"Must nest at most {MAX_DEPTH} deep.")
        elif len(value) > (most := self._most if at == self._pointer else MAX_MEMBERS):
            self._refuse(at, "too_many", f"Must have at most {most} members.")
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                self.walk(inner, member(at, index), depth + 1)
        else:
            for name, inner in value.items():
                self._name(name, below := member(at, name))
                self.walk(inner, below, depth + 1)

    def _name(self, name: str, at: str) -> None:
        self.size += 1  # colon
        self._weigh(name)
        if not 0 < len(name) <= MAX_KEY or any(_text_problems(name)):
            detail = f"A name has 1 to {MAX_KEY} characters, no NUL, no half a surrogate pair."
            self._refuse(at, "bad_key", detail)

    def _scalar(self, value: object, at: str) -> None:
        self._weigh(value)
        for code, detail in _scalar_problems(value):
            self._refuse(at, code, detail)

    def _weigh(self, scalar: object) -> None:
        try:
            self.size += len(msgspec.json.encode(scalar))
        except (ValueError, TypeError):
            self.size += 1  # refused anyway, but never for nothing: the walk must end

    def _refuse(self, at: str, code: str, detail: str) -> None:
        self._problems.append(Problem(at, code, detail))


def _scalar_problems(value: object) -> Iterator[tuple[str, str]]:
    match value:
        case None | bool():
            pass
        case int():
            if not -(2**63) <= value < 2**63:
                yield "number_too_large", "Must be a whole number within 64 bits."
        case float():
            if not isfinite(value):
                yield "number_not_finite", "Must be a finite number."
        case str():
            yield from _text_problems(value)
        case _:
            yield "not_json", "Must be a JSON value."


def _text_problems(text: str) -> Iterator[tuple[str, str]]:
    if len(text) > MAX_TEXT:
        yield "too_long", f"Must be at most {MAX_TEXT} characters long."
    if "\0" in text or _SURROGATE.search(text):
        yield "text_not_storable", "Must hold neither a NUL nor half a surrogate pair."


def member(pointer: str, name: str | int) -> str:
    """A pointer one step further, itself short and printable whatever the name is."""
    step = _SURROGATE.sub("\ufffd", str(name)[: MAX_KEY + 1])
    return pointer + errors.pointer(step)
