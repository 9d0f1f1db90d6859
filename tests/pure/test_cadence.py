"""The days on which reviews are due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.plans.review.cadence import due_after

CADENCES = ("weekly", "monthly", "quarterly", "half_yearly", "yearly")
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


@pytest.mark.parametrize(
    ("start", "cadence", "after", "due"),
    [
        ("2026-01-01", "weekly", "2026-01-01", "2026-01-08"),
        ("2026-01-01", "weekly", "2026-01-08", "2026-01-15"),
        ("2026-03-01", "weekly", "2026-01-01", "2026-03-08"),
        ("2026-01-31", "monthly", "2026-01-31", "2026-02-28"),
        ("2026-01-31", "monthly", "2026-02-28", "2026-03-31"),
        ("2026-01-15", "quarterly", "2026-07-16", "2026-10-15"),
        ("2026-08-31", "half_yearly", "2026-08-31", "2027-02-28"),
        ("2024-02-29", "yearly", "2024-02-29", "2025-02-28"),
        ("2024-02-29", "yearly", "2027-03-01", "2028-02-29"),
        ("9999-12-30", "weekly", "2026-01-01", "9999-12-30"),
        ("9999-12-01", "monthly", "2026-01-01", "9999-12-30"),
    ],
)
def test_a_review_is_due_whole_cadences_on(start: str, cadence: str, after: str, due: str) -> None:
    found = due_after(date.fromisoformat(start), cadence, date.fromisoformat(after))
    assert found == date.fromisoformat(due)


@given(start=DAYS, after=DAYS, cadence=st.sampled_from(CADENCES))
def test_the_next_day_is_to_come_and_none_before_it_would_do(
    start: date, after: date, cadence: str
) -> None:
    found = due_after(start, cadence, after)
    longest = {"weekly": 7, "monthly": 31, "quarterly": 92, "half_yearly": 184, "yearly": 366}
    assert found > after
    assert found > start
    assert found - max(start, after) <= timedelta(days=longest[cadence])
