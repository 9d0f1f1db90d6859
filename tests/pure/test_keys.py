"""API keys as text: their form, their checksum, and what is kept of them."""

import hashlib
import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.access import keys

WORKSPACE = UUID("0199f000-0000-7000-8000-000000000001")
KEY_ID = UUID("0199f000-0000-7000-8000-000000000002")
IDS = st.uuids()


@given(IDS, IDS)
def test_a_key_says_whose_it_is(workspace_id, key_id):
    key = keys.parse(keys.make(workspace_id, key_id))
    assert key is not None
    assert (key.workspace_id, key.id) == (workspace_id, key_id)


def test_a_key_has_the_documented_form():
    text = keys.make(WORKSPACE, KEY_ID)
    assert re.fullmatch(r"wp_[0-9a-f]{64}_[a-z2-7]{52}[a-z2-7]{7}", text)
    assert len(text) == keys.LENGTH


def test_what_is_kept_of_a_key_is_the_hash_of_all_of_it():
    text = keys.make(WORKSPACE, KEY_ID)
    key = keys.parse(text)
    assert key is not None
    assert key.sha256 == keys.digest(text) == hashlib.sha256(text.encode()).digest()


def test_no_two_keys_of_a_row_are_equal():
    made = {keys.make(WORKSPACE, KEY_ID) for _ in range(100)}
    assert len(made) == 100


def test_the_hint_is_what_stands_before_the_secret():
    text = keys.make(WORKSPACE, KEY_ID)
    assert text.rpartition("_")[0] == keys.hint(WORKSPACE, KEY_ID)


@given(st.integers(0, keys.LENGTH - 1), st.characters(exclude_categories=["Cs"]))
def test_one_mistyped_character_is_noticed(place, character):
    text = keys.make(WORKSPACE, KEY_ID)
    mistyped = text[:place] + character + text[place + 1 :]
    assert (keys.parse(mistyped) is None) == (mistyped != text)


@given(st.integers(0, keys.LENGTH - 2))
def test_two_swapped_characters_are_noticed(place):
    text = keys.make(WORKSPACE, KEY_ID)
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert (keys.parse(swapped) is None) == (swapped != text)


@pytest.mark.parametrize(
    "text",
    ["", "wp_", "wp_" + "0" * 64 + "_" + "a" * 59, "\ud800" * keys.LENGTH, "wp_" + "é" * 124],
)
def test_what_is_no_key_is_none(text):
    assert keys.parse(text) is None


@given(st.text(st.characters(), max_size=200))
def test_no_text_is_taken_for_a_key_or_breaks_the_parser(text):
    assert keys.parse(text) is None
    assert len(keys.digest(text)) == 32


def test_a_cut_or_surrounded_key_is_none():
    text = keys.make(WORKSPACE, KEY_ID)
    assert keys.parse(text[:-1]) is None
    assert keys.parse(text + "\n") is None
    assert keys.parse(" " + text) is None
    assert keys.parse(text.upper()) is None


def test_only_equal_hashes_are_the_same():
    one, other = (keys.digest(keys.make(WORKSPACE, KEY_ID)) for _ in range(2))
    assert keys.same(one, bytes(one))
    assert not keys.same(one, other)
