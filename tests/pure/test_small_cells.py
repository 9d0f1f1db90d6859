"""Small cells: what is hidden, so that no subtraction tells it."""

from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures.small_cells import Sums, hidden

LEAST = 5


def table(rows: list[list[int]]) -> tuple[Sums, list[list[tuple[int, str]]]]:
    """Counts in rows and columns, with sums of each row, each column, and all."""
    known, cells = Sums(), [[(r, f"{c}") for c in range(len(rows[0]))] for r in range(len(rows))]
    for at, row in zip(cells, rows, strict=True):
        for one, number in zip(at, row, strict=True):
            known.count(one, number)
    lines = [*cells, *(list(column) for column in zip(*cells, strict=True))]
    totals = []
    for n, line in enumerate(lines):
        total = (-1, f"{n}")
        known.count(total, sum(known.counts[one] for one in line))
        known.add(total, line)
        totals.append(total)
    known.count((-2, "all"), sum(map(sum, rows)))
    known.add((-2, "all"), totals[: len(rows)])
    known.add((-2, "all"), totals[len(rows) :])
    return known, cells


def test_a_small_count_takes_the_next_smallest_of_its_sum_along() -> None:
    known, ((small, middle, _),) = table([[3, 20, 50]])
    gone = hidden(known, LEAST)
    assert {small, middle} <= gone
    assert (-1, "0") not in gone


def test_small_counts_are_hidden_until_together_they_are_none() -> None:
    known, ((one, two, three, four),) = table([[1, 2, 30, 40]])
    gone = hidden(known, LEAST)
    assert {one, two, three} <= gone
    assert four not in gone


def test_a_sum_of_which_nothing_else_can_be_hidden_goes_itself() -> None:
    known, ((one, _, _),) = table([[3, 0, 0]])
    assert {one, (-1, "0"), (-2, "all")} <= hidden(known, LEAST)


def test_what_is_small_or_nothing_beside_a_part_hides_the_part_or_not() -> None:
    known = Sums()
    for name, number in {"all": 100, "most": 98, "whole": 100, "half": 50}.items():
        known.count((0, name), number)
    for part in ("most", "whole", "half"):
        known.add((0, "all"), [(0, part)])
    assert {one for one in hidden(known, LEAST) if one[1]} == {(0, "most")}


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 30), min_size=n, max_size=n), min_size=1)
    )
)
def test_no_subtraction_within_a_sum_tells_what_is_hidden(rows: list[list[int]]) -> None:
    known, cells = table(rows)
    gone = hidden(known, LEAST)
    assert not any(0 < known.counts[one] < LEAST for one in known.counts if one not in gone)
    assert not any(one in gone for line in cells for one in line if not known.counts[one])
    for total, *parts in known.sums:
        lost = [one for one in parts if one in gone]
        told = [one for one in parts if one not in gone and known.counts[one]]
        if total in gone:
            assert lost or not told
        else:
            assert not lost or (len(lost) > 1 and sum(known.counts[n] for n in lost) >= LEAST)
