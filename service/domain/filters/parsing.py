"""From JSON to a filter and back.

Everything is validated and every offending member named at once. Codes: those of `comparing`
and `literals`, and `filter_too_deep`, `filter_too_large`, `not_a_condition`,
`condition_not_allowed`, `unknown_member`, `unknown_status`.
"""

from collections.abc import Mapping

from service.domain.errors import Invalid
from service.domain.filters import literals
from service.domain.filters.comparing import read_test
from service.domain.filters.language import (
    MAX_DAYS,
    MAX_DEPTH,
    MAX_LEAVES,
    MAX_NAME,
    MAX_TIMES,
    All,
    Any,
    At,
    Consent,
    Did,
    Filter,
    Not,
    Op,
    Status,
    Test,
    Vocabulary,
)
from service.domain.filters.problems import Problems

_TEST = frozenset({"field", "op", "value"})

MEMBERS: Mapping[str, frozenset[str]] = {
    "all": frozenset({"all"}),
    "any": frozenset({"any"}),
    "not": frozenset({"not"}),
    "did": frozenset({"did", "times", "within_days"}),
    "at": frozenset({"at"}),
    "consent": frozenset({"consent"}),
    "field": _TEST,
    "op": _TEST,
}
"""The forms of a condition, told apart by the first of these members that it has."""

_BROKEN = All(())
"""Stands for what could not be read; never handed out, because its problem is."""


def parse(raw: object, vocabulary: Vocabulary, pointer: str = "") -> Filter:
    """The filter that `raw` (decoded JSON) says, in the words of `vocabulary`.

    `pointer` is where `raw` stands in the caller's document. Raises `Invalid` with a problem for
    every offending member.
    """
    reading = _Reading(vocabulary, pointer)
    return reading.finished(reading.condition(raw, pointer, 1))


def parse_selection(raw: object, vocabulary: Vocabulary, pointer: str = "") -> Filter:
    """Like `parse`, for a selection of events: a condition, or just an event's name."""
    reading = _Reading(vocabulary.of_selections(), pointer)
    return reading.finished(reading.selection(raw, pointer, 1))


class _Reading:
    """One filter being read: its problems so far, and how many leaves it has had."""

    def __init__(self, vocabulary: Vocabulary, root: str) -> None:
        self.vocabulary = vocabulary
        self.root = root
        self.problems = Problems()
        self.leaves = 0

    def finished(self, condition: Filter) -> Filter:
        if self.problems.found:
            raise Invalid(self.problems.found, "The filter is not valid.")
        return condition

    def condition(self, raw: object, pointer: str, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            detail = f"At most {MAX_DEPTH} conditions may stand within each other."
            return self._broken(pointer, "filter_too_deep", detail)
        if not isinstance(raw, dict):
            return self._broken(pointer, "wrong_type", "A condition is a JSON object.")
        form = next((member for member in MEMBERS if member in raw), None)
        if form is None:
            detail = "A condition has one of the members all, any, not, field, did, at, consent."
            return self._broken(pointer, "not_a_condition", detail)
        self.problems.only(MEMBERS[form], raw, pointer)
        return self._formed(form, raw, pointer, depth)

    def selection(self, raw: object, pointer: str, depth: int) -> Filter:
        if not isinstance(raw, str):
            return self.condition(raw, pointer, depth)
        self._leaf()
        name = self.problems.kept(literals.name(raw, pointer, MAX_NAME), "")
        return Test("event", Op.EQ, name)

    def _formed(self, form: str, raw: Mapping[str, object], pointer: str, depth: int) -> Filter:
        below = f"{pointer}/{form}"
        match form:
            case "all":
                return All(self._parts(raw[form], below, depth))
            case "any":
                return Any(self._parts(raw[form], below, depth))
            case "not":
                return Not(self.condition(raw[form], below, depth + 1))
            case "field" | "op":
                self._leaf()
                return read_test(raw, self.vocabulary, self.problems, pointer)
        return self._of_contacts(form, raw, pointer, depth)

    def _parts(self, raw: object, pointer: str, depth: int) -> tuple[Filter, ...]:
        if not isinstance(raw, list):
            self._broken(pointer, "wrong_type", "Must be a list of conditions.")
            return ()
        if not raw:
            self._leaf()
        parts = []
        for index, part in enumerate(raw):
            if self.leaves > MAX_LEAVES:
                break
            parts.append(self.condition(part, f"{pointer}/{index}", depth + 1))
        return tuple(parts)

    def _of_contacts(
        self, form: str, raw: Mapping[str, object], pointer: str, depth: int
    ) -> Filter:
        below = f"{pointer}/{form}"
        if not self.vocabulary.contact_leaves:
            detail = f"`{form}` is asked of contacts only."
            return self._broken(below, "condition_not_allowed", detail)
        if form == "did":
            return self._did(raw, pointer, depth)
        self._leaf()
        if form == "at":
            return self._at(raw[form], below)
        return Consent(self.problems.kept(literals.name(raw[form], below, MAX_NAME), ""))

    def _did(self, raw: Mapping[str, object], pointer: str, depth: int) -> Filter:
        outer, self.vocabulary = self.vocabulary, self.vocabulary.of_selections()
        selection = self.selection(raw["did"], f"{pointer}/did", depth + 1)
        self.vocabulary = outer
        at_least, at_most = self._times(raw.get("times", {}), f"{pointer}/times")
        days = self._integer(raw, "within_days", 1, MAX_DAYS, pointer)
        return Did(selection, at_least, at_most, days)

    def _times(self, raw: object, pointer: str) -> tuple[int, int | None]:
        """Without bounds once is enough; with `at_most` alone, never is too."""
        if not isinstance(raw, dict):
            self.problems.tell(pointer, "wrong_type", "Must be an object.")
            return 1, None
        self.problems.only({"at_least", "at_most"}, raw, pointer)
        at_least = self._integer(raw, "at_least", 0, MAX_TIMES, pointer)
        at_most = self._integer(raw, "at_most", 0, MAX_TIMES, pointer)
        if at_least is None:
            at_least = 1 if at_most is None else 0
        if at_most is not None and at_least > at_most:
            self.problems.tell(pointer, "wrong_bounds", "at_least must not exceed at_most.")
        return at_least, at_most

    def _integer(
        self, raw: Mapping[str, object], member: str, low: int, high: int, pointer: str
    ) -> int | None:
        if member not in raw:
            return None
        read = literals.integer(raw[member], low, high, f"{pointer}/{member}")
        return self.problems.kept(read, None)

    def _at(self, raw: object, pointer: str) -> Filter:
        if not isinstance(raw, dict):
            self.problems.tell(pointer, "wrong_type", "Must be an object.")
            return _BROKEN
        self.problems.only({"journey_id", "stage", "step", "status"}, raw, pointer)
        status = None
        stage, step = (self._key(raw, name, pointer) for name in ("stage", "step"))
        if "status" in raw:
            status = self._status(raw["status"], f"{pointer}/status")
        if "journey_id" not in raw:
            self.problems.missing(pointer, "journey_id")
            return _BROKEN
        journey_id = literals.uuid(raw["journey_id"], f"{pointer}/journey_id")
        known = self.problems.kept(journey_id, None)
        return _BROKEN if known is None else At(known, stage, status, step)

    def _key(self, raw: Mapping[str, object], member: str, pointer: str) -> str | None:
        if member not in raw:
            return None
        read = literals.name(raw[member], f"{pointer}/{member}", MAX_NAME)
        return self.problems.kept(read, None)

    def _status(self, raw: object, pointer: str) -> Status | None:
        if isinstance(raw, str) and raw in set(Status):
            return Status(raw)
        self.problems.tell(pointer, "unknown_status", f"Must be one of {', '.join(Status)}.")
        return None

    def _leaf(self) -> None:
        self.leaves += 1
        if self.leaves == MAX_LEAVES + 1:
            detail = f"A filter has at most {MAX_LEAVES} leaves."
            self.problems.tell(self.root, "filter_too_large", detail)

    def _broken(self, pointer: str, code: str, detail: str) -> Filter:
        self._leaf()
        self.problems.tell(pointer, code, detail)
        return _BROKEN
