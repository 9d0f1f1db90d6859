"""Who set a trait and when, and what becomes of it when others set it, or two people are one.

A mark is (instant, `server` or `public`), the instant as text that orders as time does. A trait
that was removed keeps its mark, so that nothing older brings it back.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import msgspec

SERVER, PUBLIC = "server", "public"
Rule = Literal["winner", "loser", "newest"]
Mark = tuple[str, str]
UNMARKED: Mark = ("", PUBLIC)
MOST_TRAITS = 500
"""Names of traits that server keys set of one contact; removed ones remembered beside them."""
MOST_BYTES = 64 * 1024
"""Of these traits together, as JSON."""
MOST_PUBLIC_TRAITS = 100
"""Names of traits that public keys set, removed ones among them: beside those of servers."""
MOST_PUBLIC_BYTES = 16 * 1024
"""Of these."""


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

    What the held mark `outweighs` is left out. A null removes what is `shown` of others merged
    into it as well.
    """
    changed: set[str] = set()
    marked_anew = False
    for name, value in sent.items():
        before = held.marks.get(name, UNMARKED)
        if outweighs(before, mark):
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
    _forget(held)
    return changed, marked_anew


def outweighs(held: Mark, sent: Mark) -> bool:
    """Whether what is held stays: a server key's goes before a public one's, else the later."""
    if held[1] != sent[1]:
        return held[1] == SERVER
    return sent[0] < held[0]


def stays(held: Traits, sent: Iterable[str], mark: Mark) -> bool:
    """Whether a server key has set one of the traits that a public one sends, to whatever."""
    ours = mark[1] == PUBLIC
    return ours and any(held.marks.get(name, UNMARKED)[1] == SERVER for name in sent)


def overfull(held: Traits, sent: Mapping[str, Any], *, public: bool) -> str | None:
    """Why these traits beside those held are more than one contact may have; None: they are not.

    What servers set and what public keys set is counted apart, so that nobody who has a public key
    takes room from a server; and what was removed counts against public keys alone.
    """
    most, size = (MOST_PUBLIC_TRAITS, MOST_PUBLIC_BYTES) if public else (MOST_TRAITS, MOST_BYTES)
    given = {name: value for name, value in sent.items() if value is not None}
    by_public = {name for name, mark in held.marks.items() if mark[1] == PUBLIC}
    if public:
        given = {n: v for n, v in given.items() if n in by_public or n not in held.marks}
        names = by_public | given.keys()
    else:
        names = (held.values.keys() - by_public) | given.keys()
    values = {name: held.values[name] for name in names & held.values.keys()} | given
    if len(names) <= most and len(msgspec.json.encode(values)) <= size:
        return None
    by = " by public keys" if public else ""
    return f"would be more than {most} traits{by}, or more than {size} bytes of them"


def _forget(held: Traits) -> None:
    """Remember of the traits that servers removed no more than they may set: the latest."""
    removed = [n for n, m in held.marks.items() if m[1] == SERVER and n not in held.values]
    if len(removed) > MOST_TRAITS:
        for name in sorted(removed, key=held.marks.__getitem__)[:-MOST_TRAITS]:
            del held.marks[name]


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
