"""What is kept by names, and how much of it."""

import tracemalloc
from random import Random
from typing import Any

import pytest

from service.domain.memory import FORGETFUL, Bounded, Memory

SEED = 7


def test_that_goes_which_was_asked_for_least_lately() -> None:
    kept: Bounded[str, str] = Bounded(6, lambda name, what: len(name) + len(what))
    for name in "abc":
        kept.keep(name, "1")
    assert (kept.found("a"), len(kept), kept.weight) == ("1", 3, 6)
    kept.keep("d", "1")
    assert [kept.found(name) for name in "abcd"] == ["1", None, "1", "1"]
    kept.keep("d", "123")
    assert [kept.found(name) for name in "acd"] == [None, "1", "123"]
    assert kept.weight == 6


def test_what_is_too_heavy_drives_out_nothing_but_what_it_was() -> None:
    kept: Bounded[str, str] = Bounded(6, lambda name, what: len(name) + len(what))
    kept.keep("a", "1")
    kept.keep("b", "1")
    kept.keep("a", "1" * 6)
    assert [kept.found(name) for name in "ab"] == [None, "1"]
    assert kept.weight == 2


def test_a_plain_list_of_all_that_was_asked_for_agrees() -> None:
    random, kept = Random(SEED), Bounded[int, int](40, lambda _, what: what)
    oldest_first: list[tuple[int, int]] = []
    for _ in range(2_000):
        name, what = random.randrange(20), random.randrange(1, 45)
        before = [one for one in oldest_first if one[0] == name]
        if random.random() < 0.5:
            assert kept.found(name) == (before[0][1] if before else None)
        else:
            kept.keep(name, what)
            oldest_first = [one for one in oldest_first if one[0] != name]
            before = [(name, what)] if what <= 40 else []
        oldest_first = [one for one in oldest_first if one[0] != name] + before
        while sum(one[1] for one in oldest_first) > 40:
            del oldest_first[0]
        assert kept.weight == sum(one[1] for one in oldest_first)
        assert len(kept) == len(oldest_first)


@pytest.mark.parametrize("row", [lambda n: {"at": n * 1.5, "who": str(n)}, lambda n: (n, n + 0.5)])
def test_a_memory_weighs_what_it_takes(row: Any) -> None:
    memory = Memory()
    tracemalloc.start()
    try:
        memory.keep(b"key", [row(n + 1_000) for n in range(5_000)])
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken / 4 < memory.weight < taken * 4


def test_one_of_no_size_keeps_nothing() -> None:
    FORGETFUL.keep(b"", None)
    assert len(FORGETFUL) == 0
