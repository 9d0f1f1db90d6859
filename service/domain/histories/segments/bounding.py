"""Segments whose events hardly ever resemble each other, with fewer kinds. Pure.

Columns save nothing where each event is of a kind of its own: of the dimension that tells most
events apart the rare values are not kept. A question about it reads the events themselves; all
others are answered as before.
"""

from dataclasses import replace

import numpy as np

from service.domain.histories.segments.kinds import UNTOLD, Kinds
from service.domain.histories.segments.segment import Segment

FEW_KINDS = 20_000
"""A segment may have so many kinds, and one more for each `PER_KIND` events."""
PER_KIND = 4
KEPT = 1_000
"""Values of such a dimension, those that most events have."""


def bounded(segment: Segment) -> Segment:
    """The same events, of no more kinds than a segment may have."""
    while len(segment.kinds) > FEW_KINDS + len(segment) // PER_KIND:
        segment = _with_fewer(segment)
    return segment


def _with_fewer(segment: Segment) -> Segment:
    """Without the rare values of the dimension that has most; without any, where those are few."""
    kinds, codes = segment.kinds, segment.events.codes
    place = max(range(len(kinds.values)), key=lambda one: len(kinds.values[one]))
    values = kinds.values[place]
    of_value = np.bincount(kinds.codes[:, place][codes], minlength=len(values))
    most = np.argsort(-of_value, kind="stable")[: KEPT if len(values) > KEPT + 1 else 0]
    kept = [one for one in most.tolist() if values[one] != UNTOLD]
    place_of = np.full(len(values), len(kept), dtype=np.int32)
    place_of[kept] = np.arange(len(kept))
    fewer = [*kinds.values]
    fewer[place] = [*(values[one] for one in kept), UNTOLD]
    numbers = kinds.codes.copy()
    numbers[:, place] = place_of[numbers[:, place]]
    once, which = Kinds(fewer, numbers).once()
    return Segment(replace(segment.events, codes=which[codes]), once)
