"""Posted figures, and figures held against targets: by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from service.domain.measures.own_kpis.figure import KpiFigure, share, told_part
from service.domain.measures.own_kpis.posted_kpis.figure import (
    NO_COUNTS,
    NOT_A_PART,
    ONLY_PARTS,
    Posted,
    posted_figure,
)
from service.domain.measures.own_kpis.quantities import Part
from service.domain.measures.own_kpis.status import (
    NO_TARGET,
    NOT_THEN,
    WITHIN,
    Kpi,
    KpiStatusDefinition,
    Target,
    judged,
)
from service.domain.shares import NOTHING, wilson


@pytest.mark.parametrize(
    ("aggregation", "expected"), [("latest", 3), ("sum", 6), ("mean", 2), ("ratio", 0.25)]
)
def test_posted_values_become_one_figure(aggregation: str, expected: float) -> None:
    found = Posted(3, 1, 2, Decimal(3), Decimal(6), Decimal(5), Decimal(20))
    made = posted_figure(aggregation, found)
    assert made.value == Decimal(str(expected))
    out = {one.reason: one.count for one in made.excluded}
    assert out == {"of_a_part": 1} | ({"no_counts": 1} if aggregation == "ratio" else {})


def test_posted_counts_that_are_no_share_have_none() -> None:
    assert posted_figure("share", Posted(0, 0, 0)).reason == NOTHING
    assert posted_figure("share", Posted(0, 2, 0)).reason == ONLY_PARTS
    values = Posted(1, 0, 0, Decimal(1), Decimal(1))
    assert posted_figure("share", values).reason == NO_COUNTS
    more = Posted(1, 0, 1, Decimal(2), Decimal(2), Decimal(4), Decimal(2))
    assert posted_figure("share", more).reason == NOT_A_PART
    half = Posted(1, 0, 1, Decimal(2), Decimal(2), Decimal(1), Decimal(2))
    made = posted_figure("share", half)
    assert (made.value, made.low, made.high) == (Decimal("0.5"), *wilson(1, 2))


# -- judged --------------------------------------------------------------------------------------


def verdict(
    found: KpiFigure, target: Target | None, direction: str = "up", since: datetime | None = None
) -> tuple[str, str | None]:
    kpi = Kpi("", "k", None, direction, target, None, None, None, "latest")
    defined = KpiStatusDefinition(
        "own", since, None, direction, None, None, None, None, None, None, None
    )
    return judged(kpi, defined, found)


def test_the_interval_of_a_share_decides() -> None:
    found = share(40, 100, {})  # 0.309 to 0.498
    assert verdict(found, Target(0.3)) == ("met", None)
    assert verdict(found, Target(0.5)) == ("missed", None)
    for within in (0.31, 0.4, 0.49):
        assert verdict(found, Target(within)) == ("unknown", WITHIN)
        assert verdict(found, Target(within), "down") == ("unknown", WITHIN)
    assert verdict(found, Target(0.5), "down") == ("met", None)
    assert verdict(found, Target(0.3), "down") == ("missed", None)
    assert verdict(share(0, 5, {}), Target(0), "down") == ("unknown", WITHIN)


def test_a_figure_without_interval_is_met_at_the_target() -> None:
    def of(value: str) -> KpiFigure:
        return told_part(Part(Decimal(value)), {})

    assert verdict(of("0.1"), Target(0.1)) == ("met", None)
    assert verdict(of("0.1"), Target(0.1), "down") == ("met", None)
    assert verdict(of("0.09"), Target(0.1)) == ("missed", None)
    assert verdict(of("0.11"), Target(0.1), "down") == ("missed", None)


def test_without_figure_or_target_nothing_is_judged() -> None:
    known = told_part(Part(Decimal(1)), {})
    assert verdict(known, None) == ("unknown", NO_TARGET)
    assert verdict(share(0, 0, {}), Target(1)) == ("unknown", NOTHING)
    day, later = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    assert verdict(known, Target(1, day), since=later) == ("met", None)
    assert verdict(known, Target(1, later), since=day) == ("unknown", NOT_THEN)
    assert verdict(known, Target(1, day)) == ("unknown", NOT_THEN)
    assert verdict(known, Target(1, None, later), since=day) == ("unknown", NOT_THEN)
