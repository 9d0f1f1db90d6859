"""How much memory it takes to put columns of events in order, beside what is told in the end."""

import json
import tracemalloc

import numpy as np

from service.domain.histories.segments.owners import People
from service.domain.histories.segments.resolving import Found, Question, Span, histories
from service.domain.histories.segments.segment import of_rows, packed

EVENTS, PEOPLE, SEGMENTS = 100_000, 5_000, 8
KINDS = [json.dumps(["track", name, *[None] * 5]) for name in ("Seen", "Clicked", "Paid")]
ROW = np.dtype(
    [("high", ">u8"), ("low", ">u8"), ("at", ">i8"), ("arrival", ">i8"), ("kind", ">i4")]
)


def found() -> Found:
    """Segments one after the other in time, each with events of everybody."""
    chance = np.random.default_rng(7)
    stored = []
    for number in range(SEGMENTS):
        rows = np.empty(EVENTS, dtype=ROW)
        rows["high"] = chance.integers(0, PEOPLE, EVENTS) << 40
        rows["low"] = 1
        rows["at"] = chance.integers(0, 1 << 40, EVENTS) + (number << 40)
        rows["arrival"] = chance.integers(0, 1 << 60, EVENTS)
        rows["kind"] = chance.integers(0, len(KINDS), EVENTS)
        stored.append(packed(of_rows(rows.tobytes(), KINDS)))
    return Found(stored, b"", [], People(b"", b"", b"", b"", unknown=False))


def test_histories_take_little_more_than_thrice_what_they_tell() -> None:
    question = Question(Span(), Span(), None, [], ["event"], selected=False, latest=False)
    tracemalloc.start()
    held = found()
    tracemalloc.reset_peak()
    told = histories(question, held)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told is not None
    assert len(told) == SEGMENTS * EVENTS
    whole = told.person.nbytes + told.at.nbytes + told.columns["event"].codes.nbytes
    assert peak < 3.2 * whole
