"""What may not wait is taken out of a message, and nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from service.domain.events.message import Refused
from service.domain.events.withholding import left_around, left_of, without_sensitive

NAMES = frozenset({"religion", "größe", "𝕏y"})
_plain = some.one_of(some.none(), some.integers(), some.text(max_size=5))
_values = some.recursive(
    _plain,
    lambda of: some.lists(of, max_size=3) | some.dictionaries(some.text(max_size=3), of),
    max_leaves=5,
)
_names = some.sampled_from([*sorted(NAMES), "plan", "traits", "Religion", "religions"])
_traits = some.dictionaries(_names, _values, max_size=4)
_context = some.fixed_dictionaries({}, optional={"traits": _traits, "ip": _values})
_messages = some.fixed_dictionaries(
    {},
    optional={
        "type": some.sampled_from(["identify", "track", "group", "g", None]),
        "traits": _traits,
        "context": _context,
        "properties": _traits,
    },
)


def expected(message: dict[str, Any], kind: str | None) -> dict[str, Any]:
    told = {**message}
    if "traits" in told and (told.get("type") or kind) not in ("group", "g"):
        told["traits"] = rid(told["traits"])
    if "traits" in told.get("context", {}):
        told["context"] = {**told["context"], "traits": rid(told["context"]["traits"])}
    return told


def rid(traits: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in traits.items() if name not in NAMES or value is None}


@given(_messages, some.sampled_from([None, "identify", "group"]), some.booleans())
def test_values_of_these_names_go_from_where_traits_are_told(
    message: dict[str, Any], kind: str | None, ascii_: bool
) -> None:
    raw = json.dumps(message, ensure_ascii=ascii_).encode("utf-8", "surrogatepass")
    left = left_of(raw, NAMES, kind)
    assert json.loads(left.raw) == expected(message, kind)
    assert bool(left.gone) == (json.loads(left.raw) != message)
    assert not left.is_cut
    if not left.gone:
        assert left.raw == raw


@given(_context)
def test_and_from_what_is_said_around(context: dict[str, Any]) -> None:
    left = left_around(json.dumps(context).encode(), NAMES)
    assert json.loads(left.raw) == expected({"context": context}, None)["context"]
    assert all(at.startswith("/context/traits/") for at in left.gone)


@given(some.binary(max_size=20), some.sampled_from(["religion", "größe", "𝕏y"]), some.booleans())
def test_what_is_no_json_ends_before_the_first_of_the_names(
    begins: bytes, name: str, ascii_: bool
) -> None:
    named = json.dumps(name, ensure_ascii=ascii_).encode()
    raw = begins + b'{"traits" ' + named + b': "secret"'
    left = left_of(raw, NAMES)
    assert left.is_cut
    assert raw.startswith(left.raw)
    assert b"secret" not in left.raw


@pytest.mark.parametrize("at", ["/traits/religion", "/traits/religion/a/0", "/traits/plan/a"])
def test_no_pointer_leads_into_what_is_gone(at: str) -> None:
    raw = b'{"traits": {"religion": {"a": [1]}, "plan": {"a": 2}}}'
    kept = without_sensitive(Refused(raw, "too_long", "It is.", at), NAMES)
    assert kept.pointer == (at if "plan" in at else "/traits/religion")
    assert kept.detail.startswith("It is.; ")
    assert kept.detail.endswith(": /traits/religion")
