"""Places in the changes, as texts."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.changes.positions import LONGEST, START, Position, mark_of, read, written
from service.domain.errors import Malformed

HERE, THERE = UUID(int=1), UUID(int=2)
MARK = mark_of("7710915959681367459", 1, 5, 16384)
POSITIONS = st.builds(Position, st.integers(0, 2**64 - 1), st.uuids())


@given(POSITIONS)
def test_a_place_is_read_as_it_was_written(position: Position) -> None:
    text = written(position, MARK, HERE)
    assert len(text) == LONGEST
    assert read(text, HERE) == (position, MARK)


@given(POSITIONS)
def test_a_place_of_another_workspace_is_none(position: Position) -> None:
    with pytest.raises(Malformed):
        read(written(position, MARK, THERE), HERE)


@given(POSITIONS, st.integers(0, LONGEST - 1), st.characters(codec="ascii"))
def test_a_place_that_was_changed_is_none(position: Position, at: int, to: str) -> None:
    text = written(position, MARK, HERE)
    forged = text[:at] + to + text[at + 1 :]
    try:
        assert read(forged, HERE) == (position, MARK)  # the last bits of a text say nothing
    except Malformed:
        assert forged != text


@given(st.text(max_size=80))
def test_nonsense_is_no_place(text: str) -> None:
    with pytest.raises(Malformed):
        read(text, HERE)


def test_clusters_timelines_databases_and_tables_have_marks_of_their_own() -> None:
    numbers = (1, 2, 11)
    marks = {
        mark_of(system, line, database, outbox)
        for system in ("1", "11", "111")
        for line in numbers
        for database in numbers
        for outbox in numbers
    }
    assert len(marks) == 81
    assert max(START, Position(0, UUID(int=1))) != START
