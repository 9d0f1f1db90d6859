"""What events hold besides is put beside those that were told in order."""

import numpy as np
import pytest

from service.domain.histories.columnar.decoding import Values
from service.domain.histories.joining import joined
from service.domain.history import MISSING, Column, Histories

FIELD = "properties.revenue"


def told(numbers: list[int]) -> Histories:
    """An event a second of one person; the selection takes all but the second."""
    at = np.arange(len(numbers), dtype=np.int64)
    return Histories(
        np.zeros(len(numbers), dtype=np.int32),
        at,
        [at != 1],
        {},
        b"p" * 16,
        {},
        mark="m",
        numbers=np.array(numbers, dtype=np.uint64),
    )


def held(numbers: list[int], at: list[int]) -> Values:
    codes = np.arange(len(numbers), dtype=np.int32)
    words = [f"of {one}" for one in numbers]
    return Values(
        np.array(numbers, dtype=np.uint64),
        np.array(at, dtype=np.int64),
        {FIELD: Column(codes, [*words])},
    )


def test_each_event_gets_its_own() -> None:
    # In no order, and one of somebody who does not count.
    found = joined(told([7, 8, 2**64 - 1]), held([2**64 - 1, 5, 7], [2, 9, 0]), [0])
    assert found is not None
    column = found.columns[FIELD]
    assert [None if one == MISSING else column.words[one] for one in column.codes] == [
        "of 7",
        None,
        f"of {2**64 - 1}",
    ]
    assert (found.mark, found.numbers) == ("m", None)


def test_of_nothing_there_is_nothing() -> None:
    found = joined(told([]), held([], []), [0])
    assert found is not None
    assert len(found.columns[FIELD].codes) == 0


@pytest.mark.parametrize(
    ("numbers", "at"),
    [([7], [0]), ([], []), ([7, 10], [0, 2]), ([7, 9], [0, 3]), ([7, 9, 9], [0, 2, 2])],
    ids=["one is gone", "all are gone", "another is there", "another time", "two of a number"],
)
def test_what_does_not_fit_is_not_put_together(numbers: list[int], at: list[int]) -> None:
    assert joined(told([7, 8, 9]), held(numbers, at), [0]) is None


def test_two_that_were_told_with_one_number_are_not_told_apart() -> None:
    assert joined(told([7, 8, 7]), held([7], [0]), [0]) is None
