"""The figure of posted values of a range. Pure."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from service.domain.measures.own_kpis.figure import KpiFigure, ratio, share, told_part
from service.domain.measures.own_kpis.quantities import Part
from service.domain.shares import NOTHING

ONLY_PARTS = "only_parts"
NO_COUNTS = "no_counts"
NOT_A_PART = "not_a_part"


class Posted(Struct, frozen=True):
    """Posted values: those of the whole, added up; and how many there are of its parts alone."""

    values: int
    of_parts: int
    counted: int
    """How many of the whole have a numerator and a denominator."""
    latest: Decimal | None = None
    sum: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    first: datetime | None = None
    last: datetime | None = None
    """When the first and the last of all are of, those of parts too."""


def posted_figure(aggregation: str, found: Posted) -> KpiFigure:
    """What was posted of the whole, as one figure."""
    left_out = {"of_a_part": found.of_parts}
    if not found.values or found.sum is None:
        return told_part(Part(None, reason=ONLY_PARTS if found.of_parts else NOTHING), left_out)
    if aggregation in ("ratio", "share"):
        left_out["no_counts"] = found.values - found.counted
        return _of_counts(aggregation, found, left_out)
    if aggregation == "mean":
        return ratio(Part(found.sum), Part(Decimal(found.values)), left_out)
    return told_part(Part(found.latest if aggregation == "latest" else found.sum), left_out)


def _of_counts(aggregation: str, found: Posted, left_out: dict[str, int]) -> KpiFigure:
    above, below = found.numerator, found.denominator
    if above is None or below is None:
        return told_part(Part(None, reason=NO_COUNTS), left_out)
    if aggregation == "ratio":
        return ratio(Part(above), Part(below), left_out)
    if not _counts(above, below):
        return told_part(Part(None, above, below, NOT_A_PART), left_out)
    return share(int(above), int(below), left_out)


def _counts(part: Decimal, whole: Decimal) -> bool:
    return 0 <= part <= whole and part == part.to_integral() and whole == whole.to_integral()
