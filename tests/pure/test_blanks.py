"""What is blank: the same to the service and to whoever reads its contract."""

import re
import sys
import unicodedata
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from service.domain.characters import blank
from service.domain.inputs import Key, Line, Slug, Url

ALL = [chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
ECMA = {*"\t\n\v\f\r\u2028\u2029\ufeff", *(c for c in ALL if unicodedata.category(c) == "Zs")}
"""ECMA-262, WhiteSpace and LineTerminator."""
BLANK = sorted(ECMA | {one for one in ALL if one.isspace()})


def test_whatever_anybody_takes_for_a_blank_is_one_and_nothing_else() -> None:
    assert [one for one in ALL if blank(one)] == BLANK
    assert set(re.findall(r"\s", "".join(ALL))) < set(BLANK)


@pytest.mark.parametrize("kind", [Line, Slug], ids=["line", "slug"])
def test_a_text_of_blanks_says_nothing_and_one_character_says_something(kind: Any) -> None:
    judge = TypeAdapter(kind).validate_python
    for one in (*BLANK, "".join(BLANK[:50])):
        with pytest.raises(ValidationError, match="empty"):
            judge(one)
        assert judge(f"{one}x{one}") == f"{one}x{one}"


@pytest.mark.parametrize(
    ("kind", "around"), [(Key, "k{}k"), (Url, "https://a.example/{}b")], ids=["key", "url"]
)
def test_in_keys_and_addresses_no_character_is_blank(kind: Any, around: str) -> None:
    judge = TypeAdapter(kind).validate_python
    for one in BLANK:
        with pytest.raises(ValidationError, match="pattern"):
            judge(around.format(one))
    judge(around.format("\u200b"))
