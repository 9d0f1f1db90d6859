"""Tables of events, read as their mapping says."""

from pathlib import Path

import pytest

from service.domain.event_tables import Columns, Table
from service.loading import Counts, LoadError, bodies

MAPPING = Columns({"userId": "card"}, {}, {}, frozenset({"value"}))


def file(folder: Path, *lines: str) -> Path:
    path = folder / "visits.csv"
    path.write_text("\n".join(("card,event,value", *lines)) + "\n")
    return path


def test_columns_of_json_are_numbers(tmp_path: Path) -> None:
    ((places, body),) = bodies(file(tmp_path, "c1,Paid,12.5", "c2,Paid,"), MAPPING, Counts())
    assert places == [2, 3]
    assert b'"properties": {"value": 12.5}' in body.splitlines()[0]
    assert b"properties" not in body.splitlines()[1]


def test_a_row_with_more_cells_than_names_is_left_out_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = Counts()
    ((places, _),) = bodies(file(tmp_path, "c1,Paid,1,2", "c2,Paid,1"), MAPPING, counts)
    assert (places, counts.rows, counts.left_out) == ([3], 1, 1)
    assert "visits.csv:2:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (Columns({"userId": "nobody"}, {}, {}), "no column nobody; there are card, event, value"),
        (Columns({}, {}, {"nothing": "3"}), "no column nothing"),
        (Columns({}, {}, {}), "no column userId; there are card, event, value"),
        (Columns({"userId": "card"}, {}, {}, frozenset({"event"})), "Line 2: event holds no JSON"),
    ],
)
def test_what_does_not_fit_the_table_is_said(tmp_path: Path, mapping: Columns, said: str) -> None:
    with pytest.raises(LoadError, match=said):
        list(bodies(file(tmp_path, "c1,Paid,1"), mapping, Counts()))


def test_a_row_that_comes_in_drops_is_not_read_again_for_each() -> None:
    table, measured = Table(Columns()), 0

    class Drop(str):
        def __len__(self) -> int:
            nonlocal measured
            measured += 1
            return super().__len__()

    assert not list(table.rows(["userId,event\n", '"'], last=False))
    for _ in range(20_000):
        assert not list(table.rows([Drop("\n")], last=False))
    (row,) = table.rows(['",E\n'], last=True)
    assert row.cells["event"] == "E"
    # Each when it comes, and again whenever there is twice as much.
    assert measured < 4 * 20_000
