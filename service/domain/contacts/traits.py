"""Who set a trait and when, and what becomes of it when others set it, or two people are one.

A mark is (instant, `server` or `public`), the instant as text that orders as time does. A trait
that was removed keeps its mark, so that nothing older brings it back.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import msgspec

SERVER, PUBLIC = "server", "public"
Rule = Literal["winner", "loser", "newest"]
Mark = tuple[str, str]
UNMARKED: Mark = ("", PUBLIC)
MOST_TRAITS = 500
"""Names of one contact's traits, removed ones among them."""
MOST_BYTES = 64 * 1024
"""Of all its traits together, as JSON."""
OVERFULL = f"would be more than {MOST_TRAITS} traits, or more than {MOST_BYTES} bytes of them"


def marked(at: datetime, *, public: bool) -> Mark:
    """The mark of what is set now."""
    return at.astimezone(UTC).isoformat(timespec="microseconds"), PUBLIC if public else SERVER


class Traits(NamedTuple):
    """The traits of one contact or organisation, and the marks of those and of removed ones."""

    values: dict[str, Any]
    marks: dict[str, Mark]


def put(
    held: Traits, sent: Mapping[str, Any], mark: Mark, shown: Mapping[str, Any] | None = None
) -> tuple[set[str], bool]:
    """Set the traits sent, null removing; which of them changed, and whether any mark did.

    What is older than a trait's mark is left out, and so is what comes by a public key where a
    server key set the trait. A null removes what is `shown` of others merged into it as well.
    """
    changed: set[str] = set()
    marked_anew = False
    for name, value in sent.items():
        before = held.marks.get(name, UNMARKED)
        if mark[0] < before[0] or (mark[1] == PUBLIC and before[1] == SERVER and before[0]):
            continue
        if value is None:
            if name not in held.values and name not in (shown or ()):
                continue
            held.values.pop(name, None)
            changed.add(name)
        elif name not in held.values or not same(held.values[name], value):
            held.values[name] = value
            changed.add(name)
        marked_anew |= before != mark
        held.marks[name] = mark
    return changed, marked_anew


def overfull(held: Traits, sent: Mapping[str, Any]) -> bool:
    """Whether these traits beside those held would be more than one contact may have."""
    given = {name: value for name, value in sent.items() if value is not None}
    if len(held.marks.keys() | given) > MOST_TRAITS:
        return True
    return len(msgspec.json.encode({**held.values, **given})) > MOST_BYTES


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; to Python, true is 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


class Rules(NamedTuple):
    """By which of two people a trait goes that both have: by name, and else."""

    traits: Mapping[str, Rule]
    default: Rule

    def as_json(self) -> dict[str, Any]:
        """As a merge keeps them."""
        return {"traits": dict(self.traits), "default": self.default}


def rules_of(stored: Mapping[str, Any]) -> Rules:
    """Rules as a merge keeps them."""
    return Rules(stored.get("traits", {}), stored.get("default", "winner"))


def together(winner: Traits, loser: Traits, rules: Rules) -> Traits:
    """The traits of two people who are one; neither is changed.

    A trait that only one of them has, or had and lost, is as there. `newest` goes by the marks: a
    server key's before a public one's, then the later; of equals the winner's.
    """
    values, marks = dict(winner.values), dict(winner.marks)
    for name in {*loser.values, *loser.marks}:
        if name in values or name in marks:
            rule = rules.traits.get(name, rules.default)
            newer = _rank(loser, name) > _rank(winner, name)
            if rule == "winner" or (rule == "newest" and not newer):
                continue
        values.pop(name, None)
        marks.pop(name, None)
        if name in loser.values:
            values[name] = loser.values[name]
        if name in loser.marks:
            marks[name] = loser.marks[name]
    return Traits(values, marks)


def _rank(held: Traits, name: str) -> tuple[bool, str]:
    instant, by = held.marks.get(name, UNMARKED)
    return by == SERVER, instant
