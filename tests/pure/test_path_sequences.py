"""Paths against sequences read event by event."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from service.domain.measures.paths.path import PathsDefinition, paths
from tests.pure.walks import RANGES, Did, columns, inside, walks
from tests.pure.walks import paths as cut

EVENTS = st.none() | st.sampled_from("abc")


def sequence(
    path: list[Did], start: str | None, end: str | None, steps: int
) -> tuple[list[str], bool] | None:
    """What one path did, as far as it is looked at, and whether it converted."""
    names = [row.event for row in path]
    if start is None and end is not None:
        if end not in names:
            return None
        behind = names.index(end) + 1
        return names[max(0, behind - steps) : behind], True
    if start is not None:
        if start not in names:
            return None
        names = names[names.index(start) :]
    converts = end is not None and end in names[1:]
    if end is not None and converts:
        names = names[: names.index(end, 1) + 1]
    return names[:steps], converts


@st.composite
def definitions(draw: st.DrawFn) -> PathsDefinition:
    from_, to = draw(RANGES)
    return PathsDefinition(
        from_,
        to,
        None,
        draw(st.sampled_from(["session", "contact"])),
        900,
        draw(st.booleans()),
        draw(st.integers(1, 8)),
        draw(EVENTS),
        draw(EVENTS),
        draw(st.integers(1, 6)),
    )


@given(walks("abcd"), definitions())
def test_each_path_has_one_sequence_and_all_add_up(rows: list[Did], asked: PathsDefinition) -> None:
    within, start, end = (asked.from_, asked.to), asked.start, asked.end
    if asked.scope == "contact":
        chains = cut([row for row in rows if inside(row.at, within)], asked.scope, 900)
    else:
        chains = [path for path in cut(rows, asked.scope, 900) if inside(path[0].at, within)]
    if asked.collapse_repeats:
        chains = [
            [row for n, row in enumerate(path) if n == 0 or path[n - 1].event != row.event]
            for path in chains
        ]
    did = [one for path in chains if (one := sequence(path, start, end, asked.steps))]
    counts = Counter(tuple(names) for names, _ in did)
    converted = Counter(tuple(names) for names, converts in did if converts)
    order = sorted(counts, key=lambda names: (-counts[names], names))

    selections = [lambda row, event=one: row.event == event for one in (start, end) if one]
    found = paths(columns(rows, *selections), asked)
    assert [(tuple(one.steps), one.count) for one in found.items] == [
        (names, counts[names]) for names in order[: asked.limit]
    ]
    assert (found.paths, found.sequences) == (len(did), len(counts))
    assert sum(one.count for one in found.items) + found.cut == found.paths
    for one in found.items:
        assert (one.share.numerator, one.share.denominator) == (one.count, len(did))
        if end is None:
            assert (one.converted.value, bool(one.converted.reason)) == (None, True)
        else:
            expected = (converted[tuple(one.steps)], one.count)
            assert (one.converted.numerator, one.converted.denominator) == expected
    if end is not None:
        assert found.converted.numerator == converted.total()
